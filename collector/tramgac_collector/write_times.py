"""How long this process keeps others from writing into the control store: every transaction that writes is timed.

In SQLite from when it has the lock (BEGIN IMMEDIATE is answered) until its commit or rollback is done, so that what it
waited for others does not count. PostgreSQL locks rows: there from its first statement that may lock any, and what
that waits for others counts too.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

READING: Final = "tramgac_reading"
"""The option of a connection that only reads."""
LONG_S: Final = 0.05
"""No write is to keep others from the control store for longer, seconds; those that do are counted."""
SPELL_S: Final = 60.0
"""The longest is told of the last one to two spells, so that whoever looks once a spell sees each."""
_SINCE: Final = "tramgac_writes_since"
_LOCKS: Final = re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b")
"""FOR UPDATE among them; names in the statements are in lower case."""


class WriteTimes:
    """How long writes took; from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know of none yet; `clock` in seconds."""
        self._clock, self._lock = clock, threading.Lock()
        self._began, self._before, self._now = clock(), 0.0, 0.0
        self._long = 0

    def note(self, took_s: float) -> None:
        """Take in how long one took, seconds."""
        with self._lock:
            self._turn()
            self._now = max(self._now, took_s)
            self._long += took_s > LONG_S

    def counters(self) -> dict[str, int]:
        """Give how many were long, under the name by which roles tell it."""
        with self._lock:
            return {"writes_long": self._long}

    def gauges(self) -> dict[str, float]:
        """Give how long the longest of late took, seconds, likewise."""
        with self._lock:
            self._turn()
            return {"write_longest_s": max(self._before, self._now)}

    def _turn(self) -> None:
        """Begin another spell when one is over; with two or more over nothing of late is known."""
        now = self._clock()
        if now - self._began >= SPELL_S:
            self._before = self._now if now - self._began < 2 * SPELL_S else 0.0
            self._began, self._now = now, 0.0


WRITES: Final = WriteTimes()
"""Those of this process."""


def watch(engine: Engine, times: WriteTimes = WRITES) -> None:
    """Time what is written by way of an engine; to be called after whatever begins its transactions is in place."""

    def over(_connection: object, entry: ConnectionPoolEntry) -> None:
        began = entry.info.pop(_SINCE, None)  # a connection goes back to the pool right after its commit
        if began is not None:
            times.note(time.monotonic() - began)

    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begun)
    else:
        event.listen(engine, "before_cursor_execute", _asked)
    event.listen(engine, "checkin", over)


def _begun(connection: Connection) -> None:
    if not connection.get_execution_options().get(READING, False):
        connection.info[_SINCE] = time.monotonic()


def _asked(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if _SINCE not in connection.info and _LOCKS.search(statement) is not None:
        connection.info[_SINCE] = time.monotonic()
