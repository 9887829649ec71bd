"""Records of the ingest log: a batch with where and when it came from, or a snapshot of the watermarks."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tramgac_collector.errors import LogDamaged
from tramgac_proto.session_pb2 import Batch
from tramgac_wire.batch import unpack

_BATCH = struct.Struct(">B16sQI")
"""Type 1, host (16 bytes), received (ns since 1970), skip."""
_SNAPSHOT = struct.Struct(">BBI")
"""Type 2, flags, number of marks."""
_MARK = struct.Struct(">16sQBQ32s")
"""Host, epoch, lane, sequence, chain."""
_TYPE_BATCH, _TYPE_SNAPSHOT = 1, 2
_BEGIN, _END = 1, 2
_MARKS_A_RECORD = 8_000

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
    batch: Batch
    """As it came."""

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
    """Watermarks at one place in the log, or a part of them."""

    begin: bool
    end: bool
    marks: Mapping[Key, Mark]


def encode(host: str, received: int, skip: int, batch: Batch) -> bytes:
    """Encode a batch as a record."""
    return _BATCH.pack(_TYPE_BATCH, bytes.fromhex(host), received, skip) + batch.SerializeToString()


def decode(position: int, payload: bytes) -> Entry | Snapshot:
    """Decode a record.

    Raises:
        LogDamaged: it is neither a batch nor a snapshot (its CRC was right, so another program wrote it).

    """
    kind = payload[0] if payload else 0
    if kind == _TYPE_BATCH and len(payload) >= _BATCH.size:
        _, host, received, skip = _BATCH.unpack_from(payload)
        return Entry(position, host.hex(), received, skip, Batch.FromString(payload[_BATCH.size :]))
    if kind == _TYPE_SNAPSHOT and len(payload) >= _SNAPSHOT.size:
        _, flags, count = _SNAPSHOT.unpack_from(payload)
        return Snapshot(bool(flags & _BEGIN), bool(flags & _END), dict(_marks(payload, count)))
    message = f"record {position} of the ingest log is of unknown type {kind}: was it written by a newer version?"
    raise LogDamaged(message)


def encode_snapshot(marks: Mapping[Key, Mark]) -> Iterator[bytes]:
    """Encode all watermarks as one or more records of bounded size."""
    items = sorted(marks.items())
    parts = [items[at : at + _MARKS_A_RECORD] for at in range(0, len(items), _MARKS_A_RECORD)] or [[]]
    for number, part in enumerate(parts):
        flags = (_BEGIN if number == 0 else 0) | (_END if number == len(parts) - 1 else 0)
        yield _SNAPSHOT.pack(_TYPE_SNAPSHOT, flags, len(part)) + b"".join(_pack_marks(part))


def _pack_marks(items: Iterable[tuple[Key, Mark]]) -> Iterator[bytes]:
    for (host, epoch, lane), mark in items:
        yield _MARK.pack(bytes.fromhex(host), epoch, lane, mark.sequence, mark.chain)


def _marks(payload: bytes, count: int) -> Iterator[tuple[Key, Mark]]:
    if len(payload) != _SNAPSHOT.size + count * _MARK.size:
        message = f"a snapshot of {count} watermarks has {len(payload)} bytes"
        raise LogDamaged(message)
    for host, epoch, lane, sequence, chain in _MARK.iter_unpack(payload[_SNAPSHOT.size :]):
        yield (host.hex(), epoch, lane), Mark(sequence, chain)
