"""What the next version of the other side may say: fields, kinds, values and lanes that this one does not know."""

from __future__ import annotations

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS

from tests.golden.make import golden

UNKNOWN = b"\xf8\x7f\x05" + b"\xf2\x7f\x03new" + b"\xe9\x7f" + bytes(8)
"""Fields 2047 (a number), 2046 (a text) and 2045 (eight bytes), as no message of ours has them."""
LANE, VALUE = 4, 99
"""A lane, and a value of any enumeration."""


def grown(message: Message) -> Message:
    """The same with fields that are not known here, in it and in each message in it."""
    found = type(message).FromString(message.SerializeToString())
    _grow(found)
    return found


def odd(message: Message) -> Message:
    """The same with a value that is not known here wherever a value is one of several."""
    found = type(message).FromString(message.SerializeToString())
    _turn(found)
    return found


def unknown(cls: type[Message]) -> Message:
    """A message of a kind (of a oneof) that is not known here."""
    return cls.FromString(UNKNOWN)


def events() -> list[Message]:
    """One event of each kind, and one of a kind that is not known, with all that can be new in them."""
    return [odd(grown(message)) for name, message in golden() if name in KINDS] + [unknown(Event)]


def _children(message: Message) -> list[Message]:
    found: list[Message] = []
    for field, value in message.ListFields():
        if field.message_type is not None and not field.message_type.GetOptions().map_entry:
            found += list(value) if field.is_repeated else [value]
    return found


def _grow(message: Message) -> None:
    message.MergeFromString(UNKNOWN)
    for child in _children(message):
        _grow(child)


def _turn(message: Message) -> None:
    for field in message.DESCRIPTOR.fields:
        if field.type == FieldDescriptor.TYPE_ENUM:
            if field.is_repeated:
                getattr(message, field.name).append(VALUE)
            else:
                setattr(message, field.name, VALUE)
    for child in _children(message):
        _turn(child)
