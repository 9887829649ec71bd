import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.errors import QueryError
from tramgac_collector.search.fields import ANYWHERE
from tramgac_collector.search.parsing import MAX_DEPTH, MAX_LENGTH, parse
from tramgac_collector.search.tree import All, Between, Contains, Equal, Like, Not, Place, Query, Some, Stage, Term
from tramgac_rules.wildcard import ONE, STAR


def user(name):
    return Term(Place("user.name"), Equal(name))


def word(text):
    return Some(tuple(Term(place, Contains(text)) for place in ANYWHERE))


A, B, C = user("a"), user("b"), user("c")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", All()),
        ("user.name:a", A),
        ("user.name:a user.name:b", All((A, B))),
        ("user.name:a AND user.name:b", All((A, B))),
        ("user.name:a or user.name:b user.name:c", Some((A, All((B, C))))),
        ("(user.name:a or user.name:b) user.name:c", All((Some((A, B)), C))),
        ("not user.name:a user.name:b", All((Not(A), B))),
        ("not (user.name:a or user.name:b)", Not(Some((A, B)))),
        ("-(user.name:a user.name:b)", Not(All((A, B)))),
        ("not not user.name:a", Not(Not(A))),
        ("-user.name:a", Not(A)),
        ("(user.name:a)", A),
        ('"or"', word("or")),
        ("orchid", word("orchid")),
        ("-o", Not(word("o"))),
        ("-", word("-")),
        ("a|b", word("a|b")),
        ("http://evil.example/x", word("http://evil.example/x")),
        ("C:\\Windows", word("C:\\Windows")),
    ],
)
def test_words_between_terms(text, node):
    assert parse(text) == Query(node)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a(b)", "a(b)"),
        ("a)b", "a)b"),
        ("(unknown)", "(unknown)"),
        ("C:\\Users\\an", "C:\\Users\\an"),
        ('"a b"', "a b"),
        (r'"a \" \* \? \\"', 'a " * ? \\'),
        (">=5", ">=5"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("[a", "[a"),
        ("or", "or"),
        ("a|b", "a|b"),
    ],
)
def test_a_value_is_what_stands_there(text, value):
    assert parse(f"user.name:{text}") == Query(user(value))
    assert parse(f"(user.name:{text if text.count('(') == text.count(')') else 'a'})").node


def test_a_parenthesis_of_ours_ends_a_value_and_one_of_its_own_does_not():
    assert parse("(user.name:a(b) or user.name:c)").node == Some((user("a(b)"), C))


def test_wildcards():
    like = Term(Place("user.name"), Like((STAR, "a", ONE, "*b")))
    assert parse(r'user.name:"*a?\*b"').node == like
    assert parse("user.name:a?").node == Term(Place("user.name"), Like(("a", ONE)))
    assert parse("e*l").node == Some(tuple(Term(place, Like((STAR, "e", STAR, "l", STAR))) for place in ANYWHERE))


def test_ranges_hold_their_ends():
    def port(low, high):
        return Query(Term(Place("destination.port"), Between(low, high)))

    assert parse("destination.port:[1 TO 5]") == port(1, 5)
    assert parse("destination.port:[ * to 5 ]") == port(None, 5)
    assert parse("destination.port:>5") == port(6, None)
    assert parse("destination.port:<=5") == port(None, 5)


def test_what_is_made_of_what_was_found():
    assert parse("user.name:a | count by process.executable") == Query(A, Stage("process.executable"))
    assert parse("| RARE Image") == Query(All(), Stage("Image", rare=True))


@pytest.mark.parametrize(
    ("text", "word", "at"),
    [
        ("(user.name:a", "search_parenthesis", 1),
        ("user.name:a or (x", "search_parenthesis", 16),
        ("user.name:a )", "search_parenthesis_extra", 13),
        ("a or", "search_missing", 5),
        ("or a", "search_missing", 1),
        ("a and or b", "search_missing", 7),
        ("not", "search_missing", 4),
        ("()", "search_missing", 2),
        ("user.name: a", "search_missing", 11),
        ('a "b', "search_quotes", 3),
        ('user.name:"b', "search_quotes", 11),
        ("a |", "search_stage", 3),
        ("a | sort by x", "search_stage", 3),
        ("a | count by strange.qqqq", "search_field", 14),
        ("a | count by process.nothing", "search_field_near", 14),
        ("a strange.qqqq:1", "search_field", 3),
        ("destination.port:[1 TO x]", "search_value", 1),
        ("user.name:[a TO b]", "search_value", 1),
    ],
)
def test_a_fault_says_where(text, word, at):
    with pytest.raises(QueryError, match=f"character {at}\\b") as error:
        parse(text)
    assert (error.value.params["refusal"], error.value.params["at"]) == (word, at)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("(" * (MAX_DEPTH + 1) + "a", "search_deep"),
        ("not " * (MAX_DEPTH + 1) + "a", "search_deep"),
        ("a " * 201, "search_terms"),
        ("a" * (MAX_LENGTH + 1), "search_long"),
    ],
)
def test_a_search_has_bounds(text, word):
    with pytest.raises(QueryError) as error:
        parse(text)
    assert error.value.params["refusal"] == word


@given(st.text(st.sampled_from('ab:()|"\\*?-<>=[]/. \nuser.name:or not TO1'), max_size=60))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(QueryError):
        parse(text)


_BEFORE = re.compile(r'\s*(-?)(?:([@A-Za-z_][\w.@-]*):)?("(?:[^"\\]|\\.)*"|\S+)')
"""How searches were read before there was more than tokens."""


@given(st.lists(st.text(st.sampled_from("ab:()|\\-<>=[]/.%_'\x00ạ"), min_size=1, max_size=9), min_size=1, max_size=4))
def test_tokens_of_a_text_field_mean_what_they_always_meant(values):
    found = parse(" ".join(f"user.name:{value}" for value in values)).node
    tokens = [_BEFORE.match(f"user.name:{value}") for value in values]
    parts = found.parts if isinstance(found, All) else (found,)
    assert list(parts) == [user(token[3]) for token in tokens]
