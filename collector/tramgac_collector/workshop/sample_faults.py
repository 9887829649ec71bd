"""What is wrong with samples, told by its cause: their JSON, their events."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.texts import Text
from tramgac_rules.authoring.words import Say

from tramgac_collector.workshop.sample_words import SampleSay
from tramgac_collector.workshop.words import TrySay

Place = tuple[int, int]
"""Line and column, from 1."""
_MOST = 200
"""Characters of what a library says that are told."""
_JSON: Mapping[str, tuple[SampleSay, SampleSay]] = {
    "Expecting value": (SampleSay.JSON_VALUE, SampleSay.WRITE_JSON_VALUE),
    "Expecting ',' delimiter": (SampleSay.JSON_COMMA, SampleSay.WRITE_MISSING),
    "Expecting ':' delimiter": (SampleSay.JSON_COLON, SampleSay.WRITE_MISSING),
    "Expecting property name enclosed in double quotes": (SampleSay.JSON_KEY, SampleSay.WRITE_KEY),
    "Extra data": (SampleSay.JSON_REST, SampleSay.TAKE_OUT),
    "Unterminated string starting at": (SampleSay.JSON_OPEN, SampleSay.CLOSE_TEXT),
    "Invalid control character at": (SampleSay.JSON_CONTROL, SampleSay.WRITE_CONTROL),
    "Invalid \\escape": (SampleSay.JSON_ESCAPE, SampleSay.WRITE_ESCAPE),
    "Invalid \\uXXXX escape": (SampleSay.JSON_ESCAPE, SampleSay.WRITE_ESCAPE),
}
_BELOW = re.compile(r"Failed to parse (\w+) field: (.*)\.", re.DOTALL)
_NO_FIELD = re.compile(
    r'Message type .* has no field named "(.*)" at "(.*)"\.\n Available Fields.*"\[(.*)\]"', re.DOTALL
)
_SHAPES: Sequence[tuple[str, SampleSay]] = (
    (r"expected string or bytes-like object.*|Unpaired surrogate.*", SampleSay.TEXT),
    (r"invalid literal for int.*|int\(\) argument.*|Couldn't parse integer.*|Value out of range.*", SampleSay.WHOLE),
    (r".*object is not iterable.*|.*indices must be.*|.*has no attribute.*", SampleSay.OBJECT),
)


class SamplesWrong(ValueError):
    """A sample, or a file of them, is not as it should be; in both languages. `place`: where, if it is known here."""

    def __init__(self, said: Text, advice: str = "", place: Place | None = None) -> None:
        """Say what is wrong, and how to mend it."""
        super().__init__(said)
        self.said = said
        self.advice = advice or TrySay.ASK_FORM.of()
        self.place = place


def decoded(text: str) -> object:
    """Return what a JSON text says. Raises SamplesWrong."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = error.lineno, error.colno
        fault, advice = _JSON.get(error.msg, (SampleSay.JSON, TrySay.ASK_FORM))
        raise SamplesWrong(fault.of(why=error.msg[:_MOST]), advice.of(), place) from error
    except RecursionError as error:
        raise SamplesWrong(SampleSay.NESTED.of()) from error
    except ValueError as error:  # a number of thousands of digits
        raise SamplesWrong(SampleSay.JSON.of(why=str(error)[:_MOST])) from error


def of_event(why: str) -> SamplesWrong:
    """Return what is wrong with an event of our protocol, by what protobuf's reader says of it."""
    way: list[str] = []
    while below := _BELOW.fullmatch(why.strip()):
        way.append(below[1])
        why = below[2]
    if strange := _NO_FIELD.fullmatch(why.strip().removesuffix(".")):
        name, where, listed = strange.groups()
        known = [field.strip("' ") for field in listed.split(",")]
        advice = did_you_mean(name, known) or Say.ONE_OF.of(known=", ".join(known))
        return SamplesWrong(SampleSay.NO_EVENT_FIELD.of(where=where, name=name), advice)
    if 'multiple "kind" oneof' in why:
        return SamplesWrong(SampleSay.KINDS.of(), SampleSay.ONE_KIND.of())
    shape = next((shape for looks, shape in _SHAPES if re.fullmatch(looks, why, re.DOTALL)), None)
    if shape is None or not way:
        return SamplesWrong(SampleSay.ODD_EVENT.of(why=why[:_MOST]))
    return SamplesWrong(SampleSay.OF_EVENT.of(field=".".join(way), shape=shape.of()))


def what(value: Any) -> Text:
    """Return what a value of JSON is, for people."""
    match value:
        case None:
            return SampleSay.NULL.of()
        case bool():
            return SampleSay.TRUTH.of()
        case int() | float():
            return SampleSay.NUMBER.of(number=f"{value:g}" if isinstance(value, float) else str(value)[:20])
        case str():
            return SampleSay.TEXT.of()
        case list():
            return SampleSay.LIST.of()
        case _:
            return SampleSay.OBJECT.of()
