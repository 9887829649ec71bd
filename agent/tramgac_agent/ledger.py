"""The books of one lane in one epoch: emitted = acked + spooled + dropped + carried, each counted by itself.

Five counters are moved by five different occasions (a sequence is given, an acknowledgement comes, a frame enters or
leaves the disk, something is given up, or goes on under a later epoch), none is computed from the others; `balanced`
compares them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tramgac_wire.chain import START

if TYPE_CHECKING:
    from collections.abc import Mapping

FULL, AGE, TORN = "spool_full", "spool_age", "spool_torn"
"""Classes of what was given up: no room, too old, unreadable or not provable after a crash."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One lane since its epoch began: emitted = acked + spooled + dropped + carried, each counted by itself."""

    emitted: int
    acked: int
    spooled: int
    dropped: Mapping[str, int]
    resent: int = 0
    """Of the acknowledged: missing at the collector later, which was put back to an earlier state, and sent again."""
    gone: int = 0
    """Sequences up to the last acknowledged one: missing there later, and not kept here (or given up before)."""
    carried: int = 0
    """They got another sequence, under a later epoch, since the collector holds other events under this one."""
    missing_from: int = 0
    """From here to the last sequence the collector holds nothing, and nothing waits; 0 if nothing lacks at the end."""

    @property
    def balanced(self) -> bool:
        """Nothing is unaccounted for."""
        return self.emitted == self.acked + self.spooled + self.carried + sum(self.dropped.values())


