"""What each role counts, left as a note in `run/` every few seconds, which the API reads for the metrics.

A role that begins anew begins at zero, as its `started` tells. Nothing is read back by the role itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from tramgac_wire import whole

from tramgac_collector.paths import StatePaths
from tramgac_collector.write_times import WriteTimes

EVERY_S = 5.0
"""How often a note is left at most, seconds."""
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tally:
    """What one role had counted when it left its note."""

    role: str
    as_of: int
    """Nanoseconds since 1970."""
    started: int
    """When it began to count, nanoseconds since 1970."""
    counters: Mapping[str, int]
    """What only grows, by the role's own names."""
    gauges: Mapping[str, float]
    """What is so now."""


class Teller:
    """A role's end: call `tell` as often as is convenient."""

    def __init__(
        self,
        paths: StatePaths,
        role: str,
        clock: Callable[[], int] = time.time_ns,
        every_s: float = EVERY_S,
        writes: WriteTimes | None = None,
    ) -> None:
        """Begin to count now; `clock` in ns since 1970. `writes`: of one that writes into the control store."""
        self._path, self._role, self._clock = paths.tally(role), role, clock
        self._every, self._started = int(every_s * 1e9), clock()
        self._told = 0
        self._writes = writes
        self.failures = 0

    @property
    def due(self) -> bool:
        """Whether `tell` would leave a note now."""
        return not 0 <= self._clock() - self._told < self._every

    def tell(self, counters: Mapping[str, int], gauges: Mapping[str, float] | None = None) -> None:
        """Leave a note if it is time; a disk that does not take it delays no work."""
        if not self.due:
            return
        self._told = self._clock()
        told = {
            "role": self._role,
            "as_of": self._told,
            "started": self._started,
            "counters": {**counters, **(self._writes.counters() if self._writes else {})},
            "gauges": {**(gauges or {}), **(self._writes.gauges() if self._writes else {})},
        }
        try:
            whole.write(self._path, json.dumps(told).encode(), durable=False)
        except OSError as error:
            self.failures += 1
            if self.failures == 1:
                _LOG.warning("what is counted cannot be noted", path=str(self._path), error=str(error))


def read(paths: StatePaths, role: str) -> Tally | None:
    """Return what a role left; None if it left nothing yet, or nothing that can be read."""
    try:
        found = json.loads(paths.tally(role).read_bytes())
        return Tally(found["role"], found["as_of"], found["started"], found["counters"], found["gauges"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read_all(paths: StatePaths) -> list[Tally]:
    """Return what all roles left, by name."""
    names = sorted(path.name.removesuffix(".tally") for path in paths.run.glob("*.tally"))
    return [tally for name in names if (tally := read(paths, name)) is not None]
