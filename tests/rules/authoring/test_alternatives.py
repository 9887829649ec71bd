import pytest
from tramgac_rules.authoring.alternatives import AlternativesError, dashed, expanded, hides_placeholder

KNOWN = {"many": ["a*", "\\*b", "c\\"], "one": ["x"], "dots": ["a.b?"]}


@pytest.mark.parametrize(("text", "values"), [
    ("plain", ["plain"]),
    ("%one%", ["x"]),
    ("<%one%-%one%>", ["<x-x>"]),
    ("%many%", ["a*", "\\*b", "c\\\\"]),
    ("50% of 100%", None),
    ("100%", ["100%"]),
    ("%%", ["%%"]),
    ("\\%one%", ["%one%"]),
    ("\\\\%one%", ["\\\\x"]),
    ("\\\\\\%one%", ["\\\\%one%"]),
    ("\\%plain%one%", ["%plainx"]),
])  # fmt: skip
def test_values_are_put_in(text, values):
    if values is None:
        with pytest.raises(AlternativesError, match="placeholder % of 100% has no values"):
            expanded(text, KNOWN)
    else:
        assert expanded(text, KNOWN) == values


def test_in_an_expression_a_value_is_plain_text_but_for_its_wildcards():
    assert expanded("^%dots%$", KNOWN, regex=True) == ["^a\\.b.$"]
    assert expanded("%many%", KNOWN, regex=True) == ["a.*", "\\*b", "c\\\\"]


def test_an_unknown_placeholder_is_told_with_the_nearest_or_where_to_give_values():
    with pytest.raises(AlternativesError) as error:
        expanded("%ones%", KNOWN)
    assert error.value.advice == "Did you mean 'one'?"
    with pytest.raises(AlternativesError) as error:
        expanded("%Administrators%", KNOWN)
    assert "`placeholders: {Administrators: [...]}`" in error.value.advice


def test_every_dash_that_begins_a_word_is_written_in_all_ways():
    assert dashed("a-b") == ["a-b"]
    assert dashed("x -a*") == [f"x {dash}a*" for dash in "-/\u2013\u2014\u2015"]
    assert dashed("\u2013a") == [f"{dash}a" for dash in "-/\u2013\u2014\u2015"]
    assert len(dashed(" -a -b -c -d")) == 5**4
    assert dashed("a\\*?") == ["a\\*?"]


def test_more_alternatives_than_a_rule_may_have_are_refused():
    with pytest.raises(AlternativesError, match="stands for 15625 values"):
        dashed(" -a" * 6)
    with pytest.raises(AlternativesError, match="10201 values"):
        expanded("%n%%n%", {"n": [str(number) for number in range(101)]})


def test_a_backslash_that_makes_a_placeholder_plain_text_is_seen():
    assert hides_placeholder("C:\\Users\\%one%")
    assert not hides_placeholder("C:\\Users\\\\%one%")
    assert not hides_placeholder("100\\%")
