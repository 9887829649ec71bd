from dataclasses import replace

import pytest
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.record import Record
from tramgac_rules.rule import LogSource

from tests.rules.correlation.making import about, correlation

EVENT = ("h", 7, 2, 1)


def rule(name, **source):
    return replace(about(0), id=name, title=f"Rule {name}", logsource=LogSource(**source))


RULES = {name: rule(name) for name in ("r0", "r1", "r2")}


def matches(correlations, fields, *met, kind="event_log", **where):
    record = Record({name: value for name, value in fields.items() if value is not None}, kind=kind, **where)
    return [
        (index, each.turn, each.group, each.value)
        for index, each in correlations.matches(record, [correlations_rules[name] for name in met], EVENT, 5, "pc-0")
    ]


correlations_rules = RULES


def of(*made, rules=RULES, **more):
    return Correlations(made, rules, **more)


def test_an_event_that_met_a_rule_is_a_match_of_what_refers_to_it():
    made = of(correlation("event_count", ("gte", 2), rules=2), correlation("event_count", ("gte", 2), number=1))
    assert matches(made, {"user": "An"}, "r0") == [(0, 1, ("an",), ""), (1, 0, ("an",), "")]
    assert matches(made, {"user": "An"}, "r2") == []
    (_, first), *_ = made.matches(Record({"user": "An"}), [RULES["r0"]], EVENT, 5, "")
    assert first[:2] == (5, EVENT)


def test_aliases_name_the_field_of_each_rule():
    made = correlation("temporal", ("gte", 2), rules=2, fields=(("src",), ("dst",)), group_by=("ip",))
    assert matches(of(made), {"src": "1", "dst": "2"}, "r0", "r1") == [(0, 1, ("1",), ""), (0, 0, ("2",), "")]


def test_one_event_counts_once_in_a_group_whatever_it_met():
    counting = correlation("event_count", ("gte", 2), rules=2)
    assert matches(of(counting), {"user": "an"}, "r1", "r0") == [(0, 1, ("an",), "")]
    both = correlation("temporal", ("gte", 2), rules=2)
    assert [turn for _, turn, *_ in matches(of(both), {"user": "an"}, "r0", "r1")] == [1, 0]
    aliased = correlation("event_count", ("gte", 2), rules=2, fields=(("a",), ("b",)))
    assert [group for *_, group, _ in matches(of(aliased), {"a": "x", "b": "y"}, "r0", "r1")] == [("x",), ("y",)]


def test_what_lacks_a_field_takes_no_part_and_is_counted():
    made = of(correlation("value_count", ("gte", 2)))
    assert matches(made, {"v": "x"}, "r0") == matches(made, {"user": "x"}, "r0") == []
    assert matches(made, {"user": "an", "v": ""}, "r0") == [(0, 0, ("an",), "")], "an empty text is known"
    assert made.counts == {"without_field": 2}


def test_what_is_no_number_takes_no_part_and_is_counted():
    made = of(correlation("value_sum", ("gt", 2)))
    assert matches(made, {"user": "an", "v": "many"}, "r0") == []
    assert matches(made, {"user": "an", "v": "12"}, "r0") == [(0, 0, ("an",), 12)]
    assert made.counts == {"without_number": 1}


def test_several_values_and_several_fields():
    made = of(correlation("value_count", ("gte", 2), values=(("a", "b"),)))
    one, two = (matches(made, {"user": ("X", "y"), "a": a, "b": b}, "r0") for a, b in (("1", "2"), ("12", "")))
    assert one[0][2] == two[0][2] == ("x\x1fy",)
    assert one[0][3] != two[0][3]


@pytest.mark.parametrize("field", ["Computer", "ComputerName", "host.name", "Hostname"])
def test_the_host_is_known_without_a_field(field):
    made = correlation("event_count", ("gte", 2), group_by=(field,), by_host=True)
    assert matches(of(made), {}, "r0") == [(0, 0, ("h", "pc-0"), "")]
    assert matches(of(made), {field: "SRV"}, "r0") == [(0, 0, ("h", "srv"), "")]
    assert Correlations([made], RULES).matches(Record({}), [RULES["r0"]], EVENT, 5, "") == []


def test_fields_stand_under_the_names_that_the_log_source_gives_them():
    rules = {"r0": rule("r0", product="windows", category="process_creation")}
    made = of(correlation("event_count", ("gte", 2), group_by=("Image",)), rules=rules)
    audit = Record({"NewProcessName": "C:\\A.exe", "Image": "wrong"}, "windows", "event_log", "Security", "4688")
    sysmon = Record({"Image": "C:\\A.exe"}, "windows", "event_log", "Microsoft-Windows-Sysmon/Operational", "1")
    for record in (audit, sysmon):
        ((_, match),) = made.matches(record, [rules["r0"]], EVENT, 5, "")
        assert match.group == ("c:\\a.exe",)


def test_what_is_referred_to_raises_no_alert_unless_someone_says_generate():
    chain = [
        correlation("event_count", ("gte", 2), rules=("r0", "r1"), number=1),
        correlation("event_count", ("gte", 2), rules=("c1", "r1"), number=2, generate=True),
        correlation("event_count", ("gte", 2), rules=("c2",), number=3),
    ]
    assert of(*chain).quiet == {"r0", "c2"}
    assert of(*chain).titles == {
        "r0": "Rule r0", "r1": "Rule r1", "c1": "rule 1", "c2": "rule 2", "c3": "rule 3",
    }  # fmt: skip


def test_none_at_all():
    assert not Correlations()
    assert not Correlations().quiet
    assert Correlations().matches(Record({}), [RULES["r0"]], EVENT, 5, "") == []
