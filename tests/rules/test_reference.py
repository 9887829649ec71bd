"""The judge against both evaluators on made-up rules and events; `./dev lab agreement` is the long form."""

import re
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.matching import evtx

from tests.rules.making import judge_of, rule
from tests.rules.reference import pysigma, specification
from tests.rules.reference.agreeing import Drawn, compared, rules_and_events
from tests.rules.reference.logsources import Map, Place
from tests.rules.reference.specification import evaluator
from tests.rules.reference.values import MANY, ONE, dashed, glob, parse, shifted
from tests.rules.reference.whole import Whole, texts_by_id
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


@pytest.mark.data
def test_recordings_meet_the_same_rules(data_folder):
    folders = [data_folder / "sigma/rules/windows/process_creation", data_folder / "sigma/rules/windows/builtin"]
    texts = dict(islice(texts_by_id(folders).items(), 0, None, 12))
    sources = Map(data_folder / "sigma/tests/thor.yml")
    plain, tree = (Whole(texts, sources, evaluator) for evaluator in (specification.evaluator, pysigma.reference))
    judge = judge_of(*texts.values(), further=False)
    seen = met = 0
    for path in sorted((data_folder / "sigma/regression_data").rglob("*.evtx")):
        for entry in evtx.entries(path):
            found = {rule.id for rule in judge.match(entry.record)}
            assert found == plain.met(entry.record) == tree.met(entry.record), path
            seen, met = seen + 1, met + len(found)
    assert seen > 200
    assert met > 5
