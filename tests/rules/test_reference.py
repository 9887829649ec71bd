"""The judge against both evaluators on made-up rules and events; `./dev lab agreement` is the long form."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.exceptions import SigmaError
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, record, rule
from tests.rules.reference import pysigma
from tests.rules.reference.pairs import DETECTION, PLACEHOLDERS, event
from tests.rules.reference.specification import evaluator
from tests.tools.examples import examples


@st.composite
def rules_and_events(draw):
    detections = draw(st.lists(DETECTION, min_size=1, max_size=5))
    return detections, draw(st.lists(event(detections), min_size=1, max_size=5))


@settings(max_examples=examples(60))
@given(rules_and_events())
def test_judge_and_evaluators_agree(made):
    detections, events = made
    texts = [rule(detection, number=number) for number, detection in enumerate(detections)]
    done = compiled(*texts, placeholders=PLACEHOLDERS)
    assert not done.errors, done.errors
    fresh, reloaded = Judge.load(done.pack), Judge.load(json.loads(json.dumps(done.pack)))
    plain = {IDS.format(number): evaluator(text, PLACEHOLDERS) for number, text in enumerate(texts)}
    tree = {}
    for number, text in enumerate(texts):
        try:
            tree[IDS.format(number)] = pysigma.reference(text, PLACEHOLDERS)
        except SigmaError:
            continue
    for one in (record(fields) for fields in events):
        wanted = {id_ for id_, meets in plain.items() if meets(one.fields)}
        assert {found.id for found in fresh.match(one)} == wanted
        assert {found.id for found in reloaded.match(one)} == wanted
        assert {id_ for id_, meets in tree.items() if meets(one.fields)} == wanted & tree.keys()
