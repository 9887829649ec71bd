"""Marks of lanes as messages."""

from __future__ import annotations

import struct

from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.entry import Entry, Mark
from tramgac_collector.ingest.entry import decode as decode_record

_MARK = struct.Struct(">Q32s")
"""Sequence and chain."""


def encode(mark: Mark) -> bytes:
    """Encode a mark."""
    return _MARK.pack(mark.sequence, mark.chain)


def decode(data: bytes) -> Mark:
    """Decode a mark. Raises LogDamaged."""
    try:
        return Mark(*_MARK.unpack(data))
    except struct.error as error:
        raise LogDamaged(f"a mark in the queue does not decode: {error}") from None


def of_batch(data: bytes) -> Mark:
    """Give the mark that a batch in the queue makes. Raises LogDamaged."""
    entry = decode_record(0, data)
    if not isinstance(entry, Entry):
        raise LogDamaged("what stands in the queue in place of a batch is none")
    return Mark(entry.batch.first + entry.batch.count - 1, entry.chain)
