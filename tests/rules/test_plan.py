from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.evaluate import View, compile_node
from tramgac_rules.operators import END, START
from tramgac_rules.plan import MAX_LITERAL, plan, searchable, triggers
from tramgac_rules.tree import And, Atom, Not, Or


def by_length(literal):
    return 1 / (1 + len(literal[1]))


def test_an_and_shows_the_rarest_of_each_field():
    node = And(
        (Atom("A", "contains", "x"), Atom("A", "endswith", "LONGER"), Atom("B", "eq", "y"), Atom("C", "null", None))
    )
    found = plan(node, by_length)
    assert found.literals == {"A": {"longer" + END}, "B": {START + "y" + END}}
    assert not found.across


def test_an_or_over_fields_is_found_across_them():
    node = Or((Atom("A", "contains", "x"), Atom("B", "contains", "y")))
    found = plan(node, by_length)
    assert not found.literals
    assert found.across == {("A", "x"), ("B", "y")}
    assert found.asks("A")
    assert not found.asks("C")


def test_what_can_hold_without_a_text_has_no_witness():
    for node in (Not(Atom("A", "eq", "x")), Or((Atom("A", "eq", "x"), Atom("B", "exists", value=True)))):
        found = plan(node, by_length)
        assert not found.literals
        assert not found.across


@given(st.text(max_size=6), st.text(max_size=4), st.text(max_size=4))
def test_a_part_of_a_text_stays_a_part_when_searchable(part, before, after):
    assert searchable(part) in searchable(before + part + after)


ATOM = st.builds(
    Atom,
    st.sampled_from(["A", "B", None]),
    st.sampled_from(["eq", "contains", "startswith", "endswith"]),
    st.text("aB\u03c3\u03a3", min_size=1, max_size=2),
    st.booleans(),
)
NODE = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


@given(NODE, st.dictionaries(st.sampled_from(["A", "B"]), st.text("aBb\u03c3\u03a3\u03c2", max_size=4)))
def test_what_meets_a_node_shows_its_witness(node, fields):
    if not compile_node(node)(View(fields)):
        return
    found = plan(node, by_length)

    def shown(field, literal):
        values = [fields[field]] if field in fields else list(fields.values()) if field is None else []
        return any(literal in f"{START}{searchable(value)}{END}" for value in values)

    assert all(any(shown(field, text) for text in texts) for field, texts in found.literals.items())
    assert not found.across or any(shown(*literal) for literal in found.across)


@given(NODE, st.dictionaries(st.sampled_from(["A", "B"]), st.text("aBb\u03c3\u03a3\u03c2", max_size=4)))
def test_what_is_found_and_what_is_left_is_the_rule(node, fields):
    found = plan(node, by_length)

    def shown(field, literal):
        values = [fields[field]] if field in fields else list(fields.values()) if field is None else []
        return any(literal in f"{START}{searchable(value)}{END}" for value in values)

    literals = all(any(shown(field, text) for text in texts) for field, texts in found.literals.items())
    across = not found.across or any(shown(*literal) for literal in found.across)
    view = View(fields)
    left = all(compile_node(part)(view) for part in (*found.refusals.values(), found.residue) if part is not None)
    assert (literals and across and left) == compile_node(node)(view)


def test_what_is_rare_enough_needs_no_second_choice_and_what_most_have_is_none():
    likely = {"rare": 0.0001, "seldom": 0.05, "often": 0.9}
    rare, seldom, often = (Atom(name, "contains", name) for name in likely)

    def literals(*parts):
        found = plan(And(parts), lambda literal: likely[literal[1]])
        return set(found.literals), found.residue

    assert literals(rare, seldom) == ({"rare"}, seldom)
    assert literals(seldom, often) == ({"seldom"}, often)
    assert literals(often) == ({"often"}, None)
    both = And((seldom, Atom("other", "contains", "seldom")))
    assert set(plan(both, lambda literal: likely[literal[1]]).literals) == {"seldom", "other"}


def test_what_is_looked_for_exactly_is_not_tested_again():
    exact = Or((Atom("A", "contains", "x"), Atom("A", "endswith", "y")))
    assert plan(exact, by_length).residue is None
    assert plan(And((exact, Not(Atom("A", "eq", "z")))), by_length).residue == Not(Atom("A", "eq", "z"))
    for doubtful in (Atom("A", "contains", "x", cased=True), Atom("A", "re", "x"), Atom("A", "contains", "\u03c3")):
        assert plan(doubtful, by_length).residue == doubtful


def test_a_rule_of_filters_alone_is_refused_by_their_literals():
    node = And((Not(Or((Atom("A", "contains", "x"), Atom("A", "eq", "y")))), Not(Atom("B", "exists", value=True))))
    found = plan(node, by_length)
    assert triggers(found.refusals["A"]) == {"x", START + "y" + END}
    assert found.residue == Not(Atom("B", "exists", value=True))


NEAR = st.sampled_from(["", "a", "b", "\u03c3"])
LONG = st.builds(lambda text, times, end: text * times + end, st.sampled_from(["ab", "B"]), st.integers(60, 70), NEAR)
"""Texts about as long as a literal may be, that hold each other or differ at one of their ends."""


@given(st.sampled_from(["eq", "contains", "startswith", "endswith"]), LONG, NEAR, LONG)
def test_of_a_long_text_a_piece_is_looked_for_and_the_rest_is_tested(op, value, before, text):
    node = Atom("A", op, value)
    found = plan(node, by_length)
    (literal,) = found.literals["A"]
    assert len(literal) <= MAX_LITERAL
    shown = literal in f"{START}{searchable(before + text)}{END}"
    left = found.residue is None or compile_node(found.residue)(View({"A": before + text}))
    assert (shown and left) == compile_node(node)(View({"A": before + text}))


def test_a_text_as_long_as_a_literal_needs_no_test():
    longest = "x" * (MAX_LITERAL - 2)
    for op in ("eq", "contains", "startswith", "endswith"):
        assert plan(Atom("A", op, longest), by_length).residue is None
        assert plan(Atom("A", op, longest + "x"), by_length).residue is not None
