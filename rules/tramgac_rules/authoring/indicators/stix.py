"""Indicators from a STIX 2.1 bundle (2.0 too): indicator objects whose pattern names values (pattern.py).

`valid_until` is when they expire, the object's name its note, who made it the source.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tramgac_proto.names import parse_time

from tramgac_rules.authoring.indicators.jsonfile import Part, Places, parts
from tramgac_rules.authoring.indicators.listed import Listed, Unusable
from tramgac_rules.authoring.indicators.pattern import named
from tramgac_rules.authoring.indicators.words import Tell
from tramgac_rules.authoring.problems import Problem

_HARMLESS: Final = frozenset({"benign", "anonymization"})
"""Types of indicators that are nothing to alert on."""


def read(path: str, text: str, source: str) -> Iterator[Listed | Problem]:
    """Yield the indicators of a bundle, and what is wrong with the others.

    Raises JSONDecodeError, RecursionError: what came before was read.
    """
    places = Places(text)
    makers = {
        str(part.value.get("id")): str(part.value.get("name") or "")
        for part in parts(text)
        if isinstance(part.value, dict) and part.value.get("type") == "identity"
    }
    for part in parts(text):
        if isinstance(part.value, dict) and part.value.get("type") == "indicator":
            yield from _indicator(path, part, part.value, makers, places, source)


def _indicator(
    path: str, part: Part, told: Mapping[str, Any], makers: Mapping[str, str], places: Places, source: str
) -> Iterator[Listed | Problem]:
    number = str(told.get("id") or "")
    line, column = places.of_value(part, "id", number)

    def problem(error: Unusable) -> Problem:
        said = Tell.OF.of(name=number[:80] or Tell.AN_INDICATOR.of(), what=error.what)
        return Problem(path, line, column, error.severity, error.kind, said, error.advice)

    try:
        values, left_out = _values(told)
        expires = _expires(told)
    except Unusable as error:
        yield problem(error)
        return
    if left_out is not None:
        yield problem(left_out)
    maker = makers.get(str(told.get("created_by_ref")), "") or source
    note = str(told.get("name") or told.get("description") or "")
    for kind, value in values:
        yield Listed(kind, value, line, column, "", maker, note, expires, number)


def _values(told: Mapping[str, Any]) -> tuple[list[tuple[str, str]], Unusable | None]:
    if told.get("revoked") is True:
        raise Unusable("revoked", Tell.REVOKED.of(), "", "info")
    types = told.get("indicator_types")
    if isinstance(types, list) and types and all(str(word) in _HARMLESS for word in types):
        raise Unusable("harmless", Tell.HARMLESS.of(type=types[0]), "", "info")
    language = told.get("pattern_type", "stix")
    if language != "stix":
        said = Tell.OTHER_PATTERN.of(language=str(language)[:40])
        raise Unusable("pattern", said, Tell.GIVE_AS_RULE.of(), "info")
    pattern = told.get("pattern")
    if not isinstance(pattern, str):
        raise Unusable("pattern", Tell.NO_PATTERN.of(), Tell.ASK_MAKER.of())
    return named(pattern)


def _expires(told: Mapping[str, Any]) -> int:
    until = told.get("valid_until")
    if until is None:
        return 0
    try:
        return parse_time(str(until))
    except ValueError as error:
        raise Unusable("expires", Tell.VALID_UNTIL.of(why=error), Tell.LEAVE_OUT.of()) from error
