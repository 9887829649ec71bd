"""The next record of a segment that can be read after one that cannot: bit rot, a page that was lost, a hand's edit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tramgac_wire import segment

_BEGINS: Final = re.compile(rb"(?!\x00{4})(?=.{3}\x00)", re.DOTALL)
"""Where a length may stand: it is not 0, and as MAX_RECORD is below 2 ** 24 its fourth byte is."""
_WINDOW: Final = 8 << 20
_FOLLOWERS: Final = 2
"""What looks like a record is one only if so many that look like one follow it, or the file's end does."""
_EFFORT: Final = 1 << 30
"""Bytes whose checksum is computed at most, so that a file of chance hits costs seconds and not hours."""
_EFFORT_EACH: Final = 64 << 20
"""The same for one that looks like a record, beside some for each byte passed over: so many records lay there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands, or should."""

    position: int
    offset: int


@dataclass(frozen=True, slots=True)
class Source:
    """A segment's bytes."""

    read: Callable[[int, int], bytes]
    """Returns at most (offset, size) bytes; fewer only at the end."""
    size: int
    salt: int

    def intact(self, place: Place) -> int:
        """Return the size of the record there, bytes; 0 if it does not check."""
        raw = self.record(place.offset)
        return len(raw) if raw and segment.intact(self.salt, place.position, raw) else 0

    def record(self, offset: int) -> bytes:
        """Return the bytes that would be the record at an offset; empty if none can be there."""
        length = segment.length_of(self.read(offset, segment.FRAME_BYTES))
        whole = segment.FRAME_BYTES + length
        return self.read(offset, whole) if length and offset + whole <= self.size else b""

    def after(self, offset: int) -> int:
        """Return where the record after that at an offset would begin; 0 if none can be at the offset."""
        length = segment.length_of(self.read(offset, segment.FRAME_BYTES))
        return offset + segment.FRAME_BYTES + length if length else 0


def find(source: Source, bad: Place, limit: int) -> Place | None:
    """Return the first record that can be read after the bad one; None if there is none below position `limit`.

    A record between two bad ones may be passed over; what is returned checks for certain.
    """
    return _by_lengths(source, bad, limit) or _by_looks(source, bad, limit)


def _by_lengths(source: Source, bad: Place, limit: int) -> Place | None:
    """Believe the lengths: most often it is a payload that went bad."""
    offset = bad.offset
    for position in range(bad.position + 1, limit):
        offset = source.after(offset)
        if not 0 < offset < source.size:
            return None
        if source.intact(place := Place(position, offset)):
            return place
    return None


def _by_looks(source: Source, bad: Place, limit: int) -> Place | None:
    """Look at every byte where a record may begin; its checksum then says which position it has."""
    effort = _EFFORT
    for offset in _beginnings(source, bad.offset + 1):
        if not _followed(source, offset) or not (raw := source.record(offset)):
            continue
        if effort <= 0:
            break
        tries = min(effort, _EFFORT_EACH + 8 * (offset - bad.offset)) // len(raw)
        for position in range(bad.position + 1, min(limit, bad.position + 1 + tries)):
            effort -= len(raw)
            if segment.intact(source.salt, position, raw):
                return Place(position, offset)
    return None


def _beginnings(source: Source, offset: int) -> Iterator[int]:
    while offset < source.size:
        window = source.read(offset, _WINDOW + 3)
        yield from (offset + found.start() for found in _BEGINS.finditer(window))
        offset += _WINDOW


def _followed(source: Source, offset: int) -> bool:
    for _ in range(1 + _FOLLOWERS):
        if source.size - offset < segment.FRAME_BYTES:
            break  # the end, or what is being written there just now
        offset = source.after(offset)
        if not offset:
            return False
    return True
