"""A frame of the spool: a run of consecutive events of one lane as one record of the lane's segment log.

    epoch u64  first u64  count u32  age u32  chain 32 bytes  events (each preceded by its length as a varint)

Big-endian. `age` counts the seconds that agents have run on this spool, not the wall clock, which may jump by years.
"""

from __future__ import annotations

import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tramgac_wire.batch import join, split
from tramgac_wire.errors import LogDamaged, LogTrimmed, WireError
from tramgac_wire.limits import MAX_BATCH_BYTES, MAX_BATCH_EVENTS
from tramgac_wire.log import LogReader

from tramgac_agent.errors import SpoolError
from tramgac_agent.paths import LANES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tramgac_wire.fs import FileSystem

_log = logging.getLogger(__name__)
_HEADER: Final = struct.Struct(">QQII32s")
FRAME_BYTES: Final = 256_000
"""A frame that has reached this size is written."""
FRAME_EVENTS: Final = 500
"""A frame that has so many events is written."""
PREFIX: Final = 3
"""Bytes of an event's length prefix at most (varint of a number below 2 million)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Consecutive events of one lane: `first` is the sequence of blobs[0], `chain` the lane's chain before it."""

    epoch: int
    first: int
    age: int
    chain: bytes
    blobs: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """Sequence of the last event."""
        return self.first + len(self.blobs) - 1


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the events of a frame."""

    epoch: int
    first: int
    count: int
    age: int
    chain: bytes

    @property
    def last(self) -> int:
        """Sequence of the last event."""
        return self.first + self.count - 1


def encode(frame: Frame) -> bytes:
    """The record."""
    return _HEADER.pack(frame.epoch, frame.first, len(frame.blobs), frame.age, frame.chain) + join(frame.blobs)


def header(record: bytes) -> Header:
    """The head of a record. Raises SpoolError if there is none."""
    if len(record) <= _HEADER.size:
        raise SpoolError(f"spool: a record of {len(record)} bytes is no frame; it is passed over")
    epoch, first, count, age, chain = _HEADER.unpack_from(record)
    return Header(epoch, first, count, age, chain)


def decode(record: bytes) -> Frame:
    """The frame. Raises SpoolError if the record is none."""
    head = header(record)
    try:
        blobs = split(record[_HEADER.size :], head.count)
    except WireError as error:
        raise SpoolError(f"spool: the frame of sequence {head.first} is damaged: {error}; it is passed over") from error
    return Frame(head.epoch, head.first, head.age, head.chain, tuple(blobs))


def scan(reader: LogReader, position: int = 0) -> Iterator[tuple[int, bytes]]:
    """All records from a position on, passing over what was trimmed or is damaged."""
    while True:
        try:
            records = reader.read(position)
        except LogTrimmed as error:
            position = error.first
            continue
        except LogDamaged as error:
            position = error.resume
            continue
        if not records:
            return
        yield from records
        position = records[-1][0] + 1


class SpoolReader:
    """The uplink's side: reads what was announced, writes nothing. Remembers where it stood in each lane."""

    def __init__(self, fs: FileSystem, directory: Path) -> None:
        self._readers = {lane: LogReader(fs, str(directory / name)) for lane, name in LANES.items()}
        self._cursors: dict[int, tuple[int, int, int]] = {}

    def read(
        self,
        epoch: int,
        lane: int,
        first: int,
        *,
        until: int,
        limits: tuple[int, int] = (MAX_BATCH_BYTES, MAX_BATCH_EVENTS),
    ) -> list[Frame]:
        """Whole consecutive frames that hold `first` and what follows, below sequence `until`, within one batch.

        The first frame may begin before `first`; where what stands there was given up in the meantime
        or is damaged it begins after it: that is the gap. `limits` are bytes of the joined events, and events.
        Raises OSError.
        """
        known_epoch, known_next, position = self._cursors.get(lane, (0, 0, 0))
        start = position if (known_epoch, known_next) == (epoch, first) else self._near(lane, epoch, first)
        frames: list[Frame] = []
        size = 0
        for at, record in scan(self._readers[lane], start):
            head = _head(record)
            if head is None or head.epoch != epoch or head.last < first:
                continue
            size += len(record)
            events = sum(len(frame.blobs) for frame in frames) + head.count
            broken = bool(frames) and head.first != frames[-1].last + 1
            if head.first >= until or broken or (frames and (size > limits[0] or events > limits[1])):
                break
            try:
                frames.append(decode(record))
            except SpoolError as error:
                if frames:
                    break  # the next read begins with it
                _log.error("%s lane: %s", LANES[lane], error)
                size = 0
                continue
            self._cursors[lane] = (epoch, head.last + 1, at + 1)
        return frames

    def _near(self, lane: int, epoch: int, first: int) -> int:
        """A log position before which nothing of this epoch from `first` on stands: where a segment begins.

        Megabytes that were acknowledged may lie before it.
        """
        reader = self._readers[lane]
        for position in reversed(reader.segments()):
            found = next(scan(reader, position), None)
            head = None if found is None else _head(found[1])
            if head is not None and head.epoch == epoch and head.first <= first:
                return position
        return 0


def _head(record: bytes) -> Header | None:
    try:
        return header(record)
    except SpoolError:
        return None
