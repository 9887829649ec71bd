"""What must not be cut: a log that is opened loses the end of its last segment from the first torn record on.

That is right for what no fsync had covered. Where records below the head cannot be read it would take all that follows
them along, acknowledged as it is, and give their positions a second time; so the segment is closed as it lies there, a
new one begins at the head, and consumers pass the damage like any other.
"""

from __future__ import annotations

import contextlib
import posixpath
from dataclasses import dataclass

import structlog
from tramgac_wire import segment
from tramgac_wire.errors import LogDamaged
from tramgac_wire.fs import FileSystem
from tramgac_wire.log import LogReader

from tramgac_collector.ingest.entry import encode_snapshot
from tramgac_collector.ingest.recovery import recover

_READ_BYTES = 8 << 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seal:
    """A segment that was closed because of what cannot be read in it."""

    bad: int
    """The first record that cannot be read."""
    next: int
    """Where the new segment begins."""


def seal(fs: FileSystem, directory: str, head: int) -> Seal | None:
    """Close the last segment if not all below `head` can be read in it; None if all is well.

    Call it before the log is opened for writing.

    Raises:
        IngestError: the watermarks cannot be known.
        OSError: the file system refused; nothing has changed.
    """
    reader = LogReader(fs, directory)
    segments = reader.segments()
    if head == 0 or any(_end(reader, first) > first for first in segments if first >= head):
        return None  # nothing is known, or a segment after it is whole: what is before that is never touched
    below = [first for first in segments if first < head]
    bad = _end(reader, below[-1]) if below else 0
    if bad >= head:
        return None
    marks, _ = recover(fs, directory, head)
    start, salt = segment.header(head)
    start += segment.record(salt, head, encode_snapshot(marks.all()))
    _put(fs, directory, segment.name(head), start)
    _log.error("acknowledged records cannot be read; a new segment begins after them", bad=bad, next=head)
    return Seal(bad, head)


def _put(fs: FileSystem, directory: str, name: str, data: bytes) -> None:
    """Make a file that is whole or not there, whatever happens (see `tramgac_wire.whole`)."""
    path = posixpath.join(directory, name)
    part = path + ".part"
    with contextlib.suppress(FileNotFoundError):
        fs.remove(part)
    handle = fs.create(part)
    try:
        fs.write(handle, 0, data)
        fs.sync(handle)
    finally:
        fs.close(handle)
    fs.rename(part, path)
    fs.sync_directory(directory)


def _end(reader: LogReader, first: int) -> int:
    """Give the position after the last record that can be read without a break from a segment's first on."""
    position = first
    with contextlib.suppress(LogDamaged):
        while found := reader.read(position, max_bytes=_READ_BYTES):
            position = found[-1][0] + 1
    return position
