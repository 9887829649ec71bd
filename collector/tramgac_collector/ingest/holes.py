"""Holes: records of the ingest log that a consumer could not read any more, each a small file in the log's folder.

Files, not rows: each consumer can say so whatever else is away, and what was said outlives it.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tramgac_wire import whole
from tramgac_wire.fs import OsFileSystem

from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest.entry import Entry, Key, Snapshot
from tramgac_collector.ingest.reading import head, open_reader
from tramgac_collector.ingest.recovery import marks_at, records
from tramgac_collector.paths import StatePaths


@dataclass(frozen=True, slots=True)
class Hole:
    """Records `first` .. `next - 1`, which `consumer` went past without having read them."""

    consumer: str
    first: int
    next: int
    reason: str
    noticed: int
    """Nanoseconds since 1970 UTC."""
    evidence: str = ""
    """Name of the file beside it that keeps the bytes that stood there; empty where there were none."""

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.consumer}-{self.first:020d}-{self.next:020d}.json"


@dataclass(frozen=True, slots=True)
class Loss:
    """What stood in a hole, as far as the log can tell."""

    lanes: dict[Key, tuple[int, int]]
    """First and last sequence, by lane."""
    final: bool
    """Whether nothing more can become known: a snapshot of the watermarks follows, or what came before is gone."""


def record(paths: StatePaths, consumer: str, met: Unreadable) -> None:
    """Write down that `consumer` goes past what it could not read, and keep the bytes; on the disk when this returns.

    Raises:
        OSError: it could not be written; the consumer must not go on.

    """
    paths.holes.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = f"{consumer}-{met.first:020d}-{met.next:020d}.bytes" if met.evidence else ""
    if kept:  # each consumer its own: both may meet it at once
        whole.write(paths.holes / kept, met.evidence)
    hole = Hole(consumer, met.first, met.next, met.reason, time.time_ns(), kept)
    whole.write(paths.holes / hole.name, json.dumps(asdict(hole)).encode())


def listing(paths: StatePaths) -> list[Hole]:
    """Give all holes by consumer and place. A person who has read of one may remove its file."""
    return [hole for file in sorted(paths.holes.glob("*.json")) if (hole := _read(file)) is not None]


def _read(file: Path) -> Hole | None:
    try:
        return Hole(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):  # just removed, or not of our writing
        return None


def lost(paths: StatePaths, hole: Hole) -> Loss:
    """Give what stood in a hole.

    The log knows the watermarks before it, from the snapshot that its segment begins with. After it each batch tells
    where its lane was, and the next snapshot where all were; and what only this consumer could not read tells itself.
    """
    before = marks_at(OsFileSystem(), str(paths.log_segments), hole.first)
    if before is None:
        return Loss({}, final=True)
    inside: dict[Key, int] = {}
    after: dict[Key, int] = {}
    final = False
    for found in records(open_reader(paths), hole.first, head(paths)):
        if isinstance(found, Entry) and found.position < hole.next:
            inside[_key(found)] = found.batch.first + found.batch.count - 1
        elif isinstance(found, Entry):
            after.setdefault(_key(found), _before(found))
        elif isinstance(found, Snapshot) and found.position >= hole.next:
            after = {key: mark.sequence for key, mark in found.marks.items()} | after
            final = True
            break
    known = {key: mark.sequence for key, mark in before.all().items()}
    lanes = {key: (known.get(key, 0) + 1, last) for key, last in (inside | after).items() if last > known.get(key, 0)}
    return Loss(lanes, final)


def _key(entry: Entry) -> Key:
    return (entry.host, entry.batch.epoch, int(entry.batch.lane))


def _before(entry: Entry) -> int:
    """Give the last sequence of its lane that was in the log when an entry was written."""
    batch = entry.batch
    return batch.first + entry.skip - 1 if entry.skip else batch.first - 1 - batch.gap
