"""The names other worlds use for our fields, read once out of the proto options.

Nothing else in the project spells these names: the matching view, store columns, searches and exports derive from here.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from tramgac_proto import options_pb2
from tramgac_proto.event_pb2 import Event


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an event: a leaf, a list of leaves or a map of texts."""

    kind: str
    """The kind it belongs to; empty for the envelope."""
    path: tuple[str, ...]
    """Proto names from the kind's message (from Event for the envelope): ("process", "executable")."""
    ecs: str | None
    sigma: str | None
    ocsf: str | None
    cef: str | None
    form: int
    """A value of options_pb2.Form."""
    descriptor: FieldDescriptor


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event."""

    name: str
    """The name in Event's oneof: process_start."""
    message: Descriptor
    sigma_categories: tuple[str, ...]
    ecs_type: str
    """ECS event.category and event.type: process/start."""
    ocsf_class: int
    fields: tuple[Field, ...]


def is_map(descriptor: FieldDescriptor) -> bool:
    """Tell whether a field is a map."""
    message = descriptor.message_type
    return message is not None and message.GetOptions().map_entry


def is_optional(descriptor: FieldDescriptor) -> bool:
    """Tell whether a field is marked optional: 0 is one of its values, and "not known" is its absence."""
    oneof = descriptor.containing_oneof
    return oneof is not None and oneof.name == f"_{descriptor.name}"  # protoc makes one of its own for each


def is_plus_one(field: Field) -> bool:
    """Tell whether `getter` and the store's column have a field's number plus one, so that 0 is "not known"."""
    return field.form == options_pb2.FORM_PLUS_ONE or is_optional(field.descriptor)


def _fields(kind: str, message: Descriptor, above: tuple[str, ...] = ()) -> Iterator[Field]:
    """Yield the values in a message, in the order of the file; lists of messages have no name and are left out."""
    for descriptor in message.fields:
        path = (*above, descriptor.name)
        if descriptor.containing_oneof is not None and not is_optional(descriptor):
            continue
        if descriptor.message_type is None or is_map(descriptor):
            options = descriptor.GetOptions().Extensions
            yield Field(
                kind,
                path,
                options[options_pb2.ecs] or None,
                options[options_pb2.sigma] or None,
                options[options_pb2.ocsf] or None,
                options[options_pb2.cef] or None,
                options[options_pb2.form],
                descriptor,
            )
        elif not descriptor.is_repeated:
            yield from _fields(kind, descriptor.message_type, path)


def _kind(name: str, message: Descriptor | None) -> Kind:
    if message is None:
        msg = f"event.proto: the kind {name} has no message"
        raise TypeError(msg)
    options = message.GetOptions().Extensions
    return Kind(
        name,
        message,
        tuple(options[options_pb2.sigma_category]),
        options[options_pb2.ecs_type],
        options[options_pb2.ocsf_class],
        tuple(_fields(name, message)),
    )


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {field.name: _kind(field.name, field.message_type) for field in Event.DESCRIPTOR.oneofs_by_name["kind"].fields}
)
"""Every kind by its name, in the order of the oneof."""
ENVELOPE: Final[tuple[Field, ...]] = tuple(_fields("", Event.DESCRIPTOR))
"""The fields around the oneof."""


def kind_of(event: Event) -> str:
    """Return the name of an event's kind ("process_start"), "" if this program does not know it."""
    return event.WhichOneof("kind") or ""


_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII | re.IGNORECASE
)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NS: Final = 1_000_000_000


