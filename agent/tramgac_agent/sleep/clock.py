"""Whether the machine slept: the clock that goes on meanwhile is then ahead of the one that does not. Linux.

Elsewhere no sleep is noticed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Final

LEAST_NS: Final = 1_000_000_000
"""Shorter sleeps are none."""
_SURE_NS: Final = 100_000_000
"""Readings farther apart say nothing: somebody else had the processor in between."""

Ahead = Callable[[], int | None]
"""How far the one clock is ahead of the other, nanoseconds; None where that cannot be said now."""


def ahead() -> int | None:
    """How long this machine has slept since it was started, nanoseconds: clock_gettime(2)."""
    if sys.platform != "linux":
        return None
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    all_along = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    after = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    return all_along - before if after - before < _SURE_NS else None


class Slept:
    """Tells once of each sleep."""

    def __init__(self, ahead: Ahead = ahead) -> None:
        """Sleeps from now on count."""
        self._ahead = ahead
        self._known = ahead()

    def look(self) -> bool:
        """The machine slept since the last look."""
        now, known = self._ahead(), self._known
        if now is None:
            return False
        self._known = now
        return known is not None and now - known >= LEAST_NS
