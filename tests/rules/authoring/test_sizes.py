import pytest
import yaml
from tramgac_rules.authoring import sizes
from tramgac_rules.authoring.sizes import (
    MAX_CHARACTERS,
    MAX_NAME,
    MAX_PARTS,
    MAX_VALUES,
    Budget,
    Together,
    count,
    height,
    long_values,
)
from tramgac_rules.pack import MAX_ATOMS, MAX_DEPTH
from tramgac_rules.tree import And, Atom, Not, Or, Selection
from tramgac_rules.wildcard import ONE, STAR

X = Atom("A", "eq", "x")


@pytest.mark.parametrize(("node", "values", "levels"), [
    (X, 1, 0),
    (Not(X), 1, 1),
    (Or(()), 1, 1),
    (And((X, Not(Or((X, X))))), 3, 3),
    (Not(Selection("s", And((X, X)))), 2, 1),
])  # fmt: skip
def test_what_a_node_is_counted_as(node, values, levels):
    assert (count(node), height(node)) == (values, levels)


def test_values_and_their_characters_are_counted_together():
    budget = Budget()
    assert budget.spend(["x"] * (MAX_VALUES - 1)) is None
    assert budget.spend([5]) is None
    assert str(MAX_VALUES) in budget.spend([None])[0]
    budget = Budget()
    assert budget.spend([("x" * (MAX_CHARACTERS - 1), None, "y")]) is None
    assert str(MAX_CHARACTERS) in budget.spend(["z"])[0]


def test_a_long_value_is_told_at_its_own_place():
    node = yaml.compose("[a, bbbb, ccc]")
    value = ["a", "b" * 70_000, "c" * 65_537]
    assert [place.value for place, _ in long_values(node, value)] == ["bbbb", "ccc"]
    assert not list(long_values(node, ["a" * 65_536, 5, None]))
    scalar = yaml.compose("x")
    assert [place for place, _ in long_values(scalar, "x" * 70_000)] == [scalar]


def test_names_values_as_made_and_depths_have_their_limits():
    assert sizes.long_name("x" * MAX_NAME) is None
    assert sizes.long_name("a", "x" * (MAX_NAME + 1)) is not None
    assert sizes.long_made(Or((X, Atom("A", "wild", ("x" * 65_536, None))))) is None
    assert sizes.long_made(Or((X, Atom("A", "wild", ("x" * 65_536, None, "y"))))) is not None
    few, many = (("x", ONE) * MAX_PARTS, ("x", ONE) * MAX_PARTS + ("y",))
    assert sizes.long_made(Atom("A", "wild", (*few, STAR, *few))) is None
    assert sizes.long_made(Atom("A", "wild", (*few, STAR, *many))) is not None
    deepest = X
    for _ in range(MAX_DEPTH):
        deepest = Not(deepest)
    assert sizes.deep(deepest) is None
    assert sizes.deep(Not(deepest)) is not None


def test_rules_are_counted_together_with_their_filters():
    together = Together()
    assert together.take(2 * MAX_VALUES, 0) is None
    assert "filters" in together.take(1, 2 * MAX_VALUES)[0]
    for _ in range(MAX_ATOMS // MAX_VALUES - 2):
        assert together.take(MAX_VALUES, 0) is None
    assert str(MAX_ATOMS) in together.take(1, 0)[0]
