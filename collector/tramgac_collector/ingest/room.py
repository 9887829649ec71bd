"""Room on the disk for the ingest log: when it is too little, and which segments may go."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_wire.log import SegmentLog

from tramgac_collector.errors import DiskFull
from tramgac_collector.ingest.reading import consumers, read_cursor
from tramgac_collector.paths import StatePaths

TRIM_EVERY_S = 10.0
AMPLE, AMPLE_S = 1 << 30, 0.25
"""With so many bytes free above the minimum nobody looks again for so long: no disk writes them in that time."""
LOW = 2
"""With less free than so many times the minimum agents hold back, so that what is urgent finds room for longer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much room the log may take."""

    segment_bytes: int = 64 << 20
    minimum_free_bytes: int = 0
    """Refuse batches when the disk has less."""
    keep_s: float = 86_400.0
    """Keep a segment so long after all consumers are past it."""
    gather_s: float = 0.0
    """How long a batch that is not urgent waits for others to share its fsync."""


def free_bytes(paths: StatePaths) -> int:
    """How much a file of the log may still grow: what the disk has for users other than root."""
    found = os.statvfs(paths.log_segments)
    return found.f_bavail * found.f_frsize


@dataclass(slots=True)
class Room:
    """Looks after one log's disk; for the log's own thread."""

    paths: StatePaths
    limits: Limits
    segments: SegmentLog
    next_trim: float = field(default=0.0)
    next_look: float = field(default=0.0)

    def require(self) -> None:
        """Raise DiskFull if the disk has less than its minimum, after all was trimmed that may be."""
        now = time.monotonic()
        if now < self.next_look:
            return
        spare = free_bytes(self.paths) - self.limits.minimum_free_bytes
        if spare >= 0:
            self.next_look = now + AMPLE_S if spare >= AMPLE else 0.0
            return
        self.segments.trim(self._consumed())
        free = free_bytes(self.paths)
        if free < self.limits.minimum_free_bytes:
            kept = self.limits.minimum_free_bytes
            raise DiskFull(f"{free} bytes are free at {self.paths.log}, minimum_free_bytes keeps {kept} for the rest")

    def trim(self) -> None:
        """Remove the segments that all consumers are past, after their time; looks every few seconds only."""
        if time.monotonic() < self.next_trim:
            return
        self.next_trim = time.monotonic() + TRIM_EVERY_S
        consumed, oldest = self._consumed(), time.time() - self.limits.keep_s
        before = 0
        for segment in self.segments.segments[:-1]:
            if segment.next > consumed or Path(segment.path).stat().st_mtime > oldest:
                break
            before = segment.next
        if before:
            self.segments.trim(before)

    def _consumed(self) -> int:
        return min(read_cursor(self.paths, consumer) for consumer in consumers(self.paths))
