"""How late the gateway's event loop is: whatever blocks it delays every agent's acknowledgement."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from tramgac_collector.logs import Counts

EVERY_S = 1.0
"""How often the loop is looked at, seconds: what blocks it for longer is always seen."""
LATE_S = 0.1
"""From here on it is counted, and logged."""
SAID_EVERY_S = 60.0
"""It is logged this often at most, seconds."""
_log = structlog.get_logger(__name__)


class Lag:
    """The loop's lateness: the worst since it was last asked for."""

    def __init__(self, counts: Counts, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the counters; `clock` in seconds."""
        self._counts, self._clock = counts, clock
        self._worst = 0.0
        self._said = -SAID_EVERY_S

    async def watch(self) -> None:
        """Look, until cancelled."""
        while True:
            due = self._clock() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.note(self._clock() - due)

    def note(self, late_s: float) -> None:
        """Take in that the loop came so late to something, seconds."""
        self._worst = max(self._worst, late_s)
        if late_s < LATE_S:
            return
        self._counts.add("loop_late")
        if self._clock() - self._said >= SAID_EVERY_S:
            self._said = self._clock()
            _log.warning("the event loop was late: too much work at once, or something blocks it", late_s=late_s)

    def worst(self) -> float:
        """Give the worst lateness since this was last asked, seconds."""
        worst, self._worst = self._worst, 0.0
        return worst
