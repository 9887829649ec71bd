"""The recent ring: acknowledged frames are kept a while, for a collector that is put back to an earlier state.

Kept are whole segments in which nothing waits, the newest ones: at most so many bytes over all lanes, and none that has
only frames older than so many seconds of running. Where room is short they go before anything that waits.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tramgac_wire.log import Segment, SegmentLog


class Trim(NamedTuple):
    """What to give up next: a lane's frames below a log position."""

    lane: int
    position: int


class Recent:
    """Decides which acknowledged segments stay; removes none itself."""

    def __init__(self, logs: Mapping[int, SegmentLog], *, cap_bytes: int, age_s: int) -> None:
        """Take the lanes' logs and the bounds."""
        self._logs = logs
        self._cap_bytes, self._age_s = cap_bytes, age_s
        self._ages: dict[int, dict[int, int]] = {lane: {} for lane in logs}

    def began(self, lane: int, position: int, age: int) -> None:
        """The frame at a log position, which is the first of its segment, has this age mark."""
        self._ages[lane][position] = age

    def size(self, waiting: Mapping[int, int]) -> int:
        """Bytes that are kept. `waiting`: by lane, log position of the oldest frame that waits."""
        return sum(segment.size for _, segments in self._kept(waiting) for segment in segments)

    def surplus(self, waiting: Mapping[int, int], age: int) -> Trim | None:
        """What is to go at this age; None while all is within the bounds."""
        oldest = self.oldest(waiting)
        if oldest is None:
            return None
        until = self._ages[oldest.lane].get(oldest.position, 0)
        old = until + self._age_s <= age or not self._cap_bytes
        return oldest if old or self.size(waiting) > self._cap_bytes else None

    def oldest(self, waiting: Mapping[int, int]) -> Trim | None:
        """The oldest segment that is kept; None if there is none."""
        # How old the newest frame of a segment is, the first one of the next segment says.
        found = [(self._ages[lane].get(kept[0].next, 0), -lane, kept[0]) for lane, kept in self._kept(waiting) if kept]
        if not found:
            return None
        _, lane, segment = min(found, key=lambda one: one[:2])
        return Trim(-lane, segment.next)

    def trimmed(self, lane: int) -> None:
        """The lane's log begins later now."""
        first, ages = self._logs[lane].first, self._ages[lane]
        for position in [position for position in ages if position < first]:
            del ages[position]

    def _kept(self, waiting: Mapping[int, int]) -> list[tuple[int, list[Segment]]]:
        """By lane, the segments in which nothing waits; the last one is being written."""
        return [
            (lane, list(takewhile(lambda one, lane=lane: one.next <= waiting[lane], log.segments[:-1])))  # type: ignore[misc]
            for lane, log in self._logs.items()
        ]
