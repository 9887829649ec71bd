"""How far several judges are together in event time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

LATE_NS = 300_000_000_000
"""What may still come of before the newest event of all hosts that are connected."""


@dataclass(slots=True)
class Tide:
    """The greatest time of an event below a position of the log that all judges have passed.

    Judges say what they have seen as of their own positions. What the foremost has seen counts when the last one is
    where the foremost was: until then an older event may stand in what that one has not read.
    """

    reached: int = 0
    _front: int = 0
    _seen: int = 0
    """What all had seen when the foremost was at `_front`."""

    def observe(self, positions: Sequence[int], seen: Sequence[int]) -> int:
        """Look at where judges are and at what they have seen, ns; return the time that is reached."""
        last, first = min(positions), max(positions)
        if last >= self._front:
            self.reached = max(self.reached, self._seen)
            self._front, self._seen = first, max(seen)
        if last == first:
            self.reached = max(self.reached, *seen)
        return self.reached


@dataclass(frozen=True, slots=True)
class Along:
    """How far another judge is, as it last wrote down."""

    position: int
    seen: int = 0
    heard: int = 0
    content: int = -1
    applied: Sequence[int] = ()


def targets(reached: int, others: Sequence[Along], content: int, applied: Sequence[int]) -> list[int]:
    """Return up to where correlations over hosts may be applied, by how deep they refer to others.

    What refers to none waits for the reading of all; what refers to others until all judges, by the same `content`,
    have `applied` those: then what fired there was handed over.
    """
    found = [max(applied[0], reached - LATE_NS)]
    for level in range(1, len(applied)):
        below = [one.applied[level - 1] for one in others if one.content == content and len(one.applied) >= level]
        if len(below) < len(others):
            return [*found, *applied[level:]]
        found.append(max(applied[level], min(*below, found[level - 1])))
    return found
