"""Holes: records of the ingest log that a consumer could not read any more, each a small file in the log's folder.

Files, not rows: each consumer can say so whatever else is away, and what was said outlives it.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tramgac_wire.fs import OsFileSystem

from tramgac_collector import durable
from tramgac_collector.ingest.entry import Key
from tramgac_collector.ingest.recovery import marks_at
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

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.consumer}-{self.first:020d}-{self.next:020d}.json"


def record(paths: StatePaths, consumer: str, first: int, after: int, reason: str) -> None:
    """Write down that `consumer` goes on at `after` although it stood at `first`; on the disk when this returns."""
    hole = Hole(consumer, first, after, reason, time.time_ns())
    paths.holes.mkdir(mode=0o700, parents=True, exist_ok=True)
    durable.write(paths.holes / hole.name, json.dumps(asdict(hole)).encode())


def listing(paths: StatePaths) -> list[Hole]:
    """Give all holes by consumer and place. A person who has read of one may remove its file."""
    return [hole for file in sorted(paths.holes.glob("*.json")) if (hole := _read(file)) is not None]


def _read(file: Path) -> Hole | None:
    try:
        return Hole(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):  # just removed, or not of our writing
        return None


def lost(paths: StatePaths, hole: Hole) -> dict[Key, tuple[int, int]]:
    """Give the first and the last sequence that stood in a hole, by lane; empty where that cannot be known any more.

    The log knows the watermarks on both sides of it, from the snapshots that its segments begin with.
    """
    fs, folder = OsFileSystem(), str(paths.log_segments)
    before, after = marks_at(fs, folder, hole.first), marks_at(fs, folder, hole.next)
    if before is None or after is None:
        return {}
    found: dict[Key, tuple[int, int]] = {}
    for key, mark in after.all().items():
        known = before.get(key)
        first = known.sequence + 1 if known else 1
        if mark.sequence >= first:
            found[key] = (first, mark.sequence)
    return found
