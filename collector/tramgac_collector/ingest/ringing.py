"""When the log's readers are rung: at once after a quiet while, else together for what comes within some seconds.

A ring wakes a process for a transaction or an insert, which cost the same for one batch as for a hundred.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Ringer:
    """Calls `ring` now and then for whoever asks often; from any thread."""

    def __init__(self, ring: Callable[[], object], pace_s: float) -> None:
        """Take what rings, and how long it is quiet after each, seconds."""
        self._ring, self._pace_s = ring, pace_s
        self._last = -pace_s
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __call__(self) -> None:
        """Have it rung: now, or when the last ring is `pace_s` ago."""
        with self._lock:
            if self._timer is not None:
                return
            left = self._last + self._pace_s - time.monotonic()
            if left > 0 and self._begin(left):
                return
            self._last = time.monotonic()
        self._ring()

    def _begin(self, left: float) -> bool:
        timer = threading.Timer(left, self._late)
        timer.daemon = True  # readers look by themselves too: nothing waits for it
        try:
            timer.start()
        except RuntimeError:  # no thread is to be had: whoever asks must not fail by that
            return False
        self._timer = timer
        return True

    def _late(self) -> None:
        with self._lock:
            self._timer = None
            self._last = time.monotonic()
        self._ring()

    def close(self) -> None:
        """Ring what is due, and no more afterwards by itself."""
        with self._lock:
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            self._ring()
