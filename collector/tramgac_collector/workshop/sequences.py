"""Samples as steps: an event each, that may come several times; what a near miss changes of them."""

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.words import Say

from tramgac_collector.workshop.sample_faults import SamplesWrong, what
from tramgac_collector.workshop.sample_words import SampleSay

Step = dict[str, Any]
MOST_EVENTS = 100_000
"""Events of one sequence."""
_MOST_SECONDS = 10 * 366 * 86_400
_CHANGES = ("times", "at", "every", "vary")
_OF_STEP = (*_CHANGES, "event")
_OF_MISS = (*_OF_STEP, "because", "step", "field", "value", "text", "base64", "path", "owner")


def check_keys(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse a key that nothing reads: what stands there would count for nothing. Raises SamplesWrong."""
    for key in given:
        if key not in known:
            advice = did_you_mean(key, known) or Say.ONE_OF.of(known=", ".join(known))
            raise SamplesWrong(SampleSay.UNREAD_KEY.of(key=key), advice)


def steps_of(given: Any) -> list[Step]:
    """Return a sample as steps: an event is one step. Raises SamplesWrong."""
    if isinstance(given, dict):
        return [{"at": 0, "event": given}]
    if not isinstance(given, list):
        raise SamplesWrong(SampleSay.ODD_SAMPLE.of(what=what(given)), SampleSay.WRITE_SAMPLE.of())
    if not given:
        raise SamplesWrong(SampleSay.NO_STEPS.of(), SampleSay.WRITE_SAMPLE.of())
    for number, step in enumerate(given):
        if not isinstance(step, dict) or not isinstance(step.get("event"), dict):
            raise SamplesWrong(SampleSay.ODD_STEP.of(step=number), SampleSay.WRITE_SAMPLE.of())
        check_keys(step, _OF_STEP)
    return given


def missed(fires: Sequence[list[Step]], miss: Any) -> list[Step]:
    """Return the steps of a near miss of samples that fire. Raises SamplesWrong."""
    if not isinstance(miss, dict):
        raise SamplesWrong(SampleSay.ODD_MISS.of(what=what(miss)), SampleSay.WRITE_CHANGE.of())
    check_keys(miss, _OF_MISS)
    if "event" in miss:
        return steps_of(miss["event"])
    if "text" in miss or "base64" in miss:
        return [{"at": 0, "event": miss}]
    changed = [name for name in _CHANGES if name in miss]
    whole = "value" in miss and isinstance(miss.get("field"), str)
    if not changed and not whole:
        raise SamplesWrong(SampleSay.NO_CHANGE.of(), SampleSay.WRITE_CHANGE.of())
    where = miss.get("step", 0)
    able = [steps for steps in fires if isinstance(where, int) and 0 <= where < len(steps)]
    if not able:
        raise SamplesWrong(SampleSay.NO_STEP.of(step=where), SampleSay.COUNT_STEPS.of())
    if not whole:
        made = copy.deepcopy(able[0])
        made[where][changed[0]] = miss[changed[0]]
        return made
    return _with_field(able, where, miss["field"], miss["value"])


def _with_field(able: Sequence[list[Step]], where: int, field: str, value: Any) -> list[Step]:
    """Return the first of samples whose step has what a field begins with, with the field changed."""
    begins = field.partition(".")[0]
    for steps in able:
        if begins in steps[where]["event"]:
            made = copy.deepcopy(steps)
            _put(made[where]["event"], field, value)
            return made
    known = sorted({name for steps in able for name in steps[where]["event"]})
    advice = did_you_mean(begins, known) or Say.THERE_ARE.of(known=", ".join(known))
    raise SamplesWrong(SampleSay.NO_FIELD.of(field=field), advice)


def events_of(steps: Sequence[Step]) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield the events of steps with their seconds. Raises SamplesWrong."""
    if sum(_number(step, "times", 1) for step in steps) > MOST_EVENTS:
        raise SamplesWrong(SampleSay.MANY_EVENTS.of(most=MOST_EVENTS), SampleSay.FEWER.of())
    for step in steps:
        times, at, every = _number(step, "times", 1), _number(step, "at", 0), _number(step, "every", 1)
        vary = step.get("vary") or {}
        if not isinstance(vary, dict):
            raise SamplesWrong(SampleSay.ODD_VARY.of(what=what(vary)), SampleSay.WRITE_VARY.of())
        for number in range(int(times)):
            event = copy.deepcopy(step["event"])
            for field, text in vary.items():
                _put(event, field, _numbered(text, number))
            yield at + number * every, event


def _number(step: Step, key: str, default: int) -> float:
    """Return a number of a step; how often it comes is a whole one."""
    given = step.get(key, default)
    kinds, least, most = (int, 0, MOST_EVENTS) if key == "times" else ((int, float), -_MOST_SECONDS, _MOST_SECONDS)
    if isinstance(given, kinds) and not isinstance(given, bool) and least <= given <= most:
        return float(given)
    raise SamplesWrong(SampleSay.ODD_NUMBER.of(key=key, least=least, most=most, what=what(given)))


def _numbered(text: Any, number: int) -> str:
    try:
        return str(text.format(n=number))
    except (AttributeError, KeyError, IndexError, ValueError) as error:
        shown = repr(text)[:40] if isinstance(text, str) else what(text)
        raise SamplesWrong(SampleSay.ODD_VARY.of(what=shown), SampleSay.WRITE_VARY.of()) from error


def _put(event: dict[str, Any], field: str, value: object) -> None:
    *folders, leaf = field.split(".")
    for folder in folders:
        event = event.setdefault(folder, {})
        if not isinstance(event, dict):
            raise SamplesWrong(SampleSay.NO_WAY.of(field=field), SampleSay.SEE_EVENT.of())
    event[leaf] = value
