import json

import pytest
from tramgac_collector.workshop import desk
from tramgac_collector.workshop.correlations import Explained, Tie

from tests.collector.workshop.conftest import CORRELATION

EACH = """
---
title: {title}
name: {name}
id: 00000000-0000-4000-8000-0000000001{number:02}
status: test
level: low
logsource: {{product: windows}}
detection: {{s: {{Act: {name}}}, condition: s}}
"""
HEAD = "title: C\nid: 00000000-0000-4000-8000-0000000001ff\nstatus: test\nlevel: high\n"
STEPS = "".join(EACH.format(title=f"Step {name}", name=name, number=number) for number, name in enumerate("abc"))


def explained(folder, correlation, more=""):
    path = folder.path / "c.yml"
    path.write_text(f"{HEAD}correlation: {json.dumps(correlation)}{STEPS}{more}")
    return next(one for one in desk.explained(path).told if isinstance(one, Explained))


def asked(folder, **correlation):
    told = {"rules": ["a"], "group-by": ["U"], "timespan": "5m", **correlation}
    return [line.strip() for line in list(explained(folder, told).lines(str))[1:]]


def acts(*acts):
    """Records a second apart: what was done, by whom, and more of it."""
    return [
        {"EventID": 1, "Channel": "Security", "@timestamp": f"2026-11-29T10:00:{at:02}Z", "Act": act, "U": who, **more}
        for at, (act, who, more) in enumerate(acts)
    ]


def answers(one, folder, *given):
    return list(one.answers(desk.records(folder.events(*acts(*given)))))


def test_a_file_of_a_correlation_tells_it_first_and_then_its_rules(folder):
    path = folder.path / "many.yml"
    path.write_text(CORRELATION)
    first, second = desk.explained(path).told
    assert list(first.lines(str)) == [
        "Many (high, 00000000-0000-4000-8000-000000000090)",
        "Fires when within 1m the events number ≥ 3:",
        "  Each (00000000-0000-4000-8000-000000000091)",
        "  the same in all of them: User",
    ]
    assert first.row(str)["looks_at"] == "Fires when within 1m the events number ≥ 3:"
    assert second.rule.title == "Each"


@pytest.mark.parametrize(("correlation", "first"), [
    ({"type": "value_count", "condition": {"gte": 3, "field": "P"}}, "the different values of P number ≥ 3:"),
    ({"type": "value_sum", "condition": {"gt": 3, "field": "P"}}, "the sum of P is > 3:"),
    ({"type": "value_avg", "condition": {"gt": 3, "field": "P"}}, "the mean of P is > 3:"),
    ({"type": "value_median", "condition": {"lt": 3, "field": "P"}}, "the median of P is < 3:"),
    (
        {"type": "value_percentile", "condition": {"lt": 3, "field": "P", "percentile": 95}},
        "the 95th percentile of P is < 3:",
    ),
    ({"type": "event_count", "condition": {"gte": 2, "lte": 5}}, "the events number ≥ 2 and ≤ 5:"),
    ({"type": "temporal", "rules": ["a", "b"]}, "each of these is met, in any order:"),
    ({"type": "temporal_ordered", "rules": ["a", "b"]}, "each of these is met, in this order:"),
    (
        {"type": "temporal", "rules": ["a", "b", "c"], "condition": {"gte": 2}},
        "the number of these that are met is ≥ 2:",
    ),
    (
        {"type": "temporal", "rules": ["a", "b"], "condition": "a and not b"},
        "this holds of these, in any order: a and not b:",
    ),
])  # fmt: skip
def test_each_type_has_words(folder, correlation, first):
    lines = asked(folder, **correlation)
    assert lines[0] == f"Fires when within 5m {first}"
    assert lines[1].startswith("Step a (")
    assert ("judged when that time is over" in lines) is (
        "not" in first
        or "lte" in str(correlation)
        or correlation["type"].startswith(("value_s", "value_a", "value_p"))
        or correlation["type"] == "value_median"
    )


def test_what_a_group_has_in_common_is_told_with_its_other_names(folder):
    assert asked(folder, type="event_count", condition={"gte": 2}, **{"group-by": []})[2].startswith("all of them")
    aliases = {"who": {"a": "U", "b": "V"}}
    lines = asked(folder, type="temporal", rules=["a", "b"], aliases=aliases, **{"group-by": ["who"]})
    assert lines[3] == "the same in all of them: who (U of Step a), who (V of Step b)"


