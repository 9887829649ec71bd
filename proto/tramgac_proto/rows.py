"""Events as rows of the store and back, without loss: from_row(kind_of(e), to_row(e)) == e.

A column for each ECS name, over all kinds and the envelope. What has no column (nested messages, a field that a newer
agent sends, an address of three bytes) stays as protobuf, in base64, in `tramgac.rest`.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import DecodeError

from tramgac_proto import options_pb2
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ENVELOPE, KINDS, Field, enum_text, getter, ip_text, is_map, is_optional, kind_of, texts

REST: Final = "tramgac.rest"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the store."""

    name: str
    """Its ECS name, dotted."""
    type: str
    """Its ClickHouse type."""
    default: object
    """What stands for "not known": "", 0, False, [] or {}."""
    fields: Mapping[str, Field]
    """The field it holds, by kind; "" for the envelope."""


_TYPES: Final[Mapping[int, tuple[str, object]]] = {
    FieldDescriptor.TYPE_STRING: ("String", ""),
    FieldDescriptor.TYPE_BYTES: ("String", ""),
    FieldDescriptor.TYPE_ENUM: ("LowCardinality(String)", ""),
    FieldDescriptor.TYPE_BOOL: ("Bool", False),
    FieldDescriptor.TYPE_UINT32: ("UInt32", 0),
    FieldDescriptor.TYPE_UINT64: ("UInt64", 0),
    FieldDescriptor.TYPE_FIXED64: ("UInt64", 0),
    FieldDescriptor.TYPE_SINT64: ("Int64", 0),
}


def _type(field: Field) -> tuple[str, object]:
    """Return a field's ClickHouse type and what stands for "not known"."""
    if is_map(field.descriptor):
        return "Map(String, String)", {}
    kind, default = _TYPES[field.descriptor.type]
    if field.form == options_pb2.FORM_TIME:
        kind = "DateTime64(9, 'UTC')"
    if field.descriptor.GetOptions().Extensions[options_pb2.common]:
        kind = f"LowCardinality({kind})"
    return (f"Array({kind})", []) if field.descriptor.is_repeated else (kind, default)


def _columns() -> Iterator[Column]:
    fields: dict[str, dict[str, Field]] = {}
    for field in (*ENVELOPE, *(field for kind in KINDS.values() for field in kind.fields)):
        if field.ecs and fields.setdefault(field.ecs, {}).setdefault(field.kind, field) is not field:
            msg = f"event.proto: two fields of {field.kind or 'the envelope'} are called {field.ecs}"
            raise TypeError(msg)
    for name, by_kind in sorted(fields.items()):
        types = {_type(field)[0] for field in by_kind.values()}
        if len(types) > 1:
            msg = f"event.proto: {name} has several types: {sorted(types)}"
            raise TypeError(msg)
        kind, default = _type(next(iter(by_kind.values())))
        yield Column(name, kind, default, by_kind)
    yield Column(REST, "String", "", {})


COLUMNS: Final[tuple[Column, ...]] = tuple(_columns())
"""Sorted by name, then `tramgac.rest`. The callers' own (host, epoch, lane, sequence, kind, ingested) are not here."""


def same(value: Any) -> Any:
    """Return it: a value that stands in its column as it is."""
    return value


def _write_ip(address: bytes) -> str | None:
    return ip_text(address) if len(address) in {4, 16} else None


def _write_time(ns: int) -> int | None:
    return ns if ns < 1 << 63 else None  # DateTime64 is signed


def _write_plus_one(number: int) -> int | None:
    return number if number < 1 << 32 else None


def _read_plus_one(number: int) -> int:
    return number - 1


def _read_enum(enum: EnumDescriptor) -> Callable[[str], int]:
    text = enum_text(enum)
    numbers = {text(value.number): value.number for value in enum.values}
    return lambda name: numbers[name] if name in numbers else int(name)


