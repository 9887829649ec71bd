from datetime import date

import pytest
from tramgac_rules.authoring.values import MODIFIERS, ValueProblem, entry_node, type_of
from tramgac_rules.errors import RegexError
from tramgac_rules.tree import And, Atom, Not, Or


@pytest.mark.parametrize(("key", "value", "node"), [
    ("A", "x", Atom("A", "eq", "x")),
    ("A B", "x", Atom("AB", "eq", "x")),
    ("A|contains", "x", Atom("A", "contains", "x")),
    ("A|contains", "x*", Atom("A", "contains", "x")),
    ("A|endswith", "\\", Atom("A", "endswith", "\\")),
    ("A", "a**b", Atom("A", "wild", ("a", None, "b"))),
    ("A", "***", Atom("A", "any", None)),
    ("A", 1.5, Atom("A", "eq", "1.5")),
    ("A", False, Atom("A", "eq", "false")),
    ("A", [], Atom("A", "null", None)),
    ("A|contains|all", ["x", "y"], And((Atom("A", "contains", "x"), Atom("A", "contains", "y")))),
    ("A|neq", ["x", "y"], Not(Or((Atom("A", "eq", "x"), Atom("A", "eq", "y"))))),
    ("A|re|i|s", "x.y", Atom("A", "re", "(?is)x.y")),
    ("A|re|startswith", "a|b", Atom("A", "re", "^(?:(?:a|b).*)")),
    ("A|cidr", "10.1.2.3/8", Atom("A", "cidr", "10.0.0.0/8")),
    ("A|fieldref|contains", "B C", Atom("A", "fieldref", ("BC", "contains"))),
    ("A|hour", 3, Atom("A", "hour", 3)),
    ("A|hour|gte", 22, Atom("A", "hour_gte", 22)),
    ("A|gte", 22, Atom("A", "gte", 22)),
    ("A|contains", 4624, Atom("A", "contains", "4624")),
    ("A|startswith", True, Atom("A", "startswith", "true")),
    ("A|utf16le|base64", "a", Atom("A", "eq", "YQA=")),
    (None, "word", Atom(None, "contains", "word")),
    (None, "a*b", Atom(None, "wild", (None, "a", None, "b", None))),
    ("|all", ["a", 1], And((Atom(None, "contains", "a"), Atom(None, "contains", "1")))),
])  # fmt: skip
def test_entries(key, value, node):
    assert entry_node(key, value) == node


def test_dashes_are_multiplied_under_all():
    node = entry_node("A|windash|contains|all", ["-a", "-b"])
    assert isinstance(node, And)
    assert [len(part.parts) for part in node.parts] == [5, 5]


@pytest.mark.parametrize(("key", "value", "kind"), [
    ("A|expand", "%users%", "expand"),
    ("A|re|expand", "%users%", "expand"),
    ("A|expand", 1, "value"),
    ("A|windash", None, "value"),
    ("A|base64|expand", "%users%", "modifier"),
    ("A|wide|windash", "-x", "modifier"),
    ("A|windash|expand", "%users%", "modifier"),
    ("A|windash|re", "-x", "modifier"),
    ("A|windash", " -a" * 6, "windash"),
    (None, None, "keyword"),
])  # fmt: skip
def test_what_has_no_meaning_here_is_told(key, value, kind):
    with pytest.raises(ValueProblem) as error:
        entry_node(key, value)
    assert error.value.kind == kind


@pytest.mark.parametrize(("key", "value", "said", "advice"), [
    ("A|lt", "5", "lt is for numbers, not for the text '5'", "Write a number, without quotes."),
    ("A|gt", [5, True], "gt is for numbers, not for the value true", "Write a number, without quotes."),
    ("A|hour", "4", "hour is for numbers, not for the text '4'", "Write a number, without quotes."),
    ("A|exists", "maybe", "exists is for true or false, not for the text 'maybe'", "Write true or false."),
    ("A|re", None, "re is for texts, not for the value null", "Write a text."),
    ("A|contains", [], "contains with no value would ask that the field be absent",
     "Give it values, or write `A: null` for that."),
    ("A|contains", None, "contains is for texts, not for the value null", "Write a text."),
    ("A|base64", 5, "base64 is for texts, not for the number 5", "Write a text."),
    ("A|contains|exists", True, "the modifiers contains, exists do not go together, or not in this order", None),
    ("A|gt|contains", 4, "the modifiers gt, contains do not go together, or not in this order", None),
    ("A|gt|hour", 4, "the modifiers gt, hour do not go together, or not in this order", None),
    ("A|re|cased", "a", "the modifiers re, cased do not go together, or not in this order", None),
])  # fmt: skip
def test_what_a_modifier_does_not_take_is_told_in_the_authors_words(key, value, said, advice):
    with pytest.raises(ValueProblem) as error:
        entry_node(key, value)
    assert str(error.value) == said
    assert error.value.advice == (advice or "See the Sigma specification for modifiers.")
    assert error.value.what.vi != said


def test_placeholders_are_alternatives_of_their_value_alone():
    known = {"users": ["adm*", "root"], "one": ["x"]}
    either = Or((Atom("A", "wild", ("do\\adm", None, "z")), Atom("A", "eq", "do\\rootz")))
    assert entry_node("A|expand", "do\\\\%users%z", known) == either
    node = entry_node("A|contains|all|expand", ["%users%", "%one%", "plain"], known)
    assert node == And((
        Or((Atom("A", "contains", "adm"), Atom("A", "contains", "root"))),
        Or((Atom("A", "contains", "x"),)),
        Or((Atom("A", "contains", "plain"),)),
    ))  # fmt: skip
    assert entry_node("A|re|expand", "^%users%$", known) == Or((Atom("A", "re", "^adm.*$"), Atom("A", "re", "^root$")))
    assert entry_node("A|expand|neq", "%one%", known) == Not(Or((Atom("A", "eq", "x"),)))


def test_what_pysigma_refuses_is_a_value_error():
    for key, value in (("A|cidr", "nonsense"), ("A|re|contains|cidr", "x"), ("A|base64", "a*")):
        with pytest.raises(ValueError):  # noqa: PT011 - pySigma's own words
            entry_node(key, value)


def test_what_re2_refuses_is_told_without_a_word_on_stderr(capfd):
    with pytest.raises(RegexError):
        entry_node("A|re", ["x", "(?=x)"])
    assert capfd.readouterr().err == ""


def test_modifiers_are_those_of_the_specification():
    assert {"contains", "re", "windash", "cidr", "fieldref", "exists", "cased"} <= MODIFIERS


def test_what_a_value_is_in_words():
    given = (None, True, 5, "x", {}, [], date(2026, 1, 2))
    assert [str(type_of(each)) for each in given] == [
        "the value null", "the value true", "the number 5", "the text 'x'", "a mapping", "a list",
        "the date 2026-01-02",
    ]  # fmt: skip
    assert type_of({}).vi == "một ánh xạ"