def test_each_firing_is_told_with_its_records_and_steps(folder):
    one = explained(folder, {"type": "temporal_ordered", "rules": ["a", "b"], "group-by": ["U"], "timespan": "5m"})
    found = answers(one, folder, ("b", "x", {}), ("a", "x", {}), ("a", "y", {}), ("b", "x", {}), ("b", "y", {}))
    assert [(one.met, one.records, one.index) for one in found] == [(True, [1, 3], 3), (True, [2, 4], 4)]
    assert list(found[0].lines(str)) == [
        "each of these is met, in this order: 2, within 5m",
        "U is 'x' in all of them",
        "2026-11-29T10:00:01Z: Step a",
        "2026-11-29T10:00:03Z: Step b",
    ]


def test_programs_are_told_steps_as_alerts_have_them_or_what_was_seen(folder):
    told = {"type": "value_count", "rules": ["a"], "group-by": ["U"], "timespan": "5m"}
    one = explained(folder, {**told, "condition": {"gte": 2, "field": "P"}})
    (row,) = (each.row(str) for each in answers(one, folder, ("a", "x", {"P": "1"}), ("a", "x", {"P": "2"})))
    assert (row["met"], row["records"], row["index"], row["seen"]) == (True, [0, 1], 1, None)
    assert [(each["selection"], each["field"], each["value"], each["pattern"]) for each in row["why"]] == [
        ("condition", "value_count", "2", "≥ 2 within 5m"),
        ("group-by", "U", "x", "the same in all events"),
        ("Step a", "time", "2026-11-29T10:00:00Z", "P = 1"),
        ("Step a", "time", "2026-11-29T10:00:01Z", "P = 2"),
    ]
    (row,) = (
        each.row(str) for each in answers(one, folder, ("a", "x", {"P": "1"}), ("a", "x", {"P": "1"}), ("a", "z", {}))
    )
    assert (row["met"], row["records"], row["index"], row["why"]) == (False, [], None, [])
    (member,) = one.correlation.rules
    assert row["seen"] == {
        "records": {member: 3}, "most_records": 2, "most_values": 1, "without_field": 1, "without_time": 0,
    }  # fmt: skip


def test_values_that_were_counted_are_told(folder):
    told = {"type": "value_count", "rules": ["a"], "group-by": ["U"], "timespan": "5m"}
    one = explained(folder, {**told, "condition": {"gte": 2, "field": "P"}})
    (row,) = answers(one, folder, ("a", "x", {"P": "1"}), ("a", "x", {"P": "2"}))
    assert list(row.lines(str))[2:] == [
        "2026-11-29T10:00:00Z: Step a, P is '1'",
        "2026-11-29T10:00:01Z: Step a, P is '2'",
    ]
    (row,) = answers(
        one, folder, ("a", "x", {"P": "1"}), ("a", "x", {"P": "1"}), ("a", "y", {"P": "2"}), ("a", "z", {})
    )
    assert (row.met, row.index, row.records) == (False, None, [])
    assert list(row.lines(str)) == [
        "records met by Step a: 4",
        "the most records in one group, whatever their times: 2, with different values: 1",
        "1 of them took no part: they lack a field that is grouped by, counted or reckoned with",
    ]


def test_a_correlation_of_correlations_counts_their_firings(folder):
    more = (
        "---\ntitle: Twice\nname: twice\nid: 00000000-0000-4000-8000-0000000001fe\nstatus: test\nlevel: high\n"
        "correlation: {type: event_count, rules: [a], group-by: [U], timespan: 1m, condition: {gte: 2}}\n"
    )
    told = {"type": "temporal_ordered", "rules": ["twice", "b"], "group-by": ["U"], "timespan": "5m"}
    explained(folder, told, more)
    one = next(each for each in desk.explained(folder.path / "c.yml").told if each.rule.title == "C")
    (row,) = answers(one, folder, ("a", "x", {}), ("a", "x", {}), ("b", "x", {}))
    assert row.records == [0, 1, 2]
    (row,) = answers(one, folder, ("a", "x", {}), ("a", "x", {}))
    assert list(row.lines(str))[:2] == ["records met by Twice: 1", "records met by Step b: 0"]


def test_every_sentence_has_its_twin():
    assert all(word.vi and (word.vi != word.en or word is Tie.MET) for word in Tie)
