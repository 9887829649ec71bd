import pytest
from tramgac_collector.cli.hints import Hint, hint

from tests.tools.console import Console, Run


class Told:
    """A collector that says what is in its way."""

    def __init__(self, *items: dict) -> None:
        self.items = items

    def get(self, path: str) -> dict:
        assert path == "/api/hindrances"
        return {"items": self.items}


def test_what_is_in_the_way_is_said_on_stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    full = {"kind": "disk_full", "free": 200 << 20, "least": 256 << 20}
    hint(Told(full, {"kind": "role_down", "roles": ["judge", "store"]}))  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 2)
    assert "(200 MiB free, below 256): events are refused" in err
    assert "(judge, store)" in err
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    hint(Told({**full, "kind": "disk_low"}))  # type: ignore[arg-type]
    assert "sắp đầy (còn 200 MiB)" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["hosts", "alerts"])
def test_a_list_says_that_nothing_is_detected(running: Console, tramgac: Run, command: str):
    for more in ((), ("--json",)):
        assert tramgac(command, *more)[2] == Hint.NO_RULES.en + "\n"
    running.rules_in_force()
    assert tramgac(command)[2] == ""


def test_a_disk_that_fills_is_said_in_days(capsys: pytest.CaptureFixture[str]):
    hint(Told({"kind": "disk_filling", "days": 5}))  # type: ignore[arg-type]
    assert "full in about 5 days" in capsys.readouterr().err
