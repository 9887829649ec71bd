import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.authoring.conditions import ConditionError
from tramgac_rules.authoring.correlation_conditions import names_in, numbers, possible, ways_of


def test_operators_with_their_numbers():
    assert numbers({"gte": 10, "lt": "20", "field": "User", "neq": 1.5, "eq": 3.0}) == [
        ("gte", 10), ("lt", 20), ("neq", 1.5), ("eq", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["many", None, True, [1], math.inf, math.nan, "inf", 10**400])
def test_what_is_no_number_is_told(value):
    if value == 10**400:
        assert numbers({"gte": value}) == [("gte", value)]
        return
    with pytest.raises(ConditionError) as caught:
        numbers({"gte": value})
    assert caught.value.kind == "gte"


@pytest.mark.parametrize(("bounds", "most", "able"), [
    ([("gte", 10)], None, True),
    ([("gt", 5), ("lt", 6)], None, False),
    ([("gt", 5), ("lt", 7)], None, True),
    ([("lt", 1)], None, False),
    ([("lte", 1)], None, True),
    ([("eq", 2.5)], None, False),
    ([("neq", 1)], None, True),
    ([("gte", -3)], None, True),
    ([("gte", 4)], 3, False),
    ([("gte", 3)], 3, True),
    ([("gt", 3)], 3, False),
    ([("neq", 1)], 1, False),
    ([("neq", 3)], 3, True),
])  # fmt: skip
def test_whether_any_count_is_within_bounds(bounds, most, able):
    assert possible(bounds, count=True, most=most) is able


def test_figures_may_be_anything():
    assert possible([("gt", 5), ("lt", 6)], count=False)
    assert possible([("lt", -5)], count=False)
    assert not possible([("gt", 6), ("lt", 5)], count=False)


def test_names_in_words():
    text = "failed-login AND (5638f7c0-ac70-491d-8465-2a65075e0d86 or not b) and failed-login"
    assert names_in(text) == ["failed-login", "5638f7c0-ac70-491d-8465-2a65075e0d86", "b"]


def ways(text, *names):
    return [("".join(sorted(w)), "".join(sorted(r))) for w, r in ways_of(text, names or "abcd")]


@pytest.mark.parametrize(("text", "expected"), [
    ("a", [("a", "")]),
    ("a and b", [("ab", "")]),
    ("a AND NOT b", [("a", "b")]),
    ("a or b and c", [("a", ""), ("bc", "")]),
    ("a and (b Or not c)", [("a", "c"), ("ab", "")]),
    ("not (not a or b) or c", [("a", "b"), ("c", "")]),
    ("a or a and b", [("a", "")]),
    ("a and (not a or b)", [("ab", "")]),
    ("not not a", [("a", "")]),
])  # fmt: skip
def test_the_ways_in_which_words_can_hold(text, expected):
    assert ways(text) == expected


@pytest.mark.parametrize(("text", "said", "offset"), [
    ("a and e", "`rules` does not list 'e'", 6),
    ("a and", "ends where", 5),
    ("a b", "'b' was not expected", 2),
    ("a and not a", "contradicts", 0),
    ("not a", "where nothing was met", 0),
    ("a or not b", "where nothing was met", 0),
    ("(" * 200 + "a" + ")" * 200, "nested deeper", None),
    (" and ".join(f"({x} or {x}x)" for x in "abcdefgh"), "more than 64 ways", 0),
])  # fmt: skip
def test_what_is_wrong_with_words_is_told(text, said, offset):
    names = "abcd" if "ways" not in said else names_in(text)
    with pytest.raises(ConditionError, match=said) as caught:
        ways_of(text, names)
    assert offset is None or caught.value.offset == offset


nodes = st.recursive(
    st.sampled_from("abc"),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), inner, inner).map(lambda t: f"({t[1]} {t[0]} {t[2]})"),
        inner.map(lambda text: f"(not {text})"),
    ),
    max_leaves=6,
)


@given(nodes)
def test_the_ways_hold_where_the_words_hold(text):
    try:
        found = ways_of(text, "abc")
    except ConditionError:
        return
    for met in range(8):
        true = {name: bool(met >> place & 1) for place, name in enumerate("abc")}
        held = any(all(true[n] for n in wanted) and not any(true[n] for n in refused) for wanted, refused in found)
        assert held == eval(text, {}, true)
