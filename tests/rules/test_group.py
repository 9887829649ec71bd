from tramgac_rules.columns import Memory
from tramgac_rules.group import Group
from tramgac_rules.tree import And, Atom, Not, Or

NAMES = ("a", "b", "c", "d")


def group(*nodes):
    return Group(list(zip(NAMES, nodes, strict=False)), Memory(), {})


def test_rules_come_in_their_order():
    found = group(Atom("A", "contains", "x"), Not(Atom("A", "eq", "x")), Atom("B", "any", None), And(()))
    assert found.match({"A": "xx", "B": ""}) == ("a", "b", "c", "d")
    assert found.match({"A": "x"}) == ("a", "d")


def test_an_or_across_fields_needs_one_of_them():
    found = group(
        Or((Atom("A", "eq", "x"), Atom("B", "eq", "y"), Atom(None, "contains", "word"))), Atom("A", "eq", "x")
    )
    assert found.match({"A": "x"}) == ("a", "b")
    assert found.match({"B": "Y"}) == ("a",)
    assert found.match({"C": "a word"}) == ("a",)
    assert found.match({"C": "a"}) == ()


def test_no_rules_meet_nothing():
    assert Group([], Memory(), {}).match({"A": "x"}) == ()


def test_what_is_ruled_out_by_filters_alone_is_looked_for_by_them():
    found = group(And((Not(Atom("A", "endswith", ".exe")), Not(Atom("A", "contains", "tmp")))))
    assert found.match({"A": "x"}) == found.match({}) == ("a",)
    assert found.match({"A": "x.EXE"}) == found.match({"A": "tmp"}) == ()
