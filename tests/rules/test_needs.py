import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.errors import RegexError
from tramgac_rules.needs import Needs, needs
from tramgac_rules.regex import searcher


@pytest.mark.parametrize(("pattern", "least", "texts"), [
    ("abc", 3, "abc"),
    ("ab?c", 2, "a c"),
    ("abc+d", 4, "abc d"),
    (r"\\whoami\.exe", 11, r"\whoami.exe"),
    ("a|bcd", 1, "a/bcd"),
    ("(a|b)cde", 4, "acde/bcde"),
    ("(?:ab?|cd)e", 2, "a/cd e"),
    ("(ab*|.)cde", 4, "cde"),
    ("[abc]def(x)?ghij", 8, "adef/bdef/cdef ghij"),
    ("[Pp]rogram[Dd]ata", 11, "programdata"),
    ("[a-c]de", 3, "de"),
    ("[^a]de", 3, "de"),
    (r"[\dx]de", 3, "de"),
    (r"[\-.]de", 3, "-de/.de"),
    ("[-a]d", 2, "-d/ad"),
    ("[a-]d", 2, "-d/ad"),
    ("[]x]abc", 4, "]abc/xabc"),
    ("[^]]abc", 4, "abc"),
    ("[[:alpha:]]abc", 4, "abc"),
    (r"\.[ \"']{1}", 2, ". /.\"/.'"),
    ("(?i)Power", 5, "power"),
    ("(?i)passes", 6, "pa e"),
    ("(?i:s)ab", 3, "ab"),
    (r"\dabc", 4, "abc"),
    (r"\x41bc", 0, ""),
    (r"\Qa.b\E", 0, ""),
    ("ab{0,3}cd", 3, "a cd"),
    ("ab{2}cd", 5, "abbcd"),
    ("a{12}b", 13, "aaaaaaaa b"),
    ("ab" * 100, 200, f"{'ab' * 64} {'ab' * 36}"),
    (r"\s[a-f0-9]{64}\s", 66, ""),
    ("(ab){2,}c", 5, "abab c"),
    ("(?:x(y[)]z))abc", 7, "xy)zabc"),
    ("^abc$", 3, "abc"),
    (r"a\b.b", 3, "a b"),
    (".", 1, ""),
    ("", 0, ""),
    ("{a", 2, "{a"),
    ("a{,3}", 5, "a{,3}"),
    ("(a|)bc", 2, "bc/abc"),
    ("é.ab", 4, "ab"),
    ("[abcde][fghi]x", 3, "a/b/c/d/e fx/gx/hx/ix"),
])  # fmt: skip
def test_what_a_match_needs(pattern, least, texts):
    assert needs(pattern) == Needs(tuple(frozenset(found.split("/")) for found in _split(texts)), least)


def _split(texts):
    """Sets of texts are parted by blanks; a blank that is a text itself comes behind a dot."""
    return [found.replace("\0", " ") for found in texts.replace(". /", ".\0/").split()]


def test_groups_without_end_are_given_up():
    assert needs("(" * 500 + "a" + ")" * 500) == Needs()
    assert needs("(" * 20 + "a" + ")" * 20) == Needs((frozenset("a"),), 1)


ATOMS = st.sampled_from([
    "a", "B", "s", "K", ".", "[ab]", "[.K]", r"\d", r"\.", "(ab|B)", "(a|)", "(?:sk)", "(.a|b.)", "^", "$", "x{2}", "é",
    "[^a]", r"(?:[aB]\.){2}",
])  # fmt: skip
QUANTIFIERS = st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "{1,}", "+?"])


def quantified(pair):
    return pair[0] if pair[0] in "^$" else "".join(pair)


PATTERNS = st.lists(st.tuples(ATOMS, QUANTIFIERS).map(quantified), max_size=6).map("".join)


@given(
    st.sampled_from(["", "(?i)"]),
    st.lists(PATTERNS, min_size=1, max_size=3).map("|".join),
    st.text("aBbAsSkK.x1é\u017f\u212a\u0130", max_size=12),
)
def test_every_match_contains_what_is_needed(flags, pattern, text):
    try:
        found = searcher(flags + pattern)(text)
    except RegexError:
        return
    if found:
        wanted = needs(flags + pattern)
        assert found[1] - found[0] >= wanted.least
        assert all(any(one in text.lower() for one in texts) for texts in wanted.texts)
    assert (found is not None) == (re.search(flags + pattern, text) is not None)
