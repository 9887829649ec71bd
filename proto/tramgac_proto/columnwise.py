"""Many events of one kind as columns: what `rows.to_row` gives for each, made a field at a time.

A store takes columns, and a field at a time costs a fraction of an event at a time: values are read by what is compiled
already, and a text that many events share (an address, a hash, a word) is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter, methodcaller
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ENVELOPE, KINDS, Field, is_map, is_optional
from tramgac_proto.rows import COLUMNS, REST, codec, same, to_row

_DEFAULTS: Final = {column.name: column.default for column in COLUMNS}


class _Part:
    """One message of an event, the event itself or one in it, and its fields that have columns."""

    def __init__(self, path: tuple[str, ...], fields: Sequence[Field]) -> None:
        self.path = path
        self.cells = [
            (field.ecs or "", field.descriptor, _DEFAULTS[field.ecs or ""], codec(field)[0]) for field in fields
        ]

    def of(self, messages: list[Any], odd: set[int]) -> list[Any]:
        """Return this part of messages, nothing if none has it; one that is there and empty is odd: no column tells."""
        for name in self.path:
            there = list(map(methodcaller("HasField", name), messages))
            if not any(there):
                return []
            messages = list(map(attrgetter(name), messages))
            odd.update(
                n for n, (has, one) in enumerate(zip(there, messages, strict=True)) if has and not one.ByteSize()
            )
        return messages


def _parts(fields: Sequence[Field]) -> tuple[_Part, ...]:
    by_path: dict[tuple[str, ...], list[Field]] = {}
    for field in fields:
        if field.ecs:
            by_path.setdefault(field.path[:-1], []).append(field)
    return tuple(_Part(path, found) for path, found in by_path.items())


def _has_more(kind: str) -> bool:
    """Tell whether events of a kind can hold what no column does: fields without a name, lists of messages."""
    lists = (field for field in KINDS[kind].message.fields if field.is_repeated and field.message_type)
    return any(not field.ecs for field in KINDS[kind].fields) or any(not is_map(field) for field in lists)


_ENVELOPE: Final = _parts(ENVELOPE)
_KINDS: Final = {name: _parts(kind.fields) for name, kind in KINDS.items()}
_MORE: Final = frozenset(name for name in KINDS if _has_more(name)) | {""}


def to_columns(kind: str, events: Sequence[Event], blobs: Sequence[bytes]) -> dict[str, list[Any]]:
    """Return the columns of events of one kind ("": none that is known), a value an event.

    Values are those of `to_row`, the column's default where that gives none; fields that no event has are absent.

    Args:
        kind: their kind.
        events: they; what this program does not know in them is gone afterwards.
        blobs: they as encoded, for those that hold what no column does.
    """
    for event in events:
        event.DiscardUnknownFields()
    known = map(Event.ByteSize, events)
    odd = {n for n, (size, blob) in enumerate(zip(known, blobs, strict=True)) if size != len(blob) or kind in _MORE}
    columns: dict[str, list[Any]] = {}
    _read(_ENVELOPE, list(events), columns, odd)
    if kind:
        _read(_KINDS[kind], list(map(attrgetter(kind), events)), columns, odd)
    rests = {n: rest for n in odd if (rest := to_row(Event.FromString(blobs[n])).get(REST))}
    if rests:
        columns[REST] = [rests.get(n, "") for n in range(len(events))]
    return columns


def _read(parts: tuple[_Part, ...], messages: list[Any], columns: dict[str, list[Any]], odd: set[int]) -> None:
    for part in parts:
        found = part.of(messages, odd)
        for name, field, default, write in part.cells:
            values = _values(field, found)
            if any(values):
                columns[name] = _written(values, default, write, odd)


def _values(field: FieldDescriptor, messages: list[Any]) -> list[Any]:
    """Return a field of messages as `names.getter` reads it."""
    name = field.name
    if is_optional(field):
        return [getattr(message, name) + 1 if message.HasField(name) else 0 for message in messages]
    return list(map(attrgetter(name), messages))


def _written(values: list[Any], default: Any, write: Callable[[Any], Any], odd: set[int]) -> list[Any]:
    """Return values as a store takes them; events with one that has no form there are odd."""
    if write is same:
        return values
    if isinstance(default, dict | list):  # a map's or a list's; no two are alike
        return [write(value) if value else default for value in values]
    forms = {value: write(value) if value else default for value in set(values)}
    if None in forms.values():
        odd.update(n for n, value in enumerate(values) if forms[value] is None)
        forms = {value: default if form is None else form for value, form in forms.items()}
    return list(map(forms.__getitem__, values))
