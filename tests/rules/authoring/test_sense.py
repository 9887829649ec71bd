import pytest
from tramgac_rules.authoring.sense import everything, never, never_met, nothing
from tramgac_rules.authoring.texts import vietnamese
from tramgac_rules.evaluate import MAX_VALUE
from tramgac_rules.tree import And, Atom, Not, Or, Selection

from tests.rules.making import compiled, rule

A, B = Atom("A", "eq", "a"), Atom("A", "eq", "b")
S = Selection("s", And((A, Atom("B", "contains", "x"))))
EITHER = Selection("either", Or((A, Atom("B", "contains", "x"))))


@pytest.mark.parametrize("node", [
    Atom(None, "any", None),
    Atom("A", "any", None),
    Or((A, Atom("B", "any", None))),
    Atom("A", "re", ".*"),
    Atom("A", "re", "^(?:.|\\n)+$"),
    Atom("A", "null", None),
    Atom("A", "exists", value=True),
    Not(S),
    Not(A),
    Or((S, Not(S))),
    And((Atom("A", "any", None), Atom("B", "any", None))),
])  # fmt: skip
def test_what_finds_nearly_everything(node):
    assert everything(node) is not None
    assert nothing(node) is None


@pytest.mark.parametrize("node", [
    A,
    S,
    Atom("A", "contains", "q"),
    Atom("A", "re", "[^\\x00-\\x7f]"),
    Atom("A", "re", ".{300,}"),
    Atom("A", "fieldref", ("B", "eq")),
    Atom("A", "gte", 0),
    And((Atom("A", "any", None), Not(B))),
    And((A, Not(B))),
    And((EITHER, Not(A))),
    And((Or((A, B)), Or((B, Atom("A", "eq", "c"))))),
    And((A, Atom("B", "eq", "b"))),
    Or((And((A, B)), S)),
])  # fmt: skip
def test_what_finds_something(node):
    assert everything(node) is None
    assert nothing(node) is None


@pytest.mark.parametrize("node", [
    And((S, Not(S))),
    And((EITHER, Not(EITHER))),
    And((A, Not(A))),
    And((EITHER, Not(A), Not(Atom("B", "contains", "x")))),
    And((A, B)),
    And((A, Atom("A", "eq", "A"), Or((B, Atom("A", "eq", "c"))))),
    Or((And((A, B)), And((S, Not(S))))),
])  # fmt: skip
def test_what_finds_nothing(node):
    assert nothing(node) is not None
    assert everything(node) is None


@pytest.mark.parametrize(("op", "value", "wrong"), [
    ("minute", 99, True),
    ("minute", 0, False),
    ("minute_gte", 59, False),
    ("minute_gt", 59, True),
    ("hour", 24, True),
    ("hour_lt", 0, True),
    ("day", 0, True),
    ("week", 53, False),
    ("month", 13, True),
    ("year", 2024, False),
    ("contains", "x" * MAX_VALUE, False),
    ("contains", "x" * (MAX_VALUE + 1), True),
])  # fmt: skip
def test_what_no_field_holds(op, value, wrong):
    assert (never(Atom("A", op, value)) is not None) is wrong


def test_the_same_is_said_once():
    entry = Or((Atom("A", "minute", 99), Atom("B", "minute", 99), Atom("A", "hour", 99)))
    assert [str(said) for said, _ in never_met(entry)] == ["no time has minute 99", "no time has hour 99"]


@pytest.mark.parametrize(("detection", "kind", "place"), [
    ([""], "everything", (8, 14)),
    ({"CommandLine": "*"}, "everything", (8, 14)),
    ({"s": {"A": "x"}, "condition": "not s"}, "everything", (8, 14)),
    ({"s": {"A": "x"}, "condition": "s and not s"}, "nothing", (8, 14)),
    ({"s": {"A": "a"}, "t": {"A": "b"}, "condition": "all of them"}, "nothing", (10, 14)),
    ({"A|minute": 99}, "nothing", (7, 5)),
])  # fmt: skip
def test_they_are_warnings_with_their_place_in_both_languages(detection, kind, place):
    done = compiled(rule(detection))
    (found,) = done.problems
    assert (found.severity, found.kind) == ("warning", kind)
    assert (found.line, found.column) == place
    assert found.advice
    assert vietnamese(found.message) != str(found.message)
    assert len(done.pack["rules"]) == 1
