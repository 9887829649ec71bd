"""The consumers' side of the ingest log."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from tramgac_wire import whole
from tramgac_wire.errors import LogDamaged, LogTrimmed
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import LogReader

from tramgac_collector import errors, judges
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest.entry import Entry, Record, decode
from tramgac_collector.paths import StatePaths

EVIDENCE_BYTES = 64 << 20
"""So much of a damaged stretch is kept."""
_U64 = struct.Struct("<Q")


def head(paths: StatePaths) -> int:
    """Positions below the result are synced; 0 while the log is new."""
    return _read_u64(paths.log_head)


def open_reader(paths: StatePaths) -> LogReader:
    """Give a reader of the log's segments; kept by a consumer, it does not look for its place each time."""
    return LogReader(OsFileSystem(), str(paths.log_segments))


def consume(
    paths: StatePaths, from_position: int, *, reader: LogReader | None = None, max_bytes: int = 8 << 20
) -> Iterator[Entry]:
    """Give the entries from `from_position` that are synced now, in order; then it ends.

    A consumer calls it again after the bell (`bell.Bell`), from its cursor: last position + 1. Snapshots are passed
    over. `max_bytes` is how much is read at once.

    Raises:
        Unreadable: the next records are gone, damaged (looked at twice) or of unknown type (read twice). A consumer
            that calls again from `next` goes on after them.
        OSError: the disk does not give them.

    """
    until = head(paths)
    reader = reader or open_reader(paths)
    position = from_position
    while position < until:
        for number, payload in _read(paths, reader, position, until, max_bytes):
            record = _decoded(paths, number, payload)
            if isinstance(record, Entry):
                yield record
            position = number + 1


def _read(paths: StatePaths, reader: LogReader, position: int, until: int, size: int) -> list[tuple[int, bytes]]:
    try:
        try:
            return reader.read(position, until=until, max_bytes=size)
        except LogDamaged:
            return open_reader(paths).read(position, until=until, max_bytes=size)
    except LogTrimmed as gone:
        raise Unreadable(position, gone.first, "log_trimmed", str(gone)) from None
    except LogDamaged as damaged:
        evidence = _bytes_of(damaged)
        raise Unreadable(damaged.position, damaged.resume, "log_damaged", str(damaged), evidence) from None


def _bytes_of(damaged: LogDamaged) -> bytes:
    """Give what stands where records cannot be read, EVIDENCE_BYTES at most; nothing if the disk gives none."""
    start, end = damaged.span
    try:
        with Path(damaged.path).open("rb") as file:
            file.seek(start)
            return file.read(min(end - start, EVIDENCE_BYTES))
    except OSError:
        return b""


def _decoded(paths: StatePaths, number: int, payload: bytes) -> Record:
    try:
        return decode(number, payload)
    except errors.LogDamaged:
        ((_, payload),) = _read(paths, open_reader(paths), number, number + 1, 1)
    try:
        return decode(number, payload)
    except errors.LogDamaged as unknown:
        raise Unreadable(number, number + 1, "record_unknown", str(unknown), payload) from None


def tell_cursor(paths: StatePaths, consumer: str, position: int) -> None:
    """Tell the gateway that `consumer` (store, judge) is past all positions below `position`, so that it may trim."""
    _write_u64(paths.cursor(consumer), position)


def read_cursor(paths: StatePaths, consumer: str) -> int:
    """What `consumer` told last; 0 if nothing."""
    return _read_u64(paths.cursor(consumer))


def consumers(paths: StatePaths) -> tuple[str, ...]:
    """Name who reads the log: the store and the judges, those too that read it before and are not past it."""
    others = (file.name.removeprefix("cursor-") for file in paths.log.glob(f"cursor-{judges.ROLE}-*"))
    return ("store", judges.ROLE, *sorted(others))


def worked_on(paths: StatePaths, consumer: str, before: int) -> bool:
    """Tell whether `consumer` has worked on all batches below a position: what else stands there moves no cursor."""
    found = next(consume(paths, read_cursor(paths, consumer), max_bytes=1), None)
    return found is None or found.position >= before


def set_aside(paths: StatePaths, consumer: str, entry: Entry, reason: str) -> bool:
    """Keep a copy of an entry that `consumer` cannot read, with the reason; False if it was there from before.

    It is on the disk when this returns: the consumer's cursor, which is, may go past it.
    """
    target = paths.poison / f"{consumer}-{entry.position:020d}.batch"
    if target.exists():
        return False
    paths.poison.mkdir(mode=0o700, parents=True, exist_ok=True)
    why = f"host {entry.host}\nreceived {entry.received}\nreason {reason}\n"
    whole.write(target.with_suffix(".txt"), why.encode("utf-8", "backslashreplace"))
    whole.write(target, entry.batch.SerializeToString())  # the last: where it is, both are
    return True


def _read_u64(file: Path) -> int:
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return 0
    return int(_U64.unpack(data)[0]) if len(data) == _U64.size else 0


def _write_u64(file: Path, value: int) -> None:
    # 8 bytes by one pwrite: a reader sees the old or the new value.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, _U64.pack(value), 0)
    finally:
        os.close(descriptor)
