"""Samples beside a rule file: NAME.samples.json, what meets the rule and what misses it nearly.

    {"fires": [SAMPLE, ...], "near_misses": [MISS, ...]}

SAMPLE of a rule: an event, as JSON of our protocol (`{"processStart": {...}}`) or in any form that `tramgac match`
reads. Of a correlation: a list of steps `{"at": 0, "times": 20, "every": 5, "event": {...}, "vary": {FIELD: "u{n}"}}`,
an event that comes `times` times (1), the first at a second, the next `every` seconds later (1); `vary` writes the
number n of each into fields. Of YARA: `{"text": ...}` or `{"base64": ...}`, with `path` and `owner` if they matter.

MISS: `{"because": ..., "field": PATH, "value": ...}`, the first sample that has the field with it changed, in the step
`step`; or one of a step's `at`, `times`, `every`, `vary` changed; or `{"because": ..., "event": ...}`, whole.
"""

import base64
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from json import JSONDecoder
from pathlib import Path
from typing import Any

from tramgac_rules.authoring import files
from tramgac_rules.authoring.problems import Problem

from tramgac_collector.workshop import sequences
from tramgac_collector.workshop.sample_faults import Place, SamplesWrong, decoded, what
from tramgac_collector.workshop.sample_words import SampleSay
from tramgac_collector.workshop.sequences import Step

SUFFIX = ".samples.json"
_FIRES, _MISSES = "fires", "near_misses"
_SPACE = re.compile(r"[ \t\n\r]*")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a rule is tried on: events with their seconds (of YARA one file), and whether it is to be met.

    `number` counts from 1 among those that fire, or the near misses; `because`: why it is a near miss; `place`: where
    in the file it stands.
    """

    fires: bool
    number: int
    because: str
    events: tuple[tuple[float, dict[str, Any]], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Given:
    """The good samples of a file, and what is wrong with the others."""

    samples: Sequence[Sample]
    problems: Sequence[Problem]


def beside(path: Path) -> Path:
    """Return where the samples of a rule file lie or would lie."""
    return path.with_name(path.stem + SUFFIX)


def problem(path: Path, place: Place | None, message: str, advice: str = "", severity: str = "error") -> Problem:
    """Return a problem of the samples of a rule file."""
    return Problem(str(beside(path)), *(place or (1, 1)), severity, "sample", message, advice)


def read(path: Path) -> Given | None:
    """Return the samples of a rule file, None if there are none beside it. Raises OSError."""
    file = beside(path)
    if not file.exists():
        return None
    text = files.read(files.RuleFile(file.name, file, given=True))
    if isinstance(text, Problem):
        return Given((), [text])
    found: list[Sample] = []
    wrong: list[SamplesWrong] = []
    try:
        _read(text, found, wrong)
    except SamplesWrong as error:
        wrong.append(error)
    return Given(found, [problem(path, error.place, error.said, error.advice) for error in wrong])


def content(event: dict[str, Any]) -> bytes:
    """Return the content of a YARA sample. Raises SamplesWrong."""
    if isinstance(event.get("text"), str):
        return str(event["text"]).encode("utf-8", "surrogatepass")
    if not isinstance(event.get("base64"), str):
        raise SamplesWrong(SampleSay.NO_CONTENT.of(), SampleSay.WRITE_CONTENT.of())
    try:
        return base64.b64decode(event["base64"], validate=True)
    except ValueError as error:
        raise SamplesWrong(SampleSay.NO_BASE64.of(), SampleSay.ENCODE.of()) from error


def _read(text: str, found: list[Sample], wrong: list[SamplesWrong]) -> None:
    """Add the samples of a file, and what is wrong with them. Raises SamplesWrong for the file as a whole."""
    told = decoded(text)
    if not isinstance(told, dict):
        raise SamplesWrong(SampleSay.NO_OBJECT.of(what=what(told)), SampleSay.WRITE_OBJECT.of())
    sequences.check_keys(told, (_FIRES, _MISSES))
    for key in (_FIRES, _MISSES):
        if not isinstance(told.get(key, []), list):
            raise SamplesWrong(SampleSay.NO_LIST.of(key=key, what=what(told[key])), SampleSay.WRITE_OBJECT.of())
    if not told.get(_FIRES):
        wrong.append(SamplesWrong(SampleSay.NO_FIRES.of(), SampleSay.ADD_FIRES.of()))
    places = dict(_places(text))
    good: list[list[Step]] = []

    def add(key: str, steps_of: Callable[[Any], list[Step]]) -> None:
        for number, (given, place) in enumerate(zip(told.get(key, ()), places.get(key, ()), strict=True), 1):
            try:
                steps = steps_of(given)
                events = tuple(sequences.events_of(steps))
            except SamplesWrong as error:
                error.place = place
                wrong.append(error)
                continue
            if key == _FIRES:
                good.append(steps)
            because = str(given.get("because", "")) if key == _MISSES else ""
            found.append(Sample(key == _FIRES, number, because, events, place))

    add(_FIRES, sequences.steps_of)
    add(_MISSES, lambda miss: sequences.missed(good, miss))


def _places(text: str) -> Iterator[tuple[str, list[Place]]]:
    """Yield the keys of a good JSON object whose values are lists, each with the places of its items."""
    decode, line, counted = JSONDecoder().raw_decode, 1, 0

    def skip(at: int) -> int:
        found = _SPACE.match(text, at)
        return at if found is None else found.end()

    at = skip(skip(0) + 1)
    while text[at] != "}":
        key, at = decode(text, at)
        at = skip(skip(at) + 1)  # the colon
        if text[at] == "[":
            places = []
            at = skip(at + 1)
            while text[at] != "]":
                line += text.count("\n", counted, at)
                counted = at
                places.append((line, at - text.rfind("\n", 0, at)))
                at = skip(decode(text, at)[1])
                at = skip(at + 1) if text[at] == "," else at
            yield key, places
            at += 1
        else:
            at = decode(text, at)[1]
        at = skip(at)
        at = skip(at + 1) if text[at] == "," else at
