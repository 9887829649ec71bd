"""How long to wait before connecting again: exponential with full jitter, 1 s to 300 s.

Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015): ten thousand agents that lost the same
collector come back spread over the whole interval.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

SECOND: Final = 1_000_000_000
BASE_NS: Final = 1 * SECOND
CEILING_NS: Final = 300 * SECOND
FLOOR_NS: Final = SECOND // 10
"""Never less: a refusing collector is not asked in a tight loop."""


class Backoff:
    """Delays for one connection. Holds the number of failures in a row; knows no clock."""

    def __init__(self, random: Callable[[], float]) -> None:
        """Take the source of numbers in [0, 1)."""
        self._random = random
        self.failures = 0

    def reset(self) -> None:
        """Forget the failures: the connection worked."""
        self.failures = 0

    def delay(self, retry_after_ns: int = 0) -> int:
        """Count one failure and return the nanoseconds to wait, never less than the server asked for."""
        span = min(CEILING_NS, BASE_NS << min(self.failures, 16))
        self.failures += 1
        return retry_after_ns + max(FLOOR_NS, int(self._random() * span))
