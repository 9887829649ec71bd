"""When the log's readers are rung: at once after a quiet while, else together for what comes within some seconds.

A ring wakes a process for a transaction or an insert, which cost the same for one batch as for a hundred. So where
much comes, they wait longer for each other, and yet no longer than until they are many.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

BUSY = 5.0
"""Calls a second since the last ring from which on it is busy: what three hundred workstations send."""
MANY = 1_000
"""So many calls are rung for at once: what a reader finds is to stay small."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it is quiet after a ring, seconds: where little comes, and where it is busy."""

    calm_s: float
    busy_s: float


class Ringer:
    """Calls `ring` now and then for whoever asks often; from any thread."""

    def __init__(self, ring: Callable[[], object], pace: Pace) -> None:
        """Take what rings, and how often it may."""
        self._ring, self._pace = ring, pace
        self._last = -pace.busy_s
        self._calls = 0
        self._quiet_s = pace.calm_s
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __call__(self) -> None:
        """Have it rung: now, or when the last ring is long enough ago."""
        with self._lock:
            self._calls += 1
            if self._timer is not None and self._calls < MANY:
                return
            left = self._last + self._quiet_s - time.monotonic()
            if left > 0 and self._calls < MANY and self._begin(left):
                return
            self._note()
        self._ring()

    def _note(self) -> None:
        """Forget what is rung for now; how much it was says how long the next waits."""
        if self._timer is not None:
            self._timer.cancel()
        now = time.monotonic()
        busy = self._calls > BUSY * max(now - self._last, self._pace.calm_s)
        self._quiet_s = self._pace.busy_s if busy else self._pace.calm_s
        self._timer, self._calls, self._last = None, 0, now

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
            if self._timer is not threading.current_thread():
                return  # it was rung already
            self._note()
        self._ring()

    def close(self) -> None:
        """Ring what is due, and no more afterwards by itself."""
        with self._lock:
            due = self._timer is not None
            self._note()
        if due:
            self._ring()
