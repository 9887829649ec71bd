"""Every text of the protocol that could hold an identity, filled with another host's. Not a lane itself.

Found by reflection over the .proto: a field that is added tomorrow is tried tomorrow. The host that speaks is the one
of the certificate; what another host is called, in whatever field, is only text.
"""

import hashlib
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from tramgac_proto.event_pb2 import Event
from tramgac_proto.session_pb2 import AgentMessage

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
Path = tuple[FieldDescriptor, ...]


def leaves(descriptor: Descriptor, above: Path = ()) -> Iterator[Path]:
    """Every field of text or bytes in a message and what it holds, as the way to it."""
    for field in descriptor.fields:
        way = (*above, field)
        if field.type in TEXTS:
            yield way
        elif field.message_type is not None and field.message_type not in [step.message_type for step in above]:
            yield from leaves(field.message_type, way)


def put(message: Message, way: Path, victim: str) -> None:
    """Put an identity into the field at the end of a way."""
    for number, field in enumerate(way):
        last = number == len(way) - 1
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name["value"]
            value = victim if entry.type in TEXTS else 1
            getattr(message, field.name)["host" if entry.type in TEXTS else victim] = value
            return
        if last:
            value = bytes.fromhex(victim) if field.type == FieldDescriptor.TYPE_BYTES else victim
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
        elif field.is_repeated:
            message = getattr(message, field.name).add()
        else:
            message = getattr(message, field.name)
            message.SetInParent()


def events(victim: str, now: int) -> Iterator[bytes]:
    """An event for each field, with the victim's identity in it."""
    for way in leaves(Event.DESCRIPTOR):
        event = Event(time=now)
        put(event, way, victim)
        if event.WhichOneof("kind") is None:
            event.process_start.process.pid = 1
        yield event.SerializeToString()


def messages(victim: str, epoch: int) -> Iterator[AgentMessage]:
    """A message of the session for each field outside of batches, with the victim's identity in it."""
    for way in leaves(AgentMessage.DESCRIPTOR):
        if way[0].name == "batch":
            continue
        message = AgentMessage()
        put(message, way, victim)
        if way[0].name == "hello":
            message.hello.version_low = message.hello.version_high = 1
            message.hello.epoch = epoch
        if way[0].name == "checkpoint":
            message.checkpoint.epoch, message.checkpoint.lane = epoch, 2
        if way[0].name == "sample" and not message.sample.sha256:
            message.sample.sha256 = hashlib.sha256(victim.encode()).digest()
        yield message
