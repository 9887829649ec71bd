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
import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.texts import Text

from tramgac_collector.workshop.words import TrySay

SUFFIX = ".samples.json"
MOST_EVENTS = 100_000
"""Events of one sequence."""
_OF_STEPS = ("times", "at", "every", "vary")


class SamplesWrong(ValueError):
    """A file of samples is not as it should be; `said` tells why, in both languages."""

    def __init__(self, said: Text) -> None:
        """Say why."""
        super().__init__(said)
        self.said = said


@dataclass(frozen=True, slots=True)
class Sample:
    """What a rule is tried on: events with their seconds (of YARA one file), and whether it is to be met.

    `number` counts from 1 among those that fire, or the near misses; `because`: why it is a near miss.
    """

    fires: bool
    number: int
    because: str
    events: tuple[tuple[float, dict[str, Any]], ...]


def beside(path: Path) -> Path:
    """Return where the samples of a rule file lie or would lie."""
    return path.with_name(path.stem + SUFFIX)


def read(path: Path) -> list[Sample]:
    """Return the samples of a rule file; none if it has none. Raises SamplesWrong, OSError."""
    file = beside(path)
    if not file.exists():
        return []
    try:
        told = json.loads(file.read_text("utf-8"))
        return list(_samples(told))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SamplesWrong(TrySay.WRONG.of(why=f"{type(error).__name__}: {error}")) from error


def content(event: dict[str, Any]) -> bytes:
    """Return the content of a YARA sample. Raises KeyError, ValueError."""
    if "text" in event:
        return str(event["text"]).encode("utf-8", "surrogatepass")
    return base64.b64decode(event["base64"], validate=True)


def _samples(told: dict[str, Any]) -> Iterator[Sample]:
    fires = [_steps(given) for given in told["fires"]]
    for number, steps in enumerate(fires, 1):
        yield Sample(fires=True, number=number, because="", events=tuple(_events(steps)))
    for number, miss in enumerate(told.get("near_misses", ()), 1):
        because = str(miss.get("because", ""))
        yield Sample(fires=False, number=number, because=because, events=tuple(_events(_missed(fires, miss))))


def _steps(given: Any) -> list[dict[str, Any]]:
    """Return a sample as steps: an event is one step."""
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        raise TypeError("an object or a list of steps is expected")
    return [{"at": 0, "event": given}]


def _missed(fires: list[list[dict[str, Any]]], miss: dict[str, Any]) -> list[dict[str, Any]]:
    if "event" in miss:
        return _steps(miss["event"])
    if "field" in miss:
        where = miss.get("step", 0)
        steps = next((steps for steps in fires if _has(steps[where]["event"], miss["field"])), None)
        if steps is None:
            raise ValueError(f"no sample that fires has {miss['field']}")
        changed = copy.deepcopy(steps)
        _put(changed[where]["event"], miss["field"], miss["value"])
        return changed
    if "text" in miss or "base64" in miss:
        return _steps(miss)
    changed = copy.deepcopy(fires[0])
    what = next((name for name in _OF_STEPS if name in miss), None)
    if what is None:
        raise ValueError(f"a near miss changes nothing: {json.dumps(miss)[:200]}")
    changed[miss["step"]][what] = miss[what]
    return changed


def _has(event: dict[str, Any], field: str) -> bool:
    return field.partition(".")[0] in event


def _put(event: dict[str, Any], field: str, value: object) -> None:
    *folders, leaf = field.split(".")
    for folder in folders:
        event = event.setdefault(folder, {})
    event[leaf] = value


def _events(steps: list[dict[str, Any]]) -> Iterator[tuple[float, dict[str, Any]]]:
    total = 0
    for step in steps:
        total += step.get("times", 1)
        if total > MOST_EVENTS:
            raise ValueError(f"more than {MOST_EVENTS} events")
        for number in range(step.get("times", 1)):
            event = copy.deepcopy(step["event"])
            for field, text in (step.get("vary") or {}).items():
                _put(event, field, text.format(n=number))
            yield step.get("at", 0) + number * step.get("every", 1), event
