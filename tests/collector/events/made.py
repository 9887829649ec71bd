"""Events with every field set, out of the descriptors."""

import random
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from tramgac_proto import options_pb2
from tramgac_proto.event_pb2 import Event

TEXTS = ("Trạm Gác", "a\\b'c\"d", "\x1b[31m\u202eevil", "<script>", "x" * 300, "日本", "tab\tnew\nline\0nul", "%_*")


def full_event(kind: str, rng: random.Random) -> Event:
    """An event of a kind, each field set with a likelihood of nine tenths."""
    event = Event()
    _fill(event, Event.DESCRIPTOR, rng, skip_oneof=True)
    message = getattr(event, kind)
    message.SetInParent()
    _fill(message, message.DESCRIPTOR, rng)
    return event


def _fill(message: Any, descriptor: Descriptor, rng: random.Random, *, skip_oneof: bool = False) -> None:
    for field in descriptor.fields:
        if (skip_oneof and field.containing_oneof) or rng.random() < 0.1:
            continue
        if field.is_repeated and field.message_type and field.message_type.GetOptions().map_entry:
            values = field.message_type.fields_by_name["value"]
            for _ in range(rng.randrange(3)):
                getattr(message, field.name)[rng.choice(TEXTS)] = _value(values, rng)
        elif field.is_repeated and field.message_type:
            for _ in range(rng.randrange(3)):
                _fill(getattr(message, field.name).add(), field.message_type, rng)
        elif field.is_repeated:
            getattr(message, field.name).extend(_value(field, rng) for _ in range(rng.randrange(4)))
        elif field.message_type:
            _fill(getattr(message, field.name), field.message_type, rng)
        else:
            setattr(message, field.name, _value(field, rng))


def _value(field: FieldDescriptor, rng: random.Random) -> Any:  # noqa: PLR0911 - a type a line
    form = field.GetOptions().Extensions[options_pb2.form]
    match field.type:
        case FieldDescriptor.TYPE_STRING:
            return rng.choice(TEXTS)
        case FieldDescriptor.TYPE_BYTES:
            return rng.randbytes(rng.choice((4, 16)) if form == options_pb2.FORM_IP else 32)
        case FieldDescriptor.TYPE_BOOL:
            return rng.random() < 0.5
        case FieldDescriptor.TYPE_ENUM:
            return rng.choice(field.enum_type.values).number
        case FieldDescriptor.TYPE_UINT32:
            return rng.choice((0, 1, 2**32 - 1))
        case FieldDescriptor.TYPE_SINT64:
            return rng.choice((0, -(2**63), 2**63 - 1))
        case _:
            return rng.choice((0, 1, 1_764_000_000_123_456_789, 2**63 - 1, 2**64 - 1))
