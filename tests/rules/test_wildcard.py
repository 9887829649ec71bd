import itertools
import re

from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.wildcard import ONE, STAR, locator, matcher

PIECES = st.lists(st.sampled_from(["a", "b", "ab", "ba", STAR, ONE, "\n"]), max_size=8)
TEXTS = st.text("ab\n", max_size=14)


def regex(pieces):
    return "".join(".*" if p is STAR else "." if p == ONE else re.escape(p) for p in pieces)


@given(PIECES, TEXTS)
def test_it_matches_what_the_regular_expression_does(pieces, text):
    wanted = re.fullmatch(regex(pieces), text, re.DOTALL) is not None
    assert matcher(tuple(pieces))(text) is wanted


@given(PIECES, TEXTS)
def test_spans_hold_the_texts_of_the_pattern_in_order(pieces, text):
    spans = locator(tuple(pieces))(text)
    if spans is not None:
        assert [text[a:b] for a, b in spans] == [piece for piece in pieces if isinstance(piece, str)]
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_many_stars_over_a_long_text_end_at_once():
    pieces = (*((STAR, "a" * 20) * 12), STAR, "b")
    assert not matcher(pieces)("a" * 32_768)


def test_one_stands_for_exactly_one():
    assert matcher(("a", ONE, ONE, "d"))("abcd")
    assert not matcher(("a", ONE, ONE, "d"))("axd")
    assert matcher((ONE, STAR))("x")
    assert not matcher((ONE, STAR))("")
