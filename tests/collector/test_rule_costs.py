"""What the judge notes of its rules' costs, and what readers make of it."""

from tramgac_collector import rule_costs
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record

from tests.rules.making import IDS, compiled, rule


def judge_of(*texts):
    return Judge.load(compiled(*texts).pack)


def record(value):
    return Record({"A": value, "B": value}, "windows", "event_log", "Security", "1")


def test_the_dearest_come_first_and_what_never_happened_is_left_out(state):
    dear, cheap, never = rule({"A|re": "(a|b)+c.*d$"}), rule({"A": "x"}, number=2), rule({"A": "never"}, number=3)
    judge = judge_of(dear, cheap, never)
    for _ in range(200):
        judge.match(record("abababc" * 50))
    judge.match(record("x"))
    rule_costs.note(state, judge, 77)
    found = rule_costs.read(state)
    assert (found["as_of"], found["events"]) == (77, 201)
    assert [row["rule"] for row in found["items"]] == [IDS.format(1), IDS.format(2)]
    first, second = found["items"]
    assert first["microseconds"] > second["microseconds"] == 0
    assert (first["matches"], second["matches"]) == (0, 1)
    assert first["tests"] > 0


def test_no_more_than_the_dearest_are_noted(state, monkeypatch):
    monkeypatch.setattr(rule_costs, "MOST", 1)
    judge = judge_of(rule({"A": "x"}), rule({"B": "x"}, number=2))
    judge.match(record("x"))
    rule_costs.note(state, judge, 1)
    assert len(rule_costs.read(state)["items"]) == 1


def test_before_the_first_note_there_is_nothing(state):
    assert rule_costs.read(state) == {"as_of": 0, "events": 0, "items": []}


def test_rules_are_named_as_they_are_on_offer():
    known = {"a": {"title": "A", "title_vi": "Á", "level": "high", "more": 1}}
    rows = rule_costs.named([{"rule": "a", "tests": 1}, {"rule": "gone", "tests": 2}], known)
    assert rows == [
        {"rule": "a", "tests": 1, "title": "A", "title_vi": "Á", "level": "high"},
        {"rule": "gone", "tests": 2, "title": "", "title_vi": "", "level": ""},
    ]


def test_what_several_judges_note_is_told_as_one(state):
    judge = judge_of(rule({"A|re": "(a|b)+c.*d$"}), rule({"A": "x"}, number=2))
    judge.match(record("x"))
    rule_costs.note(state, judge, 1)
    for _ in range(3):
        judge.match(record("x"))
    rule_costs.note(state, judge, 2, "judge-2")
    found = rule_costs.read(state)
    assert (found["as_of"], found["events"]) == (2, 5)
    assert {row["rule"]: row["matches"] for row in found["items"]}[IDS.format(2)] == 5
