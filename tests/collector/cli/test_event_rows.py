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


@pytest.mark.parametrize("cold", [None, "true"])
def test_a_search_that_says_its_end_looks_back_from_there(cold, capsys):
    asked = {"since": None, "until": "2026-11-24T10:00:00Z", "cold": cold}
    looked_back(asked)
    assert asked["since"] == "2026-11-23T10:00:00Z"
    assert "24 h before" in capsys.readouterr().err
    asked["since"], asked["until"] = None, "1970-01-01T00:00:01Z"
    looked_back(asked)
    assert asked["since"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("given", ["since", "cold", ""])
def test_a_search_that_says_no_time_is_bounded_and_it_is_said(given, capsys):
    asked = {name: "x" if name == given else None for name in ("since", "until", "cold")}
    before = dict(asked)
    looked_back(asked)
    assert (asked != before) is (given == "")
    assert bool(capsys.readouterr().err) is (given == "")
