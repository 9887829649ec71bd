from tramgac_rules.group import Group
from tramgac_rules.tree import And, Atom, Not, Or

NAMES = ("a", "b", "c", "d")


def group(*nodes):
    return Group(list(zip(NAMES, nodes, strict=False)))


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
    assert Group([]).match({"A": "x"}) == ()
