import pytest
from tramgac_rules.correlation.model import fired
from tramgac_rules.correlation.steps import span_text, steps

from tests.rules.correlation.making import SECOND, correlation, match


def test_what_the_condition_saw_what_is_common_and_each_member():
    made = correlation("temporal", ("gte", 2), rules=2, span=600)
    found = steps(made, fired(made, [match(1, turn=1), match(2, turn=0)]), {"r0": "Failed", "r1": "Worked"})
    assert [(each.selection, each.field, each.value, each.pattern) for each in found] == [
        ("condition", "temporal", "2", "≥ 2 within 10m"),
        ("group-by", "user", "an", "the same in all events"),
        ("Failed", "time", "1970-01-01T00:00:01Z", "met"),
        ("Worked", "time", "1970-01-01T00:00:02Z", "met"),
    ]


def test_values_are_told():
    made = correlation("value_count", ("gte", 2))
    found = steps(made, fired(made, [match(1, value="x\x1fy"), match(2, value="z")]), {"r0": "R"})
    assert [each.pattern for each in found[2:]] == ["v = x, y", "v = z"]


@pytest.mark.parametrize(("seconds", "text"), [(1, "1s"), (90, "90s"), (5_400, "90m"), (3_600, "1h"), (172_800, "2d")])
def test_spans_as_rules_write_them(seconds, text):
    assert span_text(seconds * SECOND) == text
