from tramgac_rules.costs import SAMPLE, Ledger
from tramgac_rules.group import Group, Member
from tramgac_rules.memory import Memory
from tramgac_rules.tree import And, Atom, Not, Or

NAMES = ("a", "b", "c", "d")


def group(*nodes):
    members = [Member(number, NAMES[number], node) for number, node in enumerate(nodes)]
    return Group(members, Memory(), {}, Ledger(len(members)))


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


def test_where_all_are_parked_no_field_is_looked_at():
    found = group(Atom("A", "contains", "x"), Atom(None, "contains", "x"))
    found.park({0, 1})
    assert found.match(None) == ()  # type: ignore[arg-type] # it is not touched


def test_no_rules_meet_nothing():
    assert group().match({"A": "x"}) == ()


def test_what_is_ruled_out_by_filters_alone_is_looked_for_by_them():
    found = group(And((Not(Atom("A", "endswith", ".exe")), Not(Atom("A", "contains", "tmp")))))
    assert found.match({"A": "x"}) == found.match({}) == ("a",)
    assert found.match({"A": "x.EXE"}) == found.match({"A": "tmp"}) == ()


def test_what_is_parked_is_not_met_until_it_is_resumed():
    found = group(Atom("A", "contains", "x"), Not(Atom("A", "eq", "y")), And(()))
    found.park({1, 2})
    assert found.match({"A": "x"}) == ("a",)
    found.park(())
    assert found.match({"A": "x"}) == ("a", "b", "c")


def test_an_event_of_the_sample_meets_what_any_other_does():
    parts = (Atom("A", "contains", "x"), Atom("B", "re", "^y"))
    found = group(And(parts), And((*parts, Atom("C", "exists", True))), Or(parts))
    met = {found.match({"A": "x", "B": "y"}) for _ in range(3 * SAMPLE)}
    assert met == {("a", "c")}
