"""Records of the ingest log: a batch with where and when it came from, a snapshot of the watermarks, an attestation."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from tramgac_proto.session_pb2 import Batch
from tramgac_wire.batch import unpack

from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest import attestation
from tramgac_collector.ingest.attestation import Attestation

_BATCH = struct.Struct(">B16sQI32s")
"""Type 1, host (16 bytes), received (ns since 1970), skip, the lane's chain after the batch."""
_SNAPSHOT = struct.Struct(">BI")
"""Type 2, number of marks."""
_MARK = struct.Struct(">16sQBQ32s")
"""Host, epoch, lane, sequence, chain."""
_TYPE_BATCH, _TYPE_SNAPSHOT = 1, 2

Key = tuple[str, int, int]
"""(host, epoch, lane)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one lane of one epoch of a host has come."""

    sequence: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch in the log."""

    position: int
    """Its number in the log, the `offset` of its events in the event store."""
    host: str
    """32 hexadecimal digits, from the certificate of the stream."""
    received: int
    """When it reached us, nanoseconds since 1970 UTC, never decreasing in the log."""
    skip: int
    """How many of its first events were in the log before."""
    chain: bytes
    """The lane's chain after its last event."""
    batch: Batch
    """As it came, but for `gap`: the sequences just before its first that the log does not have and never will."""

    def events(self) -> Iterator[tuple[int, bytes]]:
        """Give sequence and encoded event of all that are new here.

        Raises:
            tramgac_wire.errors.WireError: the batch is not what it says (the gateway had looked).
        """
        for place, blob in enumerate(unpack(self.batch)):
            if place >= self.skip:
                yield self.batch.first + place, blob


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All watermarks at one place in the log."""

    position: int
    marks: Mapping[Key, Mark]


Record = Entry | Snapshot | Attestation
"""Whatever stands in the log."""


def encode(host: str, received: int, skip: int, chain: bytes, batch: Batch) -> bytes:
    """Encode a batch as a record."""
    return _BATCH.pack(_TYPE_BATCH, bytes.fromhex(host), received, skip, chain) + batch.SerializeToString()


def encode_snapshot(marks: Mapping[Key, Mark]) -> bytes:
    """Encode all watermarks as a record: 65 bytes each, so that MAX_RECORD holds those of 80,000 hosts."""
    parts = [_SNAPSHOT.pack(_TYPE_SNAPSHOT, len(marks))]
    for (host, epoch, lane), mark in marks.items():
        parts.append(_MARK.pack(bytes.fromhex(host), epoch, lane, mark.sequence, mark.chain))
    return b"".join(parts)


def decode(position: int, payload: bytes) -> Record:
    """Decode a record.

    Raises:
        LogDamaged: it is none of them (its CRC was right, so another program wrote it).
    """
    kind = payload[0] if payload else 0
    try:
        if kind == _TYPE_BATCH:
            _, host, received, skip, chain = _BATCH.unpack_from(payload)
            return Entry(position, host.hex(), received, skip, chain, Batch.FromString(payload[_BATCH.size :]))
        if kind == _TYPE_SNAPSHOT:
            return Snapshot(position, _marks(payload))
        if kind == attestation.TYPE:
            return attestation.decode(position, payload)
    except (struct.error, DecodeError) as error:
        raise LogDamaged(f"record {position} of the ingest log does not decode: {error}") from None
    raise LogDamaged(f"record {position} of the ingest log is of unknown type {kind}: did a newer version write it?")


def _marks(payload: bytes) -> dict[Key, Mark]:
    _, count = _SNAPSHOT.unpack_from(payload)
    marks = {
        (host.hex(), epoch, lane): Mark(sequence, chain)
        for host, epoch, lane, sequence, chain in _MARK.iter_unpack(payload[_SNAPSHOT.size :])
    }
    if len(marks) != count:
        raise LogDamaged(f"a snapshot of {count} watermarks holds {len(marks)}")
    return marks
