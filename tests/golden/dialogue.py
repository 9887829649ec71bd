"""Write what an agent and a collector of this version say: `python -m tests.golden.dialogue`, once for each tag.

A folder a version, never written again: `agent.bin` holds what the agent says, `collector.bin` what it hears, each
message preceded by its length (four bytes, big-endian).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from google.protobuf.message import Message
from tramgac_agent import VERSION
from tramgac_proto.names import KINDS
from tramgac_proto.session_pb2 import (
    AgentMessage,
    Checkpoint,
    CollectorMessage,
    ContentReport,
    Hello,
    LaneAck,
    Reason,
    SampleRefusal,
)
from tramgac_wire import chain
from tramgac_wire.batch import pack
from tramgac_wire.chain import checkpoint_bytes
from tramgac_wire.limits import CONTENT, DICTIONARY, SAMPLE, VERSION_HIGH, VERSION_LOW

from tests.golden.make import golden

FOLDER = Path(__file__).parent / "dialogue"
EPOCH, CLOCK = 0x1122334455667788, 1_790_000_000_000_000_000
URGENT, SECURITY, BULK = 1, 2, 3


def key() -> ec.EllipticCurvePrivateKey:
    """The host's key, the same for ever."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(b"golden").digest()), ec.SECP256R1())


def events() -> dict[int, list[bytes]]:
    """By lane, the events that the agent sends: one of each kind."""
    made = [message.SerializeToString(deterministic=True) for name, message in golden() if name in KINDS]
    return {URGENT: made[:2], SECURITY: made[2:-2], BULK: made[-2:]}


def said(own: ec.EllipticCurvePrivateKey) -> Iterator[AgentMessage]:
    """What an agent says on one stream."""
    can = [CONTENT, SAMPLE, DICTIONARY]
    about = {"agent_version": VERSION, "hostname": "pc-1", "clock": CLOCK, "epoch": EPOCH, "content": 3, "kept": [5]}
    yield AgentMessage(hello=Hello(version_low=VERSION_LOW, version_high=VERSION_HIGH, capabilities=can, **about))
    for lane, blobs in events().items():
        yield AgentMessage(batch=pack(EPOCH, lane, 1, chain.START, blobs))
        end = chain.extend(chain.START, blobs)
        point = Checkpoint(epoch=EPOCH, lane=lane, sequence=len(blobs), chain=end)
        point.signature = own.sign(checkpoint_bytes(EPOCH, lane, len(blobs), end), ec.ECDSA(hashes.SHA256()))
        yield AgentMessage(checkpoint=point)
        later = [b"\x09" + CLOCK.to_bytes(8, "little")]
        yield AgentMessage(batch=pack(EPOCH, lane, len(blobs) + 4, chain.extend(end, [b"given up"] * 3), later, gap=3))
    yield AgentMessage(content=ContentReport(version=4, loaded=True, current=4))
    yield AgentMessage(sample=SampleRefusal(sha256=bytes(32), reason="gone"))


def heard() -> Iterator[CollectorMessage]:
    """What it hears."""
    message = CollectorMessage()
    message.welcome.version, message.welcome.clock = VERSION_HIGH, CLOCK + 2_000_000_000
    message.welcome.acked.append(LaneAck(lane=SECURITY, sequence=1, chain=chain.START))
    message.welcome.content.version = 4
    message.welcome.content.dictionaries.extend([77])
    message.welcome.kept.add(epoch=5).acked.append(LaneAck(lane=SECURITY, sequence=9))
    yield message
    yield from (_ack((URGENT, 2)), _ack((SECURITY, 3), (BULK, 1)))
    for fill in (_throttle, _offer, _ask, _choose, _end):
        message = CollectorMessage()
        fill(message)
        yield message


def _ack(*lanes: tuple[int, int]) -> CollectorMessage:
    message = CollectorMessage()
    message.ack.epoch = EPOCH
    message.ack.lanes.extend(LaneAck(lane=lane, sequence=sequence) for lane, sequence in lanes)
    return message


def _throttle(message: CollectorMessage) -> None:
    message.throttle.wait_ms = 5_000


def _offer(message: CollectorMessage) -> None:
    message.content.version = 5


def _ask(message: CollectorMessage) -> None:
    message.sample.sha256, message.sample.limit = bytes(range(32)), 4_000


def _choose(message: CollectorMessage) -> None:
    message.rules.quiet, message.rules.urgent = b"abcdef", b"ghijkl"


def _end(message: CollectorMessage) -> None:
    message.goodbye.reason, message.goodbye.detail = Reason.REASON_SHUTDOWN, "for a while"
    message.goodbye.retry_after_ms = 3_000


def framed(messages: Iterator[Message]) -> bytes:
    """Messages as a file holds them."""
    raw = [message.SerializeToString(deterministic=True) for message in messages]
    return b"".join(len(each).to_bytes(4) + each for each in raw)


def frames(path: Path) -> Sequence[bytes]:
    """The messages of a file, as they were on the wire."""
    data, found = path.read_bytes(), []
    while data:
        size = int.from_bytes(data[:4])
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found


def main() -> None:
    """Write this version's, if it is not there."""
    folder = FOLDER / VERSION
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "agent.bin").write_bytes(framed(said(key())))
        (folder / "collector.bin").write_bytes(framed(heard()))


if __name__ == "__main__":
    main()
