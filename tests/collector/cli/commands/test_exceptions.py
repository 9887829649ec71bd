import json

import pytest
from sqlalchemy import select
from tramgac_collector import alerts, bell, database, exception_book, held_back
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.events import query
from tramgac_collector.exception_book import Wanted
from tramgac_collector.exception_schema import ExceptionRow
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
        0, "Of 1 alert of the last 30 days 1 would not be there, 1 of them open.",
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
    status, out, _ = tramgac("exceptions", "prolong", "1", "--why", "still so", "--valid", "30d")
    assert (status, out.startswith("Exception 1 is in force until 2026-")) == (0, True)
    assert "someone: still so" in tramgac("exceptions", "show", "1")[1].replace("local: ", "someone: ")
    status, _, err = tramgac("exceptions", "prolong", "1", "--why", "still so", "--valid", "5d")
    assert (status, err.startswith("Exception 1 stands until 2026-")) == (1, True)
    assert tramgac("exceptions", "end", "1", "--why", "gone")[:2] == (0, "Exception 1 ended; it held back 1.\n")
    assert tramgac("exceptions", "end", "1", "--why", "gone")[0] == 1
    assert json.loads(tramgac("exceptions", "list", "--json", "--all")[1])["state"] == "ended"
    assert "ended by" in tramgac("exceptions", "show", "1")[1]
    assert "ended by" in tramgac("exceptions", "list", "--all")[1]


def test_without_an_end_and_in_the_other_language(raised, tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, out, _ = tramgac("exceptions", "add", "*", "user.name:an", "--why", "sao lưu", "--valid", "never")
    assert (status, "có hiệu lực vô thời hạn" in out) == (0, True)
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
        ([RULE, "user.nme:an"], 2, "There is no field user.nme (character 1 of the search); near it: user.name."),
        ([RULE, r"Imge:*\backup.exe"], 2, "No event has a field Imge, so nothing would meet this; did you mean Image?"),
        ([RULE, "kind:proces_start"], 2, "did you mean process_start? There are: event_log,"),
        ([RULE, 'Image:"C:\\Tools\\x.exe"'], 2, 'In "C:\\Tools\\x.exe" a single \\ is lost'),
        ([RULE, "process.executable:bash"], 2, "write */bash, or *\\bash for Windows"),
        ([RULE, "host:may-01"], 2, f"not may-01 ({HOST}); `tramgac hosts` lists them."),
        ([RULE, "host:may-02"], 2, "not may-02; `tramgac hosts` lists them."),
        ([RULE, "user.name:an", "--why", "  "], 2, "--why is empty: say in a few words why"),
    ],
)
def test_what_is_refused_says_why(raised, tramgac: Run, monkeypatch, words, status, said):
    monkeypatch.setattr(query, "count", lambda *_args, **_named: 0)
    found = tramgac("exceptions", "add", "--why", "x", *words)
    assert (found[0], said in found[2]) == (status, True), found


def test_what_people_found_true_is_named(raised, tramgac: Run):
    with database.session(raised.engine) as s:
        alerts.decide(s, s.scalars(select(AlertRow.id)).one(), "true_positive", "", "an", raised.clock())
    status, _, err = tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x")
    assert (status, "People found true 1 of the alerts that this would hold back" in err) == (1, True)
    assert "People found 1 of them true: " in tramgac("exceptions", "try", RULE, "user.name:an")[1]
    assert tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x", "--force")[0] == 0


def test_the_same_again_is_refused_and_names_the_other(raised, tramgac: Run):
    assert tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x")[0] == 0
    status, _, err = tramgac("exceptions", "add", RULE, "( user.name:an )", "--why", "y", "--valid", "300d")
    assert (status, err.startswith("Exception 1 says that already; `tramgac exceptions prolong 1`")) == (1, True)
    assert "Exception 1 says that already" in tramgac("exceptions", "try", RULE, "user.name:an")[1]
    assert json.loads(tramgac("exceptions", "try", RULE, "user.name:an", "--json")[1])["same"] == 1
    assert json.loads(tramgac("exceptions", "try", RULE, "user.name:binh", "--json")[1])["same"] is None


def test_lists_that_are_cut_say_so(raised, tramgac: Run):
    for number in range(2, 13):
        raised.raise_alert(number)
    _, out, err = tramgac("exceptions", "try", "*", "user.name:an")
    assert (out.count("may-01"), err) == (10, "These are the newest 10 of 12.\n")
    assert "None of them meets it." in tramgac("exceptions", "try", "*", "user.name:binh")[1]


def test_titles_and_faults_in_the_persons_language(raised, tramgac: Run, monkeypatch):
    with database.session(raised.engine) as s:
        exception_book.state(s, Wanted("*", "user.name:an", "an", "x"), raised.clock())
        s.flush()
        s.scalars(select(ExceptionRow)).one().query = "(user.name:an"
    assert "every rule" in tramgac("exceptions")[1]
    assert (
        "cannot be read and holds back nothing: The parenthesis at character 1" in tramgac("exceptions", "show", "1")[1]
    )
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    shown = tramgac("exceptions", "show", "1")[1]
    assert "mọi luật" in shown
    assert "ĐÃ CHẶN     0" in shown
    assert "Không đọc được nên không chặn gì: Dấu ngoặc ở ký tự 1" in shown


def test_the_alerts_that_it_fits_are_closed(raised, tramgac: Run):
    raised.raise_alert(2)
    assert tramgac("exceptions", "add", RULE, "user.name:an", "--why", "x", "--valid", "never")[0] == 0
    assert tramgac("exceptions", "prolong", "1", "--why", "x")[2].startswith(
        "Exception 1 stands without an end already"
    )
    assert tramgac("exceptions", "close", "1", "duplicate")[0] == 2
    assert tramgac("exceptions", "close", "1", "benign")[:2] == (0, "1 alert closed: benign\n")
    told = json.loads(tramgac("exceptions", "close", "1", "duplicate", "--note", "as before", "--json")[1])
    assert told == {"id": 1, "verdict": "duplicate", "decided": 0, "left": 0}
    assert tramgac("exceptions", "close", "7", "benign")[0] == 1
    shown = (json.loads(line) for line in tramgac("alerts", "--json")[1].splitlines())
    assert {row["rule"]["id"]: row["verdict"] for row in shown} == {RULE: "benign", "rule-2": None}
