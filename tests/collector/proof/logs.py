"""A log for the proof's tests: real batches of real lanes, signed as agents do, and a hand that alters them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector.ca import host_of
from tramgac_collector.ingest import IngestLog, Limits
from tramgac_collector.ingest.attestation import attestation
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.session_pb2 import Checkpoint
from tramgac_wire import chain, segment
from tramgac_wire.batch import pack

EPOCH = 9


@dataclass
class Host:
    """A host with its key and lanes."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    ends: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return host_of(self.key.public_key())

    def send(
        self, log: IngestLog, lane: int = 1, count: int = 3, *, lost: int = 0, blobs=None, received: int = 1
    ) -> int:
        """Put a batch into the log, after `lost` events that were given up."""
        last, before = self.ends.get(lane, (0, chain.START))
        before = chain.extend(before, [b"lost"] * lost)
        blobs = blobs or [
            Event(time=number + 1).SerializeToString() for number in range(last + lost, last + lost + count)
        ]
        batch = pack(EPOCH, lane, last + lost + 1, before, blobs, gap=lost)
        after = chain.extend(before, blobs)
        self.ends[lane] = (last + lost + len(blobs), after)
        return log.submit(self.id, received, 0, batch, after).result(10)

    def said(self, lane: int = 1, **changes):
        sequence, end = self.ends[lane]
        signed = {"sequence": sequence, "chain": end, **changes}
        text = chain.checkpoint_bytes(EPOCH, lane, signed["sequence"], signed["chain"])
        signature = self.key.sign(text, ec.ECDSA(hashes.SHA256()))
        checkpoint = Checkpoint(epoch=EPOCH, lane=lane, signature=signature, **signed)
        return attestation(self.id, 1, checkpoint, self.key.public_key())

    def sign(self, log: IngestLog, lane: int = 1) -> int:
        return log.attest(self.said(lane)).result(10)


def open_log(paths: StatePaths, segment_bytes: int = 64 << 20) -> IngestLog:
    paths.make()
    return IngestLog(paths, limits=Limits(segment_bytes=segment_bytes), counts=Counts(), synced=lambda: None)


def alter(paths: StatePaths, change: Callable[[list[bytes]], None], number: int = 0) -> None:
    """Write a segment anew with its payloads changed, as one would who knows the format: checksums are right."""
    file = sorted(Path(paths.log_segments).glob("*.log"))[number]
    raw = file.read_bytes()
    first = int(file.stem, 16)
    salt = segment.salt_of(raw, first)
    read = lambda offset, size: raw[offset : offset + size]  # noqa: E731
    payloads = [found.payload for found in segment.scan(read, salt, first, segment.HEADER_BYTES)]
    change(payloads)
    records = [segment.record(salt, first + place, payload) for place, payload in enumerate(payloads)]
    file.write_bytes(raw[: segment.HEADER_BYTES] + b"".join(records))
    if number == len(list(Path(paths.log_segments).glob("*.log"))) - 1:
        paths.log_head.write_bytes((first + len(payloads)).to_bytes(8, "little"))
