"""Every field of the protocol that could hold an identity, filled with another host's. Not a lane itself.

Found by reflection over the .proto: of events, by the type of the field, so that one that is added tomorrow is tried
tomorrow; of what an agent asks for or says (every message that a service takes), by the lists below, in one of which
each field must stand. The host that speaks is the one of the certificate; what another is called is only text.
"""

import hashlib
import importlib
import pkgutil
from collections.abc import Iterator

import tramgac_proto
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from tramgac_proto.event_pb2 import LANE_SECURITY, Event
from tramgac_proto.session_pb2 import AgentMessage
from tramgac_wire.chain import START

TEXTS = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
NUMBERS = (
    FieldDescriptor.TYPE_INT64,
    FieldDescriptor.TYPE_UINT64,
    FieldDescriptor.TYPE_SINT64,
    FieldDescriptor.TYPE_FIXED64,
    FieldDescriptor.TYPE_SFIXED64,
)
"""Of 64 bits: an incarnation of a spool, a boot or a process fits into them. Into fewer bits none does."""
SMALL = (
    FieldDescriptor.TYPE_BOOL,
    FieldDescriptor.TYPE_ENUM,
    FieldDescriptor.TYPE_FLOAT,
    FieldDescriptor.TYPE_DOUBLE,
    FieldDescriptor.TYPE_INT32,
    FieldDescriptor.TYPE_UINT32,
    FieldDescriptor.TYPE_SINT32,
    FieldDescriptor.TYPE_FIXED32,
    FieldDescriptor.TYPE_SFIXED32,
)
HOST, TOKEN, REQUEST, EPOCH, CHAIN, SIGNATURE, SAMPLE, EVENTS = (
    "host",
    "token",
    "request",
    "epoch",
    "chain",
    "signature",
    "sample",
    "events",
)
"""What of another host goes into a field: its id, the token that let it in, a certificate request in its name, the
incarnation of its spool, a lane's chain and its signature over it, the hash of a file that it was asked for, events
that name it."""
IDENTITIES: dict[str, str] = {
    "tramgac.EnrollRequest.token": TOKEN,
    "tramgac.EnrollRequest.csr": REQUEST,
    "tramgac.EnrollRequest.hostname": HOST,
    "tramgac.EnrollRequest.os_type": HOST,
    "tramgac.EnrollRequest.agent_version": HOST,
    "tramgac.RenewRequest.csr": REQUEST,
    "tramgac.FetchRequest.name": HOST,
    "tramgac.SampleChunk.sha256": SAMPLE,
    "tramgac.SampleChunk.data": HOST,
    "tramgac.Hello.capabilities": HOST,
    "tramgac.Hello.agent_version": HOST,
    "tramgac.Hello.hostname": HOST,
    "tramgac.Hello.epoch": EPOCH,
    "tramgac.Hello.kept": EPOCH,
    "tramgac.Hello.present": EPOCH,
    "tramgac.Batch.epoch": EPOCH,
    "tramgac.Batch.previous": CHAIN,
    "tramgac.Batch.events": EVENTS,
    "tramgac.Checkpoint.epoch": EPOCH,
    "tramgac.Checkpoint.chain": CHAIN,
    "tramgac.Checkpoint.signature": SIGNATURE,
    "tramgac.ContentReport.reason": HOST,
    "tramgac.SampleRefusal.sha256": SAMPLE,
    "tramgac.SampleRefusal.reason": HOST,
}
"""Fields of what an agent asks for or says that could name a host or what is one host's."""
PLAIN: frozenset[str] = frozenset(
    {
        # versions of the dialogue, numbers of bundles and dictionaries: the same for all hosts
        "tramgac.Hello.version_low",
        "tramgac.Hello.version_high",
        "tramgac.Hello.content",
        "tramgac.Batch.dictionary",
        "tramgac.ContentReport.version",
        "tramgac.ContentReport.loaded",
        "tramgac.ContentReport.current",
        # a clock, and which collector was heard
        "tramgac.Hello.clock",
        "tramgac.Hello.heard",
        # places and sizes, within what the fields above name
        "tramgac.Batch.lane",
        "tramgac.Batch.first",
        "tramgac.Batch.count",
        "tramgac.Batch.size",
        "tramgac.Batch.gap",
        "tramgac.Checkpoint.lane",
        "tramgac.Checkpoint.sequence",
        "tramgac.SampleChunk.size",
    }
)
"""Fields that name nobody."""
Path = tuple[FieldDescriptor, ...]


