"""Any event that a sensor can make, drawn from the descriptors: a new kind or field is drawn without a line here."""

from __future__ import annotations

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st
from tramgac_proto import options_pb2
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS, is_map, is_optional

TEXTS = st.text(max_size=12)
BYTES = st.binary(max_size=3) | st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=32)
U64 = st.integers(0, 2**64 - 1)
NUMBERS = {
    FieldDescriptor.TYPE_UINT32: st.integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: U64,
    FieldDescriptor.TYPE_FIXED64: U64,
    FieldDescriptor.TYPE_SINT64: st.integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_STRING: TEXTS,
    FieldDescriptor.TYPE_BYTES: BYTES,
}


def leaf(field: FieldDescriptor) -> st.SearchStrategy[object]:
    if field.enum_type is not None:
        return st.sampled_from([value.number for value in field.enum_type.values]) | st.integers(0, 2**31 - 1)
    options = field.GetOptions().Extensions
    if options[options_pb2.form] == options_pb2.FORM_TIME:
        return st.integers(0, 2**63 - 1) | U64
    return NUMBERS[field.type]


@st.composite
def filled(draw: st.DrawFn, descriptor: Descriptor, message: Message, depth: int = 0) -> None:
    """Set any selection of a message's fields."""
    for field in descriptor.fields:
        if (field.containing_oneof is not None and not is_optional(field)) or not draw(st.booleans()):
            continue
        target = getattr(message, field.name)
        if is_map(field):
            value = field.message_type.fields_by_name["value"]
            target.update(draw(st.dictionaries(TEXTS, leaf(value), max_size=3)))
        elif field.message_type is not None:
            for _ in range(draw(st.integers(0, 2)) if field.is_repeated else 1):
                child = target.add() if field.is_repeated else target
                child.SetInParent()
                draw(filled(field.message_type, child, depth + 1))
        elif field.is_repeated:
            target.extend(draw(st.lists(leaf(field), max_size=3)))
        else:
            setattr(message, field.name, draw(leaf(field)))


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of any kind."""
    event = Event()
    draw(filled(Event.DESCRIPTOR, event))
    kind = draw(st.sampled_from(sorted(KINDS)))
    message = getattr(event, kind)
    message.SetInParent()
    draw(filled(KINDS[kind].message, message))
    return event
