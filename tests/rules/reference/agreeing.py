"""Made-up rules and events, judged three ways and compared; what the suite does with few and the lane with many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from sigma.exceptions import SigmaError
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, record, rule
from tests.rules.reference import pysigma, specification
from tests.rules.reference.pairs import DETECTION, PLACEHOLDERS, event
from tests.rules.reference.values import Fields, Test

Detections = Sequence[Mapping[str, Any]]


@dataclass
class Drawn:
    """Pairs of a rule and an event that were compared: all, those met, those that pySigma takes, those that differ."""

    pairs: int = 0
    met: int = 0
    seen: int = 0
    plain: int = 0
    tree: int = 0
    said: list[str] = field(default_factory=list)


@st.composite
def rules_and_events(draw: st.DrawFn) -> tuple[Detections, Sequence[Fields]]:
    """A few rules, and events that meet some of them."""
    detections = draw(st.lists(DETECTION, min_size=1, max_size=5))
    return detections, draw(st.lists(event(detections), min_size=1, max_size=5))


def compared(detections: Detections, events: Sequence[Fields], total: Drawn) -> None:
    """Judge every rule with every event, count what differs."""
    texts = [rule(detection, number=number) for number, detection in enumerate(detections)]
    done = compiled(*texts, placeholders=PLACEHOLDERS)
    assert not done.errors, done.errors
    judge = Judge.load(done.pack)
    plain = {IDS.format(number): specification.evaluator(text, PLACEHOLDERS) for number, text in enumerate(texts)}
    tree = {IDS.format(number): test for number, text in enumerate(texts) if (test := _tree(text))}
    for fields in events:
        one = record(fields)
        found = {rule.id for rule in judge.match(one)}
        differs = found ^ {id_ for id_, test in plain.items() if test(one.fields)}
        differs_from_tree = (found & tree.keys()) ^ {id_ for id_, test in tree.items() if test(one.fields)}
        total.pairs += len(plain)
        total.met += len(found)
        total.seen += len(tree)
        total.plain += len(differs)
        total.tree += len(differs_from_tree)
        for id_ in sorted(differs | differs_from_tree):
            total.said.append(f"{texts[int(id_[-12:], 16)]}{dict(fields)!r}: the judge says {id_ in found}")


def _tree(text: str) -> Test | None:
    """pySigma's test of a rule, None where it refuses what the specification allows, or reads it another way.

    It has a backslash before a placeholder stand for itself; by the specification it makes plain text of it.
    """
    if "expand" in text and "\\%" in text:
        return None
    try:
        return pysigma.reference(text, PLACEHOLDERS)
    except SigmaError:
        return None