def requests() -> list[Descriptor]:
    """Every message that a service of the protocol takes."""
    found: dict[str, Descriptor] = {}
    for module in pkgutil.iter_modules(tramgac_proto.__path__):
        if module.name.endswith("_pb2"):
            services = importlib.import_module(f"tramgac_proto.{module.name}").DESCRIPTOR.services_by_name.values()
            found |= {m.input_type.full_name: m.input_type for service in services for m in service.methods}
    return list(found.values())


def unlisted(descriptors: list[Descriptor]) -> tuple[set[str], set[str]]:
    """Fields of these messages that stand in none of the lists or in both; names in a list that are no such field."""
    there = {way[-1].full_name for descriptor in descriptors for way in every(descriptor)}
    return {name for name in there if (name in IDENTITIES) == (name in PLAIN)}, (IDENTITIES.keys() | PLAIN) - there


def every(descriptor: Descriptor, above: Path = ()) -> Iterator[Path]:
    """Every field in a message and in what it holds, as the way to it."""
    for field in descriptor.fields:
        way = (*above, field)
        if field.message_type is None:
            yield way
        elif field.message_type not in [step.message_type for step in above]:
            yield from every(field.message_type, way)


def leaves(descriptor: Descriptor) -> Iterator[Path]:
    """Every field that could hold an identity by its type."""
    for way in every(descriptor):
        if way[-1].type in (*TEXTS, *NUMBERS):
            yield way
        elif way[-1].type not in SMALL:
            raise NotImplementedError(f"{way[-1].full_name}: can a field of type {way[-1].type} hold an identity?")


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
            write(message, field, _as(field, victim))
        elif field.is_repeated:
            message = getattr(message, field.name).add()
        else:
            message = getattr(message, field.name)
            message.SetInParent()


def write(message: Message, field: FieldDescriptor, value: str | bytes | int) -> None:
    """Set a field, or add to one that is repeated."""
    if field.is_repeated:
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


def _as(field: FieldDescriptor, victim: str) -> str | bytes | int:
    if field.type == FieldDescriptor.TYPE_STRING:
        return victim
    return bytes.fromhex(victim) if field.type == FieldDescriptor.TYPE_BYTES else int(victim[:15], 16)


def events(victim: str, now: int) -> Iterator[bytes]:
    """An event for each field, with the victim's identity in it."""
    for way in leaves(Event.DESCRIPTOR):
        event = Event(time=now)
        put(event, way, victim)
        if event.WhichOneof("kind") is None:
            event.process_start.process.pid = 1
        yield event.SerializeToString()


def messages(victim: str, epoch: int, last: int = 0, chain: bytes = START) -> Iterator[AgentMessage]:
    """A message of the session for each field outside of batches, with the victim's identity in it.

    `last`, `chain`: how far the speaker's own security lane is. Only of a sequence that is known there the collector
    looks at what else a checkpoint says, so all of it is right but for the field that is the victim's.
    """
    for way in leaves(AgentMessage.DESCRIPTOR):
        if way[0].name == "batch":
            continue
        message = AgentMessage()
        put(message, way, victim)
        if way[0].name == "hello":
            message.hello.version_low = message.hello.version_high = 1
            message.hello.epoch = message.hello.epoch or epoch
        if way[0].name == "checkpoint":
            said = message.checkpoint
            said.epoch, said.lane = said.epoch or epoch, LANE_SECURITY
            said.sequence, said.chain = said.sequence or last, said.chain or chain
        if way[0].name == "sample" and not message.sample.sha256:
            message.sample.sha256 = hashlib.sha256(victim.encode()).digest()
        yield message
