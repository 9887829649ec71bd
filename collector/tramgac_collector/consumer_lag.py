"""How far the consumers of the ingest log are behind: in records, in time, and about in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from tramgac_wire import segment

from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import consume, consumers, head, open_reader, read_cursor
from tramgac_collector.paths import StatePaths

_PEEK = 1 << 16


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one consumer is behind."""

    consumer: str
    records: int
    """Batches that it has not worked on."""
    bytes: int
    """About what they take: of the segment in which it reads, the share of its records."""
    seconds: float
    """How long the oldest of them has waited."""


def lags(paths: StatePaths, now: int) -> list[Lag]:
    """Look at the consumers; `now` in nanoseconds since 1970."""
    until = head(paths)
    return [_lag(paths, consumer, until, now) for consumer in consumers(paths)]


def _lag(paths: StatePaths, consumer: str, until: int, now: int) -> Lag:
    position = read_cursor(paths, consumer)
    if position >= until:
        return Lag(consumer, 0, 0, 0.0)
    return Lag(consumer, until - position, _bytes(paths, position, until), _waited(paths, position, now))


def _bytes(paths: StatePaths, position: int, until: int) -> int:
    sizes = {first: size for first, size in _segments(paths) if first < until}
    firsts = sorted(sizes)
    total = 0.0
    for place, first in enumerate(firsts):
        after = firsts[place + 1] if place + 1 < len(firsts) else until
        if after > position:
            total += sizes[first] * (after - max(first, position)) / max(1, after - first)
    return int(total)


def _segments(paths: StatePaths) -> list[tuple[int, int]]:
    found = []
    for first in open_reader(paths).segments():
        try:
            found.append((first, (paths.log_segments / segment.name(first)).stat().st_size))
        except FileNotFoundError:  # trimmed meanwhile
            continue
    return found


def _waited(paths: StatePaths, position: int, now: int) -> float:
    """How long the record at a position has waited; 0 where it cannot be read, which the consumer will tell."""
    try:
        entry = next(consume(paths, position, max_bytes=_PEEK), None)
    except (Unreadable, OSError):
        return 0.0
    return 0.0 if entry is None else max(0.0, (now - entry.received) / 1e9)
