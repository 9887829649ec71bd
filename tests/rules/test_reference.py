"""The judge against both evaluators on made-up rules and events; `./dev lab agreement` is the long form."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.making import rule
from tests.rules.reference.agreeing import Drawn, compared, rules_and_events
from tests.rules.reference.logsources import Place
from tests.rules.reference.specification import evaluator
from tests.rules.reference.values import MANY, ONE, dashed, glob, parse, shifted
from tests.tools.examples import examples


@settings(max_examples=examples(60))
@given(rules_and_events())
def test_judge_and_evaluators_agree(made):
    total = Drawn()
    compared(*made, total)
    assert not total.said, total.said[0]


@given(st.lists(st.sampled_from(["a", "b", MANY, ONE]), max_size=7), st.text("ab", max_size=8))
def test_the_evaluators_wildcards_are_those_of_an_expression(pattern, text):
    expression = "".join({MANY: ".*", ONE: "."}.get(part, part) for part in pattern)
    assert glob(pattern, cased=True)(text) is (re.fullmatch(expression, text, re.DOTALL) is not None)


@pytest.mark.parametrize(("text", "pattern"), [
    ("a\\b", ["a", "\\", "b"]),
    ("\\\\", ["\\"]),
    ("\\*\\?", ["*", "?"]),
    ("\\\\*", ["\\", MANY]),
    ("\\\\\\*", ["\\", "*"]),
    ("\\\\\\\\", ["\\", "\\"]),
    ("\\\\\\", ["\\", "\\"]),
    ("a?*\\", ["a", ONE, MANY, "\\"]),
])  # fmt: skip
def test_the_evaluator_escapes_as_the_specification_lists_it(text, pattern):
    assert parse(text) == pattern


def test_the_evaluator_knows_the_examples_of_the_specification():
    dashes = ["".join(made) for made in dashed(list(" -a-b"))]
    assert dashes == [f" {dash}a-b" for dash in "-/\u2013\u2014\u2015"]
    assert ["".join(made) for made in shifted(b"foobar")] == ["Zm9vYmFy", "Zvb2Jhc", "mb29iYX"]
    one_of = evaluator(rule({"a": {"A": "x"}, "_b": {"A": "y"}, "condition": "1 of them"}))
    assert one_of({"A": "X"})
    assert not one_of({"A": "y"})
    assert not evaluator(rule({"A": None}))({"A": ""})
    assert evaluator(rule({"A": None}))({})


def test_the_evaluator_knows_that_lower_case_may_be_longer():
    check = glob([MANY, "\u0130"], cased=False)
    assert check("x\u0130")
    assert check("i\u0307")
    assert not check("i")


def test_a_place_reads_fields_under_their_own_names():
    place = Place(frozenset({"security"}), {"EventID": ("4688",)}, {"Image": "NewProcessName"})
    assert place.takes("Security", "4688", {})
    assert not place.takes("Security", "1", {"EventID": "4688"})
    assert place.view({"Image": "a", "B": "b"}) == {"B": "b"}
    assert place.view({"NewProcessName": "a"})["Image"] == "a"
