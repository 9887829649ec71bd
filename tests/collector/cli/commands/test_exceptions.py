import json

import pytest
from sqlalchemy import select
from tramgac_collector import alerts, bell, database, held_back
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.events import query
from tramgac_collector.held_back import Held
from tramgac_collector.schema import AlertRow

from tests.tools.console import HOST, Console, Run

RULE = "rule-1"


@pytest.fixture
def raised(running: Console, monkeypatch):
    """A console with an alert of a rule, an event store that knows 7 events, no judge to ring."""
    monkeypatch.setattr(query, "count", lambda *_args, **_named: 7)
    monkeypatch.setattr(bell, "ring_judges", lambda _run: None)
    running.enrol(HOST, "may-01", 1)
    running.raise_alert()
    return running


def test_from_the_first_try_to_the_end(raised, tramgac: Run):
    assert tramgac("exceptions")[:2] == (0, "No exceptions: every rule that is to alert does.\n")
    status, out, _ = tramgac("exceptions", "try", RULE, "user.name:an")
    assert (status, out.splitlines()[0]) == (
        0, "Of 1 alerts of the last 30 days 1 would not be there, 1 of them open.",
    )  # fmt: skip
    assert "true of 7 stored events" in out
    status, out, _ = tramgac("exceptions", "add", RULE, "user.name:an", "--why", "the backup", "--valid", "10d")
    assert status == 0
    assert out.splitlines()[-1].startswith("Exception 1 is in force until 2026-")
    with database.session(raised.engine) as s:
        copy = EventCopy(HOST, 7, 2, 9, "process_start", raised.clock(), raised.clock(), {"user.name": "an"})
        detection = Detection({"id": RULE, "title": "Rule 1", "title_vi": "Luật 1"}, "1", (copy,))
        held_back.write(s, [Held(1, detection, "may-01")], raised.clock())
    heads, row = tramgac("exceptions", "list")[1].splitlines()
    assert heads.split()[:3] == ["ID", "HELD", "BACK"]
    assert row.split()[:3] == ["1", "1", "1"]
    assert row.endswith("user.name:an")
    shown = tramgac("exceptions", "show", "1")[1]
    assert "the backup" in shown
    assert "The newest that it held back:" in shown
    assert shown.splitlines()[-1].split()[1:4] == ["may-01", "Rule", "1"]
    assert json.loads(tramgac("exceptions", "show", "1", "--json")[1])["rules"] == {RULE: 1}
    assert tramgac("exceptions", "end", "1", "--why", "gone")[:2] == (0, "Exception 1 ended; it held back 1.\n")
    assert tramgac("exceptions", "end", "1", "--why", "gone")[0] == 1
    assert json.loads(tramgac("exceptions", "list", "--json", "--all")[1])["state"] == "ended"
    assert "ended by" in tramgac("exceptions", "show", "1")[1]
    assert "ended by" in tramgac("exceptions", "list", "--all")[1]


def test_without_an_end_and_in_the_other_language(raised, tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, out, _ = tramgac("exceptions", "add", "*", "user.name:an", "--why", "sao lưu", "--valid", "never")
    assert (status, "có hiệu lực đến không thời hạn" in out) == (0, True)
    assert "mọi nơi" in tramgac("exceptions")[1]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([RULE, "(user.name:an"], 2, "The parenthesis at character 1"),
        ([RULE, "*"], 1, "Nearly every event meets *"),
        (["no such rule", "user.name:an"], 1, "There is no rule no such rule"),
        (["tramgac:host-silent", "user.name:an"], 1, "No exception can be made of tramgac:host-silent"),
        ([RULE, "user.name:an", "--valid", "soon"], 2, "--valid takes whole days"),
        ([RULE, "user.name:an", "--valid", "40000d"], 2, "--valid"),
    ],
)
def test_what_is_refused_says_why(raised, tramgac: Run, words, status, said):
    found = tramgac("exceptions", "add", *words, "--why", "x")
    assert (found[0], said in found[2]) == (status, True), found


def test_what_people_found_true_is_named(raised, tramgac: Run):
    with database.session(raised.engine) as s:
        alerts.decide(s, s.scalars(select(AlertRow.id)).one(), "true_positive", "", "an", raised.clock())
    status, _, err = tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x")
    assert (status, "People found true what this would hold back" in err) == (1, True)
    assert "People found true" in tramgac("exceptions", "try", RULE, "user.name:an")[1]
    assert tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x", "--force")[0] == 0
