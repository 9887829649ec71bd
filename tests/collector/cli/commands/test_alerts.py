import json

import pytest
from tramgac_collector import database
from tramgac_collector.cli.headings import Nothing
from tramgac_collector.schema import AlertRow

from tests.tools.console import HOST, HOSTILE, Console, Run

KEYS = [
    "id",
    "rule",
    "host",
    "hostname",
    "user",
    "time",
    "created",
    "status",
    "verdict",
    "summary",
    "events",
    "why",
    "title_vi",
    "stage",
]


def test_a_line_for_each_alert_newest_first(running: Console, tramgac: Run):
    running.rules_in_force()
    ids = []
    for number in (1, 2):
        running.clock.forward(1)
        ids.append(running.raise_alert(number))
    for words in (["alerts", "--json"], ["alerts", "list", "--json"]):
        status, out, err = tramgac(*words)
        rows = [json.loads(line) for line in out.splitlines()]
        assert (status, err, [row["id"] for row in rows]) == (0, "", ids[::-1])
        assert list(rows[0]) == KEYS
        assert set(rows[0]["rule"]) == {"id", "title", "level", "tags"}
        assert set(rows[0]["events"][0]) == {"host", "epoch", "lane", "sequence"}


def test_in_vietnamese_words_are_vietnamese_and_json_is_what_it_was(running: Console, tramgac: Run, monkeypatch):
    running.rules_in_force()
    first = running.raise_alert(1, level="low")
    running.raise_alert(2, level="critical")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("alerts", "verdict", first, "benign")[1] == f"Cảnh báo {first}: vô hại\n"
    told = tramgac("alerts")[1]
    assert [word in told for word in ("  thấp  ", "  nghiêm trọng  ", "  vô hại  ", "  đang mở  ")] == [True] * 4
    assert not any(word in told for word in ("low", "critical", "benign", "open"))
    shown = tramgac("alerts", "show", first)[1]
    assert all(word in shown for word in ("thấp", "đã đóng", "vô hại"))
    assert "high (cao)" in tramgac("alerts", "--severity", "cao")[2], "what is typed stands beside what is shown"
    rows = [json.loads(line) for line in tramgac("alerts", "--json")[1].splitlines()]
    assert {(row["rule"]["level"], row["status"], row["verdict"]) for row in rows} == {
        ("low", "closed", "benign"),
        ("critical", "open", None),
    }


def test_filters(running: Console, tramgac: Run):
    running.raise_alert(1, level="low")
    assert tramgac("alerts", "--severity", "high,critical", "--json")[1] == ""
    assert (
        len(tramgac("alerts", "--severity", "low", "--status", "open", "--host", "may-01", "--json")[1].splitlines())
        == 1
    )
    assert tramgac("alerts", "--status", "closed")[1].startswith("No alerts match. Leave out --status")


def test_of_how_many_the_newest_are_shown(running: Console, tramgac: Run, monkeypatch):
    running.rules_in_force()
    for number, level in ((1, "low"), (2, "high"), (3, "high")):
        running.raise_alert(number, level=level)
    cut = (
        "These are the newest 1 of 2. --limit takes up to 1,000,000. "
        "--status, --severity, --host and --rule narrow it.\n"
    )
    for more in ((), ("--json",)):
        status, out, err = tramgac("alerts", "list", "--limit", "1", "--severity", "high", *more)
        assert (status, err) == (0, cut)
        assert "newest" not in out
        assert tramgac("alerts", "--limit", "3", *more)[2] == ""
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("alerts", "--limit", "1")[2].startswith("Đây là 1 dòng mới nhất trong tổng số 3. ")


def test_values_are_shown_as_a_search_has_them(running: Console, tramgac: Run):
    number = running.raise_alert()
    with database.session(running.engine) as s:
        row = s.get_one(AlertRow, number)
        event = {**row.events[0], "fields": {"tramgac.quality.late": True, "winlog.values": ["a", 7]}}
        row.events = [event]
    shown = tramgac("alerts", "show", number)[1]
    assert "tramgac.quality.late  true" in shown
    assert "winlog.values         a, 7" in shown
    assert "VERDICT   -" in shown


def test_hosts_of_one_name_are_told_apart(running: Console, tramgac: Run):
    number = running.raise_alert()
    running.enrol(HOST, "may-01", 1)
    assert "(" not in tramgac("alerts")[1].partition("Rule")[0]
    running.enrol("cd" * 16, "may-01", 2)
    assert f"may-01 ({HOST[:8]})" in tramgac("alerts")[1].splitlines()[1]
    shown = tramgac("alerts", "show", number)[1]
    assert f"may-01 ({HOST[:8]})\n" in shown
    assert "RULE" in shown
    assert number in tramgac("alerts", "--host", HOST[:8])[1]
    assert tramgac("alerts", "--host", "cd" * 4)[1].startswith("No alerts match")
    assert json.loads(tramgac("alerts", "--json")[1])["hostname"] == "may-01"


def test_text_of_hosts_does_nothing_to_the_terminal(running: Console, tramgac: Run):
    number = running.raise_alert(text=HOSTILE)
    for words in (["alerts"], ["alerts", "show", number]):
        out = tramgac(*words)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert "\\x1b[31m\\u202egpj.exe" in out
    shown = json.loads(tramgac("alerts", "show", number, "--json")[1])
    assert shown["events"][0]["fields"]["process.command_line"] == HOSTILE.replace("\x00", "\\x00")


