"""The segment log: records of bytes, numbered densely from 0, in files of a few megabytes.

One process writes (SegmentLog), any number read (LogReader). On disk, little-endian:

    DIRECTORY/<first position, 16 hex digits>.log
    file    = header record*
    header  = "TGL1"  salt u32  first u64  crc32(these 16 bytes) u32            20 bytes
    record  = length u32  crc u32  payload                                       8 bytes and the payload
    crc     = crc32(length ‖ position u64 ‖ payload, starting from salt)

The position is under the checksum, so a record is valid in its place alone; the salt (random, a segment) keeps bytes
inside a payload from ever being taken for a record. A payload is never empty, so zeros are no record.

Promises:
- `append` returns a position; it is safe after a `sync` whose result is above it. A failed append leaves the log as it
  was. A failed sync leaves the log as it was at the last good sync: what came after is gone and said so (LogFailed
  carries nothing that was synced), because after a failed fsync the kernel may have dropped the pages.
- A segment is synced, with its directory, before the next is created: only the last one can have a torn tail. `open`
  cuts that at the first record that does not check and says so in `repair`; then it syncs, so that everything
  it found is safe (what an earlier process wrote and did not sync might be in the page cache only).
- `trim` removes whole segments, oldest first, never the last: positions are never given twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from tramgac_wire.fs import FileSystem


@dataclass(frozen=True, slots=True)
class Repair:
    """What opening had to cut from the last segment."""

    path: str
    position: int
    """Records from here on were unreadable and are gone; compare with what you know to have been synced."""
    cut_bytes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log."""

    path: str
    first: int
    next: int
    """One above its last position; equal to first if it is empty."""
    size: int
    """Bytes on disk."""


class SegmentLog:
    """The one writer of a log."""

    first: int
    """The lowest position held (equal to next when nothing is)."""
    next: int
    """The position that the next append will return."""
    synced: int
    """Positions below are on the disk."""
    size: int
    """Bytes on disk, all segments."""
    repair: Repair | None
    """What open() had to cut; None if the log was whole."""
    segments: tuple[Segment, ...]
    """Oldest first; the last is being written."""

    @classmethod
    def open(
        cls,
        fs: FileSystem,
        directory: str,
        *,
        segment_bytes: int = 4 << 20,
        opening: Callable[[int], bytes] | None = None,
    ) -> Self:
        """Open or create the log in a directory; everything found is safe when this returns.

        Args:
            fs: where it lives.
            directory: its folder; nothing else may live in it but files that do not end in `.log`.
            segment_bytes: a segment that has reached this size is closed and the next begun.
            opening: called with a position at the begin of each segment; what it returns becomes the record there
                (a snapshot, so that a reader may begin at any segment). Not called if None.

        Raises:
            OSError: the file system refused.
            LogDamaged: the last segment's name and content disagree.
        """
        raise NotImplementedError

    def append(self, payload: bytes) -> int:
        """Write one record and return its position; safe only after sync().

        Raises:
            OSError: it could not be written (ENOSPC, EIO); the log is as it was.
            LimitError: the payload is empty or above MAX_RECORD.
            LogFailed: the log is broken; open it again.
        """
        raise NotImplementedError

    def sync(self) -> int:
        """Make every appended record safe; return `synced`, equal to `next`.

        Raises:
            OSError: nothing after the last good sync is safe; those records were cut off, `next` is `synced`.
            LogFailed: that could not be done either; open the log again.
        """
        raise NotImplementedError

    def trim(self, before: int) -> int:
        """Remove the segments that hold only positions below `before`, never the last; return `first`."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the files; syncs nothing."""
        raise NotImplementedError


class LogReader:
    """Reads a log that this or another process writes."""

    def __init__(self, fs: FileSystem, directory: str) -> None:
        """Take the place; nothing is opened between calls."""
        raise NotImplementedError

    def read(self, position: int, *, until: int | None = None, max_bytes: int = 1 << 20) -> list[tuple[int, bytes]]:
        """Return records from a position on, as (position, payload).

        At least one if there is one, then as many as fit into max_bytes of payload, none at or above `until`; empty
        at the end. A record that is being written, or was torn, is the end.

        Raises:
            LogTrimmed: the position is below the log's first.
            LogDamaged: records before the end cannot be read; only if the first one asked for is such.
            OSError: the file system refused.
        """
        raise NotImplementedError

    def segments(self) -> tuple[int, ...]:
        """Return the first positions of the segments that are there now, ascending."""
        raise NotImplementedError
