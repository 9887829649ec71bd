"""What the ingest log knows when it is opened: the watermarks, from the newest snapshot and what came after it."""

from __future__ import annotations

from collections.abc import Iterator

from tramgac_wire.errors import LogError
from tramgac_wire.fs import FileSystem
from tramgac_wire.log import LogReader

from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.entry import Entry, Snapshot, decode
from tramgac_collector.ingest.marks import Marks

_READ_BYTES = 8 << 20


def recover(fs: FileSystem, directory: str) -> tuple[Marks, int]:
    """Give the watermarks at the end of the log, and when its last batch was received (ns since 1970).

    Each segment begins with a snapshot; one that a crash cut off is passed over for the one before.

    Raises:
        LogDamaged: the log's beginning is gone and no snapshot is left: what was acknowledged cannot be known.
    """
    reader = LogReader(fs, directory)
    segments = reader.segments()
    for first in reversed(segments):
        begin = reader.read(first, max_bytes=1)
        if begin and isinstance(snapshot := decode(*begin[0]), Snapshot):
            return _fold(Marks(snapshot.marks), _entries(reader, first + 1))
    if segments and segments[0] > 0:
        raise LogDamaged(
            f"{directory} begins at position {segments[0]} and holds no snapshot of its watermarks: restore the folder"
            " from a backup, or move it away (agents then send again what they still have)"
        )
    return _fold(Marks(), _entries(reader, 0))


def marks_at(fs: FileSystem, directory: str, position: int) -> Marks | None:
    """Give the watermarks just before `position`; None where they cannot be known any more.

    Records before it may be unreadable, as long as a snapshot follows them.
    """
    reader = LogReader(fs, directory)
    for first in reversed([first for first in reader.segments() if first <= position]):
        try:
            begin = reader.read(first, max_bytes=1)
            if begin and isinstance(snapshot := decode(*begin[0]), Snapshot):
                return _fold(Marks(snapshot.marks), _entries(reader, first + 1, position))[0]
        except (LogError, LogDamaged):
            continue  # this segment says nothing any more; the one before may
    return None


def _fold(marks: Marks, entries: Iterator[Entry]) -> tuple[Marks, int]:
    received = 0
    for entry in entries:
        marks.fold((entry,))
        received = max(received, entry.received)
    return marks, received


def _entries(reader: LogReader, position: int, until: int | None = None) -> Iterator[Entry]:
    while (until is None or position < until) and (
        records := reader.read(position, until=until, max_bytes=_READ_BYTES)
    ):
        for number, payload in records:
            record = decode(number, payload)
            if isinstance(record, Entry):
                yield record
        position = records[-1][0] + 1
