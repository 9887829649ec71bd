"""The consumers' side of the ingest log."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import LogReader

from tramgac_collector import durable
from tramgac_collector.ingest.entry import Entry, decode
from tramgac_collector.paths import StatePaths

_U64 = struct.Struct("<Q")


def head(paths: StatePaths) -> int:
    """Positions below the result are synced; 0 while the log is new."""
    return _read_u64(paths.log_head)


def consume(paths: StatePaths, from_position: int, *, max_bytes: int = 8 << 20) -> Iterator[Entry]:
    """Give the entries from `from_position` that are synced now, in order; then it ends.

    A consumer calls it again after the bell (`bell.Bell`), from its cursor: last position + 1. Snapshots are passed
    over. `max_bytes` is how much is read at once.

    Raises:
        tramgac_wire.errors.LogTrimmed: that position is gone.
        LogDamaged: a record is of unknown type.

    """
    until = head(paths)
    reader = LogReader(OsFileSystem(), str(paths.log_segments))
    position = from_position
    while position < until:
        records = reader.read(position, until=until, max_bytes=max_bytes)
        if not records:
            return
        for number, payload in records:
            record = decode(number, payload)
            if isinstance(record, Entry):
                yield record
        position = records[-1][0] + 1


def tell_cursor(paths: StatePaths, consumer: str, position: int) -> None:
    """Tell the gateway that `consumer` (store, judge) is past all positions below `position`, so that it may trim."""
    _write_u64(paths.cursor(consumer), position)


def read_cursor(paths: StatePaths, consumer: str) -> int:
    """What `consumer` told last; 0 if nothing."""
    return _read_u64(paths.cursor(consumer))


def set_aside(paths: StatePaths, consumer: str, entry: Entry, reason: str) -> bool:
    """Keep a copy of an entry that `consumer` cannot read, with the reason; False if it was there from before.

    It is on the disk when this returns: the consumer's cursor, which is, may go past it.
    """
    target = paths.poison / f"{consumer}-{entry.position:020d}.batch"
    if target.exists():
        return False
    paths.poison.mkdir(mode=0o700, parents=True, exist_ok=True)
    why = f"host {entry.host}\nreceived {entry.received}\nreason {reason}\n"
    durable.write(target.with_suffix(".txt"), why.encode("utf-8", "backslashreplace"))
    durable.write(target, entry.batch.SerializeToString())  # the last: where it is, both are
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
