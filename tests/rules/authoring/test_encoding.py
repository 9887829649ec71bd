import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.about import KEYS
from tramgac_rules.authoring.encoding import Encoder
from tramgac_rules.pack import decode
from tramgac_rules.tree import And, Atom, Not, Or, Selection

from tests.tools.examples import examples

TOLD = {
    "id": "r", "title": "t", "level": "low", "tags": [], "digest": "0", "logsource": ["", "", ""], "description": "d",
    "triage": [], "path": "r.yml",
}  # fmt: skip
ATOM = st.one_of(
    st.builds(
        Atom, st.sampled_from(["A", "B", None]), st.sampled_from(["eq", "contains"]), st.text(max_size=3), st.booleans()
    ),
    st.builds(Atom, st.sampled_from(["A", "B"]), st.just("wild"), st.just(("a", None, "b", 1))),
    st.builds(Atom, st.just("A"), st.just("gte"), st.integers(0, 3)),
    st.just(Atom("A", "null", None)),
    st.just(Atom("A", "fieldref", ("B", "eq"))),
)
NODE = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


def encoded(node):
    encoder = Encoder()
    encoder.add(TOLD, {"s": node}, Selection("s", node))
    return encoder


@settings(max_examples=examples(100))
@given(NODE)
def test_a_node_comes_back_as_it_was(node):
    (logic,) = decode(encoded(node).pack({}))
    assert logic.condition == Selection("s", node)
    assert logic.rule.fields == tuple(sorted(logic.rule.fields))


@pytest.mark.parametrize(("node", "written"), [
    (Or((Atom("A", "eq", "x"), Atom("A", "eq", "y"))), [0, "eq", "x", "y"]),
    (Or((Atom("A", "eq", "x", True), Atom("A", "eq", "y", True))), [0, "eq/cased", "x", "y"]),
    (Or((Atom("A", "eq", "x"), Atom("A", "eq", "y", True))), ["or", [0, "eq", "x"], [0, "eq/cased", "y"]]),
    (And((Atom("A", "eq", "x"), Atom("A", "eq", "y"))), ["and", [0, "eq", "x"], [0, "eq", "y"]]),
    (Or((Atom("A", "eq", "x"), Not(Atom("B", "eq", "y")))), ["or", [0, "eq", "x"], ["not", [1, "eq", "y"]]]),
])  # fmt: skip
def test_alternatives_of_one_field_are_one_comparison(node, written):
    assert encoded(node).pack({})["rules"][0]["selections"] == {"s": written}


def test_what_is_said_to_people_is_put_aside():
    encoder = encoded(Atom("A", "eq", "x"))
    encoder.add_correlation({"id": "c", "title": "t", "description": "many", "span": 1})
    pack = encoder.pack({("A", "x"): 7})
    assert not set(KEYS) & {*pack["rules"][0], *pack["correlations"][0]}
    assert pack["common"] == [[0, "x", 7]]
    assert encoder.about()["about"] == {"r": {"description": "d", "path": "r.yml"}, "c": {"description": "many"}}