class LaneBook:
    """Counters of a lane, and an index of the frames that wait on disk (26 bytes a frame)."""

    def __init__(self) -> None:
        self.emitted = 0
        self.acked = 0
        self.spooled = 0
        self.dropped: Counter[str] = Counter()
        self.chain = START
        """The lane's chain after the last sequence given."""
        self.written = 0
        """The last sequence that is in a frame on disk, or was given up while being written."""
        self.written_chain = START
        """The lane's chain there."""
        self.watermark = 0
        """The highest acknowledged sequence."""
        self.end = 0
        """One above the log position of the newest frame."""
        self.resent = 0
        self.gone = 0
        self.carried = 0
        self._level: int | None = None
        self._hopeless = -1, -1
        self._holes: list[tuple[int, int]] = []
        self._positions = array("Q")
        self._firsts = array("Q")
        self._counts = array("H")
        self._ages = array("I")
        self._sizes = array("I")
        self.size = 0
        """Bytes of the waiting frames."""

    @property
    def ledger(self) -> Ledger:
        """A copy of the counters."""
        counts = (self.emitted, self.acked, self.spooled, dict(self.dropped), self.resent, self.gone, self.carried)
        return Ledger(*counts, self.missing_from)

    @property
    def position(self) -> int | None:
        """Log position of the oldest waiting frame; None if none waits."""
        return self._positions[0] if self._positions else None

    @property
    def first(self) -> int:
        """The oldest waiting sequence; one above the last written if none waits."""
        return max(self._firsts[0], self.watermark + 1) if self._firsts else self.written + 1

    @property
    def missing_from(self) -> int:
        """Where the last sequences begin that wait nowhere and that the collector does not hold; 0 for none."""
        if self._positions:
            return 0
        held = self._hopeless[0] if self._hopeless[1] == self.watermark else self.watermark
        if self._level is not None:
            held = self._level
        return held + 1 if held < self.written else 0

    def age_before(self, position: int) -> int | None:
        """Age mark of the newest waiting frame below a log position; None if none waits there."""
        at = bisect_left(self._positions, position)
        return self._ages[at - 1] if at else None

    def emit(self, chain: bytes) -> int:
        """Give an event its sequence; `chain` includes it."""
        self.emitted += 1
        self.spooled += 1
        self.chain = chain
        return self.emitted

    def stored(self, position: int, first: int, count: int, age: int, size: int = 0) -> None:
        """A frame of so many bytes is on the disk."""
        self._sizes.append(size)
        self.size += size
        self._positions.append(position)
        self._firsts.append(first)
        self._counts.append(count)
        self._ages.append(age)
        self.end = position + 1
        self.written = max(self.written, first + count - 1)

    def unwritten(self, first: int, count: int, why: str) -> None:
        """A frame could not be written: its events are given up."""
        self.written = first + count - 1
        self._give_up(count, why)

    def ack(self, sequence: int) -> None:
        """The collector has everything up to and including `sequence`."""
        upto = min(sequence, self.written)
        self._rise(upto)
        if upto <= self.watermark:
            return
        frames = bisect_right(self._firsts, upto)
        before = self._waiting(0, frames)
        self.watermark = upto
        fresh = before - self._waiting(0, frames)
        self.acked += fresh
        self.spooled -= fresh
        whole = frames - 1 if self._waiting(0, frames) else frames
        self._remove(0, whole)

    @property
    def behind(self) -> bool:
        """The collector lacks what it had acknowledged, and that may still be sent again."""
        return self._level is not None

    def held(self, sequence: int) -> bool:
        """The collector says anew up to where it holds the lane; True if that is less than was known of it."""
        known = self.watermark if self._level is None else self._level
        if sequence < known:
            if (sequence, self.watermark) == self._hopeless:
                return False
            self._level = sequence
            self._holes.clear()
            return True
        self._hopeless = -1, -1
        self._rise(sequence)
        return False

    def miss(self, first: int, last: int) -> None:
        """Some of what the collector lacks can be sent no more."""
        if self._level is None:
            return
        hole = max(first, self._level + 1), min(last, self.watermark)
        if hole[0] > hole[1] or hole in self._holes:
            return
        self.gone += hole[1] - hole[0] + 1
        self._holes.append(hole)
        if hole == (self._level + 1, self.watermark):
            self._hopeless, self._level = (self._level, self.watermark), None

    def _rise(self, sequence: int) -> None:
        """The collector holds more of what it had lost."""
        if self._level is None or sequence <= self._level:
            return
        upto = min(sequence, self.watermark)
        holes = sum(max(0, min(last, upto) - max(first, self._level + 1) + 1) for first, last in self._holes)
        self.resent += upto - self._level - holes
        self._level = None if upto == self.watermark else upto

    def drop_before(self, position: int, why: str) -> int:
        """Frames below a log position are given up; how many events."""
        frames = bisect_left(self._positions, position)
        lost = self._waiting(0, frames)
        self._give_up(lost, why)
        self._remove(0, frames)
        return lost

    def drop_from(self, position: int, why: str) -> int:
        """Frames at and above a log position are gone; how many events."""
        keep = bisect_left(self._positions, position)
        lost = self._waiting(keep, len(self._firsts))
        self._give_up(lost, why)
        self._remove(keep, len(self._firsts))
        return lost

    def drop_span(self, first: int, last: int, why: str) -> int:
        """Frames from one sequence to another are given up, and the rest of one half acknowledged; how many events."""
        start, stop = bisect_left(self._firsts, first), bisect_right(self._firsts, last)
        if start and first == self.watermark + 1 < self._firsts[start - 1] + self._counts[start - 1]:
            start -= 1
        lost = self._waiting(start, stop)
        self._give_up(lost, why)
        self._remove(start, stop)
        return lost

    def oldest(self, count: int) -> list[tuple[int, int, int]]:
        """So many of the oldest waiting frames: log position, first and last sequence."""
        parts = zip(self._positions[:count], self._firsts[:count], self._counts[:count], strict=True)
        return [(position, first, first + events - 1) for position, first, events in parts]

    def carry(self, last: int) -> None:
        """What waits up to the end of a frame has got another sequence, under a later epoch."""
        frames = bisect_right(self._firsts, last)
        moved = self._waiting(0, frames)
        self.spooled -= moved
        self.carried += moved
        self.watermark = max(self.watermark, last)
        self._remove(0, frames)

    def waiting(self) -> int:
        """Events in waiting frames, counted from the index."""
        return self._waiting(0, len(self._firsts))

    def _waiting(self, start: int, stop: int) -> int:
        """Events above the watermark in some frames."""
        pairs = zip(self._firsts[start:stop], self._counts[start:stop], strict=True)
        return sum(max(first + count - max(first, self.watermark + 1), 0) for first, count in pairs)

    def _give_up(self, count: int, why: str) -> None:
        if count:
            self.spooled -= count
            self.dropped[why] += count

    def _remove(self, start: int, stop: int) -> None:
        """Some frames wait no longer."""
        self.size -= sum(self._sizes[start:stop])
        for column in (self._positions, self._firsts, self._counts, self._ages, self._sizes):
            del column[start:stop]
