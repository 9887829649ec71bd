"""Write the golden files that are missing: `python -m tests.golden.make`. One that exists is never written again.

For each kind of event and each message of the session a `.bin` (as on the wire) with a `.json` beside it (as people
read it). A message that has got a field since gets another one, in the first folder (v1, v2, ...) that has none of
its name; old ones stay as they are for ever.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from tramgac_proto.enrolment_pb2 import EnrollReply, EnrollRequest
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS, is_optional
from tramgac_proto.session_pb2 import (
    AgentMessage,
    CollectorMessage,
    FetchChunk,
    FetchRequest,
    RenewReply,
    RenewRequest,
    SampleChunk,
    SampleReceipt,
)

FOLDER = Path(__file__).parent
SINGLE = (EnrollRequest, EnrollReply, FetchRequest, FetchChunk, SampleChunk, SampleReceipt, RenewRequest, RenewReply)


def _value(field: FieldDescriptor) -> object:
    """A value that is different for each field and needs no luck."""
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    if field.type == FieldDescriptor.TYPE_STRING:
        return f"{field.name} \u0111\u1ec3 th\u1eed"
    if field.type == FieldDescriptor.TYPE_BYTES:
        return bytes([10, 0, 0, field.number]) if field.name.endswith("_ip") else bytes([field.number]) * 32
    return {FieldDescriptor.TYPE_BOOL: True, FieldDescriptor.TYPE_SINT64: -field.number}.get(
        field.type, field.number + (1_700_000_000_000_000_000 if field.type == FieldDescriptor.TYPE_FIXED64 else 1)
    )


def fill(message: Message, descriptor: Descriptor) -> None:
    """Set every field."""
    for field in descriptor.fields:
        if field.containing_oneof is not None and not is_optional(field):
            continue
        target = getattr(message, field.name)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            for number in (1, 2):
                value = field.message_type.fields_by_name["value"]
                target[f"key {number}"] = number if value.type != FieldDescriptor.TYPE_STRING else f"value {number}"
        elif field.message_type is not None:
            fill(target.add() if field.is_repeated else target, field.message_type)
        elif field.is_repeated:
            target.extend([_value(field)] * 2)
        else:
            setattr(message, field.name, _value(field))


def golden() -> Iterator[tuple[str, Message]]:
    """Yield each golden message with its name."""
    for kind in KINDS:
        event = Event()
        fill(event, Event.DESCRIPTOR)
        fill(getattr(event, kind), KINDS[kind].message)
        yield kind, event
    for side in (AgentMessage, CollectorMessage):
        for field in side.DESCRIPTOR.fields:
            message = side()
            fill(getattr(message, field.name), field.message_type)
            yield f"{side.DESCRIPTOR.name}.{field.name}", message
    for cls in SINGLE:
        message = cls()
        fill(message, cls.DESCRIPTOR)
        yield cls.DESCRIPTOR.name, message


def readable(message: Message) -> str:
    """The JSON beside a golden file."""
    return json.dumps(MessageToDict(message, preserving_proto_field_name=True), indent=1, ensure_ascii=False) + "\n"


def place(name: str, raw: bytes) -> Path:
    """Where these bytes stand, or are to stand."""
    paths = (FOLDER / f"v{generation}" / f"{name}.bin" for generation in itertools.count(1))
    return next(path for path in paths if not path.exists() or path.read_bytes() == raw)


def main() -> None:
    """Write what is missing."""
    for name, message in golden():
        raw = message.SerializeToString(deterministic=True)
        path = place(name, raw)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(raw)
            path.with_suffix(".json").write_text(readable(message), "utf-8")


if __name__ == "__main__":
    main()
