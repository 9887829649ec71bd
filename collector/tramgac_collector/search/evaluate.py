"""A typed search asked of one event as people and programs read it: the same answers as the event store's.

The event is what `events.query.present` gives, or `names.ecs` with `host` and `kind` beside its fields: what is not
known is absent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tramgac_proto import options_pb2
from tramgac_proto.names import parse_entity, parse_time
from tramgac_proto.rows import Column
from tramgac_rules.wildcard import Pieces, matcher

from tramgac_collector.search.fields import BY_ECS, DATA, form_of
from tramgac_collector.search.tree import (
    EVERY,
    All,
    Between,
    Check,
    Contains,
    Equal,
    Like,
    Network,
    Node,
    Not,
    Place,
    Some,
    Term,
)
from tramgac_collector.search.values import address_number, base_type, shift

Event = Mapping[str, object]
Asked = Callable[[Event], bool]
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def asked(node: Node) -> Asked:
    """Return a function that tells of an event whether it is what a search looks for."""
    match node:
        case All(parts):
            every = tuple(map(asked, parts))
            return lambda event: all(one(event) for one in every)
        case Some(parts):
            any_of = tuple(map(asked, parts))
            return lambda event: any(one(event) for one in any_of)
        case Not(part):
            inner = asked(part)
            return lambda event: not inner(event)
        case Term(place, check):
            column = BY_ECS.get(place.name)
            if column is None or base_type(column) == "String" or place.name == DATA:
                return _text_test(place, check)
            return _number_test(column, check)


def _text_test(place: Place, check: Check) -> Asked:
    holds = _text_check(check)
    return lambda event: any(map(holds, _texts(event, place)))


def _texts(event: Event, place: Place) -> Sequence[str]:
    """Return the texts at a place: one, "" for none, or those of a list or a map."""
    value = event.get(place.name)
    if place.name == DATA:
        data = value if isinstance(value, Mapping) else {}
        return [*data.values()] if place.key == EVERY else [data.get(place.key, "")]
    if isinstance(value, list):
        return value
    column = BY_ECS.get(place.name)
    if value is None and column is not None and column.type.startswith("Array("):
        return []
    return ["" if value is None else str(value)]


def _text_check(check: Check) -> Callable[[str], bool]:
    match check:
        case Equal(value):
            return lambda text: text == value
        case Like(pieces):
            like = matcher(_lower(pieces))
            return lambda text: like(text.lower())
        case Contains(word):
            part = word.lower()
            return lambda text: part in text.lower()
        case Between():
            return lambda text: _WHOLE.fullmatch(text) is not None and check.holds(int(text))
        case Network(low, high):
            return lambda text: (number := address_number(text)) is not None and low <= number <= high


def _lower(pieces: Pieces) -> Pieces:
    return tuple(piece.lower() if isinstance(piece, str) else piece for piece in pieces)


def _number_test(column: Column, check: Check) -> Asked:
    """Return the test of a number, a time, a truth or an id; what is not known counts as the store has it."""
    name, read, kinds = column.name, _reader(column), column.fields
    always = "" in kinds or base_type(column).startswith("DateTime64")
    many, unknown = column.type.startswith("Array("), _unknown(column, check)

    def test(event: Event) -> bool:
        value = event.get(name)
        if value is None:
            return unknown and not many and (always or event.get("kind") in kinds)
        values = value if isinstance(value, list) else (value,)
        return any(_number_check(check, read(one)) for one in values)

    return test


def _unknown(column: Column, check: Check) -> bool:
    """Tell whether the test holds of an event that has the field and does not know it: it is 0 or false there."""
    time = base_type(column).startswith("DateTime64")
    if shift(column):
        return False
    if time and isinstance(check, Between) and "" not in column.fields:
        return False
    return _number_check(check, 0)


def _number_check(check: Check, number: int) -> bool:
    match check:
        case Equal(value):
            return number == value
        case Between():
            return check.holds(number)
        case _:
            return False


def _reader(column: Column) -> Callable[[object], int]:
    """Return what reads a value as it is shown back into its number."""
    form = form_of(column)
    if form == options_pb2.FORM_ENTITY:
        return lambda text: parse_entity(str(text))
    if form == options_pb2.FORM_TIME:
        return lambda text: parse_time(str(text))
    return lambda number: int(str(number)) if not isinstance(number, bool | int) else int(number)
