"""What the ingest log knows when it is opened: the watermarks, from the newest snapshot and what came after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog
from tramgac_wire import errors
from tramgac_wire.fs import FileSystem
from tramgac_wire.log import LogReader

from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.entry import Entry, Record, Snapshot, decode
from tramgac_collector.ingest.marks import Marks

_READ_BYTES = 8 << 20
_log = structlog.get_logger(__name__)


def recover(fs: FileSystem, directory: str, until: int | None = None) -> tuple[Marks, int]:
    """Give the watermarks at the end of the log, and when its last batch was received (ns since 1970).

    Each segment begins with a snapshot; one that cannot be read is passed over for the one before, and so are records
    that cannot be read after it: what they held is not in the watermarks. Positions below `until` are known to be
    there; None: what is torn is the end.

    Raises:
        LogDamaged: the log's beginning is gone, or is another program's, and no snapshot is left: what was acknowledged
            cannot be known.
    """
    reader = LogReader(fs, directory)
    segments = reader.segments()
    for first in reversed(segments):
        if (snapshot := _snapshot(reader, first)) is not None:
            return _fold(Marks(snapshot.marks), records(reader, first + 1, until))
    if segments and segments[0] > 0:
        raise LogDamaged(
            f"{directory} begins at position {segments[0]} and holds no snapshot of its watermarks: restore the folder"
            " from a backup, or move it away (agents then send again what they still have)"
        )
    if segments:
        _begin(reader, 0)  # of unknown type, it raises: then so may be all that follows
    return _fold(Marks(), records(reader, 0, until))


def marks_at(fs: FileSystem, directory: str, position: int) -> Marks | None:
    """Give the watermarks just before `position`; None where they cannot be known any more.

    Records before it may be unreadable: what they held is in the watermarks only if a snapshot follows them.
    """
    reader = LogReader(fs, directory)
    for first in reversed([first for first in reader.segments() if first <= position]):
        if (snapshot := _snapshot(reader, first)) is not None:
            return _fold(Marks(snapshot.marks), records(reader, first + 1, position))[0]
    return None


def records(reader: LogReader, position: int, until: int | None = None) -> Iterator[Record]:
    """Give all that can be read from a position on, below `until`, passing over what cannot."""
    while until is None or position < until:
        try:
            found = reader.read(position, until=until, max_bytes=_READ_BYTES)
        except errors.LogTrimmed as gone:
            position = gone.first
            continue
        except errors.LogDamaged as damaged:
            position = damaged.resume
            continue
        if not found:
            return
        for number, payload in found:
            try:
                yield decode(number, payload)
            except LogDamaged as error:
                _log.warning("a record is passed over", error=str(error))
        position = found[-1][0] + 1


def _snapshot(reader: LogReader, first: int) -> Snapshot | None:
    """Give the snapshot that a segment begins with; None if it cannot be read (any more)."""
    try:
        record = _begin(reader, first)
    except LogDamaged:
        return None
    return record if isinstance(record, Snapshot) else None


def _begin(reader: LogReader, first: int) -> Record | None:
    """Give the record that a segment begins with; None if it cannot be read. LogDamaged if it is of unknown type."""
    try:
        begin = reader.read(first, max_bytes=1)
    except errors.LogError:
        return None
    return decode(*begin[0]) if begin else None


def _fold(marks: Marks, found: Iterable[Record]) -> tuple[Marks, int]:
    received = 0
    for record in found:
        if isinstance(record, Entry):
            marks.fold((record,))
            received = max(received, record.received)
    return marks, received