@lru_cache(maxsize=4_096)
def _second_text(seconds: int) -> str:
    """Return seconds since 1970 as text; events that are near in time share them."""
    return (_EPOCH + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def time_text(ns: int) -> str:
    """Return nanoseconds since 1970 as RFC 3339 with a Z, with as many decimals (0, 3, 6, 9) as needed."""
    seconds, rest = divmod(ns, _NS)
    text = _second_text(seconds)
    if not rest:
        return f"{text}Z"
    if not rest % 1_000_000:  # what Windows and most sensors tell
        return f"{text}.{rest // 1_000_000:03d}Z"
    decimals = f"{rest:09d}"
    return f"{text}.{decimals.removesuffix('000')}Z"


def parse_time(text: str) -> int:
    """Return nanoseconds since 1970 UTC of an RFC 3339 text (a date alone: its midnight; no offset: UTC).

    Raises:
        ValueError: it is no such time, or before 1970.
    """
    match = _TIME.match(text)
    if match is None:
        msg = f"{text!r} is no time; write it like 2026-01-31T08:00:00Z"
        raise ValueError(msg)
    day, clock, decimals, offset = match.groups()
    moment = dt.datetime.fromisoformat(f"{day}T{clock or '00:00'}{(offset or 'Z').upper()}")
    seconds = (moment - _EPOCH) // dt.timedelta(seconds=1)
    if seconds < 0:
        msg = f"{text!r} is before 1970"
        raise ValueError(msg)
    return seconds * _NS + int((decimals or "0").ljust(9, "0"))


def entity_text(entity: int) -> str:
    """Return a 64-bit id as 16 lower-case hexadecimal digits."""
    return f"{entity:016x}"


def parse_entity(text: str) -> int:
    """Return the id of its 16 hexadecimal digits.

    Raises:
        ValueError: it is no such text.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{16}", text):
        msg = f"{text!r} is no 64-bit id: 16 hexadecimal digits are one"
        raise ValueError(msg)
    return int(text, 16)


def enum_text(enum: EnumDescriptor) -> Callable[[int], str]:
    """Return the writer of an enum: its value's name in lower case without the prefix; a number if it has no name."""
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    known = {value.number: value.name.removeprefix(prefix).lower() for value in enum.values}
    return lambda number: known.get(number) or str(number)


def ip_text(address: bytes) -> str:
    """Return 4 or 16 bytes as an address; anything else as hexadecimal."""
    if len(address) == 4:  # noqa: PLR2004 - the library takes ten times as long for the same
        return "%d.%d.%d.%d" % tuple(address)  # noqa: UP031 - takes a tuple
    return str(ipaddress.ip_address(address)) if len(address) == 16 else address.hex()  # noqa: PLR2004 - bytes of IPv6


def _plain(value: Any) -> object:
    return value


def _minus_one(number: int) -> int:
    return number - 1


_FORMS: Final[Mapping[int, Callable[[Any], object]]] = {
    options_pb2.FORM_IP: ip_text,
    options_pb2.FORM_HEX: bytes.hex,
    options_pb2.FORM_SHA256: bytes.hex,
    options_pb2.FORM_ENTITY: entity_text,
    options_pb2.FORM_TIME: time_text,
}


def _leaf_writer(field: Field) -> Callable[[Any], object]:
    if field.descriptor.enum_type is not None:
        return enum_text(field.descriptor.enum_type)
    if is_plus_one(field):
        return _minus_one
    return _FORMS.get(field.form, _plain)


def _ecs_writer(field: Field) -> Callable[[Any], object]:
    """Return what makes a field's value fit for JSON."""
    if is_map(field.descriptor):
        return dict
    leaf = _leaf_writer(field)
    return (lambda values: [leaf(value) for value in values]) if field.descriptor.is_repeated else leaf


_BOOL: Final = FieldDescriptor.TYPE_BOOL


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sigma_writer(field: Field) -> Callable[[Any], str | tuple[str, ...]]:
    """Return what makes a field's value a text, or several."""
    if field.form == options_pb2.FORM_SHA256:
        return lambda digest: "SHA256=" + digest.hex().upper()
    leaf = _leaf_writer(field)
    if field.descriptor.is_repeated:
        return lambda values: tuple(_text(leaf(value)) for value in values)
    if field.descriptor.type == _BOOL:
        return ("false", "true").__getitem__
    if is_plus_one(field):
        return lambda number: str(number - 1)
    return str if leaf is _plain else leaf  # type: ignore[return-value]  # all others give texts


def getter(field: Field) -> Callable[[Any], Any]:
    """Return what reads a field from the kind's message (from Event for the envelope): 0 or empty if it is not known.

    Of an optional field it reads the number plus one (see is_plus_one).
    """
    read = attrgetter(".".join(field.path))
    if not is_optional(field.descriptor):
        return read
    holder: Callable[[Any], Any] = attrgetter(".".join(field.path[:-1])) if field.path[1:] else _plain
    return lambda message: read(message) + 1 if holder(message).HasField(field.path[-1]) else 0


def _ecs_plan(fields: tuple[Field, ...]) -> tuple[tuple[str, Callable[[Any], Any], Callable[[Any], object]], ...]:
    return tuple((field.ecs, getter(field), _ecs_writer(field)) for field in fields if field.ecs)


def _reader(fields: Sequence[Field]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads fields of a message as their `getter`s do."""
    if len(fields) > 1 and not any(is_optional(field.descriptor) for field in fields):
        return attrgetter(*(".".join(field.path) for field in fields))
    getters = [getter(field) for field in fields]
    if len(fields) == 1:
        return lambda message: (getters[0](message),)
    return lambda message: tuple([get(message) for get in getters])


def sigma_writer(field: Field) -> Callable[[Any], str | tuple[str, ...]] | None:
    """Return what makes a field's value a text, or several; None where it is one."""
    text = field.descriptor.type == FieldDescriptor.TYPE_STRING and not field.descriptor.is_repeated
    return None if text and _leaf_writer(field) is _plain else _sigma_writer(field)


class _Sigma:
    """What Sigma sees of one message: its fields are read in one call, and texts are taken as they are."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        named = [field for field in fields if field.sigma]
        self._read = _reader(named)
        self._names = [field.sigma or "" for field in named]
        self._writers = [sigma_writer(field) for field in named]
        self._always = [field.descriptor.type == _BOOL for field in named]

    def put(self, message: Any, out: dict[str, str | tuple[str, ...]]) -> None:
        """Put what is known of a message into `out`."""
        values = self._read(message)
        for name, write, always, value in zip(self._names, self._writers, self._always, values, strict=True):
            if value or always:
                out[name] = value if write is None else write(value)


_ECS: Final = {kind.name: _ecs_plan(kind.fields) for kind in KINDS.values()}
_ECS_ENVELOPE: Final = _ecs_plan(ENVELOPE)
_SIGMA: Final = {kind.name: _Sigma(kind.fields) for kind in KINDS.values()}
_SIGMA_ENVELOPE: Final = _Sigma(ENVELOPE)


def ecs(event: Event) -> dict[str, object]:
    """Return an event by dotted ECS names, values fit for JSON; what is not known is absent.

    64-bit entity ids, hashes, addresses and times are texts (see options.proto's Form); other numbers are numbers.
    """
    out: dict[str, object] = {}
    for name, get, write in _ECS_ENVELOPE:
        if value := get(event):
            out[name] = write(value)
    if kind := kind_of(event):
        message = getattr(event, kind)
        for name, get, write in _ECS[kind]:
            if value := get(message):
                out[name] = write(value)
    return out


def sigma(event: Event) -> dict[str, str | tuple[str, ...]]:
    """Return an event as Sigma sees it: every value a text, or texts; what is not known is absent.

    A boolean with a Sigma name is always there ("true", "false"). Hashes is "SHA256=" and upper-case hexadecimal.
    EventLog.data is flattened in (our typed names win); LogLine has its text in no field: it is for keywords.
    """
    kind = kind_of(event)
    out: dict[str, str | tuple[str, ...]] = {**texts(event.event_log.data)} if kind == "event_log" else {}
    put_sigma(event, kind, out)
    return out


def texts(data: Mapping[str, str]) -> dict[str, str]:
    """Return a map of texts as a dict; `dict` itself takes longer for the map of a message (a generator in Python)."""
    return {name: data[name] for name in data}


def put_sigma(event: Event, kind: str, out: dict[str, str | tuple[str, ...]]) -> None:
    """Put the typed fields of an event of this kind as Sigma sees them into `out`; see `sigma`."""
    _SIGMA_ENVELOPE.put(event, out)
    if kind:
        _SIGMA[kind].put(getattr(event, kind), out)
