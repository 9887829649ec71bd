import pytest
from tramgac_collector.cli.event_rows import COLUMNS, called_by_name, columns, looked_back


class Client:
    """A collector with two hosts of one name."""

    def get(self, path):
        assert path == "/api/hosts"
        return {"items": [{"id": "ab" * 16, "name": "vm"}, {"id": "cd" * 16, "name": "vm"}]}


def test_hosts_are_called_by_name_and_told_apart():
    names = called_by_name(Client())
    assert names["ab" * 16] == "vm (abababab)"
    row = {"time": "2026-11-24T10:00:00Z", "host": "ab" * 16, "kind": "file_create", "file.path": "/x"}
    assert columns(names, row)[1:] == ["vm (abababab)", "file_create", "/x"]
    assert len(columns({}, row)) == len(COLUMNS)


@pytest.mark.parametrize("given", ["since", "until", "cold", ""])
def test_a_search_that_says_no_time_is_bounded_and_it_is_said(given, capsys):
    asked = {name: "x" if name == given else None for name in ("since", "until", "cold")}
    before = dict(asked)
    looked_back(asked)
    assert (asked != before) is (given == "")
    assert bool(capsys.readouterr().err) is (given == "")
