import json

import pytest
from sqlalchemy import select
from tramgac_collector import database, exception_book
from tramgac_collector.exception_book import Wanted
from tramgac_collector.rule_decisions import Decision, decide, park
from tramgac_collector.schema import AlertRow

from tests.collector.authored import Author
from tests.collector.judging.correlated import correlation
from tests.tools.console import HOST, Console, Run


@pytest.fixture
def rule(running: Console, tramgac: Run, tmp_path) -> str:
    """A rule on offer, whose id is that of six alerts; a seventh is of another one."""
    author = Author(tmp_path / "author")
    made = author.sigma("evil")
    signed = ("--repository", str(tmp_path / "r"), "--keys", str(tmp_path / "k"))
    assert tramgac("rules", "sign", str(author.rules), *signed)[0] == 0
    assert tramgac("rules", "push", *signed[:2])[0] == 0
    running.enrol(HOST, "may-01", 1)
    for number in range(1, 8):
        running.raise_alert(number)
    with database.session(running.engine) as s:
        for row in s.scalars(select(AlertRow).where(AlertRow.rule_id != "rule-7")):
            row.rule_id = made
    return made


def test_all_of_one_rule(running: Console, tramgac: Run, rule):
    with database.session(running.engine) as s:
        exception_book.state(s, Wanted(rule, "user.name:binh", "an", "the backup"), running.clock())
        exception_book.state(s, Wanted("*", "user.name:chi", "an", "the scanner"), running.clock())
        decide(s, Decision([rule], "watch", "an", "too loud"), running.clock())
        decide(s, Decision([rule], "alert", "binh", "only here", "Huế"), running.clock())
    status, out, err = tramgac("rules", "show", rule[: len(rule) - 1])
    assert (status, err) == (0, "These are the newest 5 of 6.\n")
    told = {line.split()[0]: " ".join(line.split()[1:]) for line in out.partition("\n\n")[0].splitlines()}
    assert told["ID"] == rule
    assert told["STATE"] == "watch (by an: too loud); at Huế alert (binh: only here)"
    assert told["FROM"].startswith("rule1.yml")
    assert told["ALERTS"] == "6 in 30 days, 6 in all, 6 open"
    assert told["COST"] == "the judge has not had to look at it yet"
    assert "curl http://127.0.0.1/x | sh" in out
    assert "the backup" in out
    assert "the scanner" in out
    assert "everywhere, every rule  user.name:chi" in out
    assert out.endswith(f"tramgac rules explain {rule}\n")
    row = json.loads(tramgac("rules", "show", rule, "--json")[1])
    assert [(one["query"], one["every_rule"]) for one in row["exceptions"]] == [
        ("user.name:chi", True), ("user.name:binh", False),
    ]  # fmt: skip


def test_parked_and_what_it_costs(running: Console, tramgac: Run, rule, monkeypatch):
    cost = {"rule": rule, "microseconds": 31.5, "tests": 7, "matches": 2}
    monkeypatch.setattr("tramgac_collector.rule_costs.read", lambda _paths: {"events": 90, "items": [cost]})
    with database.session(running.engine) as s:
        known = running.services.rulebook.rules()
        park(s, {rule: (known[rule]["digest"], "too dear")}, running.clock())
    out = tramgac("rules", "show", rule)[1]
    assert "parked since 2026-" in out
    assert "31.50 µs an event, by a sample of 90 events" in out
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    out = tramgac("rules", "show", rule)[1]
    assert "tạm dừng từ" in out
    assert "6 trong 30 ngày, tổng cộng 6, 6 đang mở" in out


def test_one_of_which_only_alerts_are_left_and_one_that_is_none(tramgac: Run, rule):
    out = tramgac("rules", "show", "rule-7")[1]
    assert "not on offer any more" in out
    assert "Rule 7" in out
    assert "explain" not in out
    status, _, err = tramgac("rules", "show", "0f06a3a5")
    assert (status, err.startswith("There is no rule 0f06a3a5; ")) == (1, True)
    status, _, err = tramgac("rules", "explain", "rule-7")
    assert (status, err.startswith("Rule rule-7 is not on offer any more")) == (1, True)
    assert "evil" in tramgac("rules", "explain", rule[:-1])[1]


def test_a_yara_rule_and_a_correlation(running: Console, tramgac: Run, tmp_path):
    author = Author(tmp_path / "author")
    part = author.sigma("evil")
    author.yara("bad")
    correlation(author, "many", [part])
    signed = ("--repository", str(tmp_path / "r"), "--keys", str(tmp_path / "k"))
    assert tramgac("rules", "sign", str(author.rules), *signed)[0] == 0
    assert tramgac("rules", "push", *signed[:2])[0] == 0
    known = running.services.rulebook.rules()
    (yara,) = (number for number, told in known.items() if told["engine"] == "yara")
    (many,) = (number for number, told in known.items() if told.get("members"))
    shown = tramgac("rules", "show", many)[1]
    assert f"COMBINES  {part} Rule 1\n" in shown
    assert "COST" not in shown
    assert "COST" not in tramgac("rules", "show", yara)[1]
    explained = tramgac("rules", "explain", yara)[1].splitlines()
    assert explained[0].endswith(f", {yara})")
    assert any(line.startswith("rule ") for line in explained)
    assert "rule " in json.loads(tramgac("rules", "explain", yara, "--json")[1])["source_text"]
    assert tramgac("rules", "explain", yara, str(tmp_path))[0] == 1
