import json

import pytest
from tramgac_collector.cli import rule_coverage

from tests.collector.workshop.conftest import folder
from tests.tools.console import Run

__all__ = ["folder"]
SECURITY = {"product": "windows", "category": "", "service": "security"}
STARTED = {"product": "", "category": "process_creation", "service": ""}
NOWHERE = {"product": "", "category": "", "service": ""}
RULES = [
    {"id": "a", "title": "A", "tags": ["attack.t1059.001"], "state": "alert", "logsource": STARTED, "quiet": False},
    {"id": "b", "title": "B", "tags": ["attack.t1110"], "state": "watch", "logsource": SECURITY, "quiet": False},
    {"id": "c", "title": "C", "tags": ["attack.t1003"], "state": "alert", "logsource": SECURITY, "quiet": True},
    {"id": "d", "title": "D", "tags": ["attack.t1003"], "state": "off", "logsource": STARTED, "quiet": False},
    {"id": "e.yar", "title": "E", "tags": ["attack.t1105"]},
    {"id": "f", "title": "F", "tags": ["attack.t1021"], "state": "alert", "logsource": NOWHERE, "members": ["c", "h"]},
    {"id": "h", "title": "H", "tags": [], "state": "alert", "logsource": NOWHERE, "members": ["b"], "quiet": True},
]


class Collector:
    """A collector that answers; `sent`: how many events of a kind it has, of a channel by its name."""

    def __init__(self, sent, sensors):
        self.sent, self.sensors, self.asked = sent, sensors, []

    def get(self, path, **query):
        self.asked.append((path, query))
        if path == "/api/rules":
            return {"items": RULES}
        if path == "/api/events/count":
            return {"count": self.sent.get(query.get("q") or query["kind"], 0)}
        return {"id": "1" * 32, "name": "pc-7", "os": "windows", "sensors": self.sensors}


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def collector(monkeypatch):
    """Lets the command speak to a collector."""

    def made(sent=None, sensors=()):
        told = [{"capability": name, "rung": "poll", "state": "alive", "why": ""} for name in sensors]
        told.append({"capability": "network", "rung": "poll", "state": "blind", "why": ""})
        collector = Collector(sent or {}, told)
        monkeypatch.setattr(rule_coverage, "client_of", lambda *_: collector)
        return collector

    return made


def standings(tramgac, *more):
    status, out, _ = tramgac("rules", "coverage", "--json", *more)
    assert status == 0
    return {row["technique"]: row["standing"] for row in map(json.loads, out.splitlines())}


def test_rules_of_a_folder(tramgac: Run, folder, tmp_path):
    folder.rule()
    layer = tmp_path / "layer.json"
    status, out, _ = tramgac("rules", "coverage", str(folder.path), "--navigator", str(layer))
    assert status == 0
    assert "ATT&CK v19.0: of 697 techniques 2 are covered, 0 only watched, 0 blind, 695 without a rule." in out
    assert [one["techniqueID"] for one in json.loads(layer.read_text())["techniques"]] == ["T1059", "T1059.004"]
    assert standings(tramgac, str(folder.path), "--platform", "windows") == {"T1059": "blind"}
    assert len(standings(tramgac, str(folder.path), "--all")) == 697


def test_rules_on_offer_have_their_states(tramgac: Run, collector):
    collector()
    assert standings(tramgac) == {
        "T1021": "covered",
        "T1059": "covered",
        "T1059.001": "covered",
        "T1105": "covered",
        "T1110": "watch",
    }


def test_a_host_is_blind_where_it_gives_nothing(tramgac: Run, collector):
    asked = collector(sensors=["process"])
    assert standings(tramgac, "--host", "pc-7") == {
        "T1021": "blind",
        "T1059": "covered",
        "T1059.001": "covered",
        "T1105": "covered",
        "T1110": "blind",
    }
    assert "/api/hosts/pc-7" in [path for path, _ in asked.asked]
    _, out, _ = tramgac("rules", "coverage", "--host", "pc-7")
    assert "T1110      blind" in out
    assert "channel:security" in out
    assert "pc-7 gives: process." in out


def test_logs_that_a_host_sent_lately_count(tramgac: Run, collector):
    collector({"event_log": 9, 'winlog.channel:"security*"': 9})
    assert standings(tramgac, "--host", "pc-7")["T1110"] == "watch"
    assert standings(tramgac, "--host", "pc-7")["T1059"] == "covered", "4688 stands in Security"
    collector({"event_log": 9})
    assert standings(tramgac, "--host", "pc-7")["T1110"] == "blind"
    assert "pc-7 gives nothing now." in tramgac("rules", "coverage", "--host", "pc-7")[1]


def test_what_does_not_go_together(tramgac: Run, folder, tmp_path):
    folder.rule()
    assert tramgac("rules", "coverage", str(folder.path), "--host", "x")[0] == 2
    assert tramgac("rules", "coverage", str(folder.path), "--platform", "beos")[0] == 2
    assert tramgac("rules", "coverage", "absent")[0] == 1
    assert tramgac("rules", "coverage", str(folder.path), "--navigator", str(tmp_path / "no" / "x"))[0] == 1
