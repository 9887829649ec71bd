import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.errors import RegexError
from tramgac_rules.regex import required, searcher


def test_spans_are_in_characters():
    assert searcher("é.")("aéé ") == (1, 3)
    assert searcher("x")("abc") is None


@pytest.mark.parametrize("pattern", ["(a", r"(?=x)", r"(a)\1", "a**"])
def test_what_re2_does_not_take_is_an_error(pattern, capfd):
    with pytest.raises(RegexError):
        searcher(pattern)
    assert capfd.readouterr().err == ""


def test_a_pattern_that_runs_away_elsewhere_ends():
    assert searcher("(a+)+$")("a" * 30_000 + "b") is None


def test_a_length_is_a_length_of_a_line():
    assert searcher(".{5,}")("abc\nabcdefg\n") == (4, 11)
    assert searcher(".{5,}")("abcd\nabc") is None


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("abc", "abc"),
        ("ab?c", "a"),
        ("abc+d", "abc"),
        (r"\\whoami\.exe", "\\whoami.exe"),
        ("a|bcd", ""),
        ("(a|b)cde", "cde"),
        ("[abc]def(x)?ghij", "ghij"),
        ("(?i)Power", "power"),
        ("(?i)passes", "pa"),
        (r"\dabc", "abc"),
        (r"\x41bc", ""),
        (r"\Qa.b\E", ""),
        ("ab{0,3}cd", "cd"),
        ("ab{2}cd", "ab"),
        ("[]x]abc", "abc"),
        ("[^]]abc", "abc"),
        ("[[:alpha:]]abc", "abc"),
        ("(?:x(y[)]z))abc", "abc"),
        ("^abc$", "abc"),
        (".", ""),
        ("{a", "{a"),
    ],
)
def test_required(pattern, text):
    assert required(pattern) == text


ATOMS = st.sampled_from(["a", "B", "s", "K", ".", "[ab]", r"\d", r"\.", "(ab|B)", "(?:sk)", "^", "$", "x{2}", "é"])
QUANTIFIERS = st.sampled_from(["", "", "", "?", "*", "+", "{0,2}", "{2}", "+?"])


def quantified(pair):
    return pair[0] if pair[0] in "^$" else "".join(pair)


PATTERNS = st.lists(st.tuples(ATOMS, QUANTIFIERS).map(quantified), max_size=6).map("".join)


@given(st.sampled_from(["", "(?i)"]), PATTERNS, st.text("aBbAsSkK.x1é\u017f\u212a", max_size=12))
def test_every_match_contains_what_is_required(flags, pattern, text):
    try:
        found = searcher(flags + pattern)(text)
    except RegexError:
        return
    if found:
        assert required(flags + pattern) in text.lower()
    assert (found is not None) == (re.search(flags + pattern, text) is not None)