def codec(field: Field) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return the writer (None: not in a column) and the reader of a field's value."""
    enum = field.descriptor.enum_type
    codec: tuple[Callable[[Any], Any], Callable[[Any], Any]] = (same, same)
    if enum is not None:
        codec = enum_text(enum), _read_enum(enum)
    elif is_map(field.descriptor):
        codec = texts, dict
    elif field.descriptor.is_repeated:
        codec = list, list
    elif field.form == options_pb2.FORM_IP:
        codec = _write_ip, lambda text: ipaddress.ip_address(text).packed
    elif field.form == options_pb2.FORM_TIME:
        codec = _write_time, same
    elif field.descriptor.type == FieldDescriptor.TYPE_BYTES:
        codec = bytes.hex, bytes.fromhex
    elif is_optional(field.descriptor):
        codec = _write_plus_one, _read_plus_one
    return codec


class _Cell:
    """One field on its way between an event and a row."""

    __slots__ = ("above", "field", "get", "name", "parent", "read", "write")

    def __init__(self, field: Field, name: str) -> None:
        self.name = name
        self.field = field.descriptor
        self.get = getter(field)
        self.above = field.path[:-1]
        self.parent: Callable[[Any], Any] = attrgetter(".".join(self.above)) if self.above else same
        self.write, self.read = codec(field)

    def set(self, message: Any, value: Any) -> None:
        """Put a row's value into a message."""
        parent, name, value = self.parent(message), self.field.name, self.read(value)
        if is_map(self.field):
            getattr(parent, name).update(value)
        elif self.field.is_repeated:
            getattr(parent, name).extend(value)
        else:
            setattr(parent, name, value)


def _cells(fields: tuple[Field, ...]) -> tuple[_Cell, ...]:
    return tuple(_Cell(field, field.ecs) for field in fields if field.ecs)


_ENVELOPE_CELLS: Final = _cells(ENVELOPE)
_KIND_CELLS: Final = {name: _cells(kind.fields) for name, kind in KINDS.items()}


def _move(cells: tuple[_Cell, ...], message: Any, row: dict[str, object]) -> None:
    """Move what has a column from a message into a row; nested messages that this empties go, others stay."""
    emptied: dict[tuple[str, ...], _Cell] = {}
    for cell in cells:
        value = cell.get(message)
        if value and (written := cell.write(value)) is not None:
            row[cell.name] = written
            cell.parent(message).ClearField(cell.field.name)
            if cell.above:
                emptied[cell.above] = cell
    for path, cell in sorted(emptied.items(), key=lambda item: -len(item[0])):
        if not cell.parent(message).ByteSize():
            holder = message
            for step in path[:-1]:
                holder = getattr(holder, step)
            holder.ClearField(path[-1])


def to_row(event: Event) -> dict[str, object]:
    """Return the columns that are known, by name.

    Values: str, int, bool, list, dict; times are nanoseconds since 1970 (int) for DateTime64(9); entity ids int;
    hashes and addresses as text; `tramgac.rest` base64.
    """
    row: dict[str, object] = {}
    rest = Event()
    rest.CopyFrom(event)
    _move(_ENVELOPE_CELLS, rest, row)
    if kind := kind_of(event):
        message = getattr(rest, kind)
        _move(_KIND_CELLS[kind], message, row)
        if not message.ByteSize():
            rest.ClearField("kind")
    if rest.ByteSize():
        row[REST] = base64.b64encode(rest.SerializeToString(deterministic=True)).decode()
    return row


def from_row(kind: str, row: Mapping[str, object]) -> Event:
    """Return the event of a row; a column that is absent, None or its default is not known.

    Raises:
        ValueError: the kind is not known, or a value is not of its column.
    """
    if kind and kind not in KINDS:
        msg = f"kind {kind!r} is not known here"
        raise ValueError(msg)
    try:
        event = Event.FromString(base64.b64decode(str(row.get(REST) or "")))
        _fill(_ENVELOPE_CELLS, event, row)
        if kind:
            message = getattr(event, kind)
            message.SetInParent()
            _fill(_KIND_CELLS[kind], message, row)
    except (TypeError, AttributeError, DecodeError) as error:
        msg = f"a row of kind {kind!r} does not fit its columns: {error}"
        raise ValueError(msg) from error
    return event


def _fill(cells: tuple[_Cell, ...], message: Any, row: Mapping[str, object]) -> None:
    for cell in cells:
        if value := row.get(cell.name):
            cell.set(message, value)
