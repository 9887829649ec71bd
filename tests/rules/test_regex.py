import re

import pytest
from tramgac_rules.errors import RegexError
from tramgac_rules.regex import searcher


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


@pytest.mark.parametrize("pattern", [
    "a\\sb", "a[\\s-]b", "a[^\\s]b", "a\\Sb", "a\\\\sb", "a[]\\s]b", "[[:alpha:]]\\sb", "a(?:\\s|x){1,2}b", "a[\\\\s]b",
])  # fmt: skip
def test_a_space_may_be_a_vertical_tab_as_in_pcre(pattern):
    search = searcher(pattern)
    python = re.compile(pattern.replace("[[:alpha:]]", "[a-zA-Z]"), re.ASCII)
    for text in ("a\x0bb", "a b", "axb", "a-b", "asb", "a\\sb", "a]b", "a\u2003b", "a\tb", "a\x0b\x0bb"):
        assert (search(text) is not None) is (python.search(text) is not None), text


def test_a_quoted_run_is_left_alone():
    assert searcher("\\Qa\\sb\\E")("a\\sb")
    assert not searcher("\\Qa\\sb\\E")("a b")