@pytest.mark.parametrize(
    ("stage", "english", "vietnamese"),
    [("provisional", "provisional", "tạm thời"), ("withdrawn", "withdrawn", "đã rút lại")],
)
def test_an_alert_that_may_change_or_did_not_come_true_says_so(
    running: Console, tramgac: Run, monkeypatch, stage, english, vietnamese
):
    sure, number = running.raise_alert(1), running.raise_alert(2)
    with database.session(running.engine) as s:
        s.get_one(AlertRow, number).stage = stage
    for language, status, word in (("C.UTF-8", "open", english), ("vi_VN.UTF-8", "đang mở", vietnamese)):
        monkeypatch.setenv("LC_ALL", language)
        listed = {line.split()[0]: line for line in tramgac("alerts")[1].splitlines()}
        assert f"{status} ({word})" in listed[number]
        assert "(" not in listed[sure].partition("Rule")[0]
        assert word in tramgac("alerts", "show", number)[1].partition("✓")[0]
        assert "STAGE" not in tramgac("alerts", "show", sure)[1]
    assert {row["id"]: row["stage"] for row in map(json.loads, tramgac("alerts", "--json")[1].splitlines())} == {
        sure: "confirmed", number: stage,
    }  # fmt: skip
    assert json.loads(tramgac("alerts", "show", number, "--json")[1])["stage"] == stage


def test_the_head_has_the_note_of_the_verdict_in_force(running: Console, tramgac: Run):
    number = running.raise_alert()

    def note():
        head = tramgac("alerts", "show", number)[1].partition("✓")[0]
        return [line.split(None, 1)[1] for line in head.splitlines() if line.startswith("NOTE ")]

    assert note() == []
    tramgac("alerts", "verdict", number, "false_positive", "--note", "một bản sao lưu\x1b[2J")
    assert note() == ["một bản sao lưu\\x1b[2J"]
    running.clock.forward(60)
    tramgac("alerts", "verdict", number, "true_positive")
    assert note() == [], "that was another verdict's"
    running.clock.forward(60)
    tramgac("alerts", "verdict", number, "benign", "--note", "đã hỏi")
    assert note() == ["đã hỏi"]


def test_why_the_collector_itself_raised_an_alert_is_said_in_the_persons_language(
    running: Console, tramgac: Run, monkeypatch
):
    number = running.raise_alert()
    with database.session(running.engine) as s:
        row = s.get_one(AlertRow, number)
        row.why = [row.why[0], {**row.why[0], "value": "process", "pattern": "alive before, not alive now"}]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "←  trước thấy, nay không thấy nữa\n" in tramgac("alerts", "show", number)[1]


def test_what_a_list_says_of_an_indicator_stands_with_its_condition(running: Console, tramgac: Run):
    number = running.raise_alert()
    with database.session(running.engine) as s:
        row = s.get_one(AlertRow, number)
        row.why = [{**row.why[0], "source": "nhnc.csv", "note": "C2 of a campaign\x1b[2J"}]
    lines = tramgac("alerts", "show", number)[1].splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("✓"))
    assert lines[at + 1] == "  the list nhnc.csv says: C2 of a campaign\\x1b[2J"


def test_a_verdict(running: Console, tramgac: Run):
    number = running.raise_alert()
    status, out, _ = tramgac("alerts", "verdict", number, "false_positive", "--note", "quen thuộc")
    assert (status, out) == (0, f"Alert {number}: false_positive\n")
    assert "quen thuộc" in tramgac("alerts", "show", number)[1]
    assert json.loads(tramgac("alerts", "verdict", number, "benign", "--json")[1])["verdict"] == "benign"
    assert tramgac("alerts", "show", "0" * 32)[0] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--severity", "high,hgih"],
            "--severity: there is no 'hgih' (did you mean high?); choose from: informational,",
        ),
        (["--status", "odd"], "--status: there is no 'odd'; choose from: open, closed, all."),
        (
            ["verdict", "0" * 32, "bening"],
            "VERDICT: there is no 'bening' (did you mean benign?); choose from: true_pos",
        ),
        (["verdict", "0" * 32, "duplicate", "--note", " "], "duplicate needs a reason, for the next person"),
        (["show", "12ab"], "12ab is no alert's id: that is 32 digits of 0-9 and a-f, of which the first 8 or more"),
        (["show", "../hosts"], "../hosts is no alert's id"),
    ],
)
def test_misuse_is_told_without_a_collector(tramgac: Run, monkeypatch, words, says):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    status, out, err = tramgac("alerts", *words)
    assert (status, out) == (2, "")
    assert err.startswith(says)


def test_an_alert_is_meant_by_how_its_id_begins(running: Console, tramgac: Run):
    number = running.raise_alert()
    assert json.loads(tramgac("alerts", "show", number[:8].upper(), "--json")[1])["id"] == number
    assert tramgac("alerts", "verdict", number[:12], "benign")[1] == f"Alert {number}: benign\n"


def test_people_see_heads_and_their_language(running: Console, tramgac: Run, monkeypatch):
    assert tramgac("alerts")[1] == Nothing.ALERTS.en + "\n"
    number = running.raise_alert()
    heads, row = tramgac("alerts")[1].splitlines()
    assert heads.split() == ["ID", "TIME", "SEVERITY", "HOST", "STATUS", "TITLE"]
    assert row.startswith(number)
    assert row.endswith("Rule 1")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    with database.session(running.engine) as s:
        s.get_one(AlertRow, number).title_vi = "Luật 1"
    heads, row = tramgac("alerts")[1].splitlines()
    assert heads.startswith("MÃ ")
    assert row.endswith("Luật 1")
    assert "TIÊU ĐỀ     Luật 1" in tramgac("alerts", "show", number)[1]
