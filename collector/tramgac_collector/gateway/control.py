"""The gateway's way to the control store: short writes, one after the other, in a thread of their own.

What waits while one transaction is written goes together into the next, each write in a savepoint: five thousand agents
that come back at once are a few hundred commits and fsyncs, not five thousand.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tramgac_collector import database

Result = TypeVar("Result")
TOGETHER = 64
"""Writes of one transaction at most: nobody else writes meanwhile."""


@dataclass(slots=True)
class _Write:
    work: Callable[[Session], Any]
    result: Future[Any] = field(default_factory=Future)


@dataclass(slots=True)
class _Outcome:
    """What a write gave, or how it failed; told when the transaction is committed."""

    write: _Write
    value: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is None:
            self.write.result.set_result(self.value)
        else:
            self.write.result.set_exception(self.error)


class Control:
    """Runs functions over sessions away from the event loop. SQLite has one writer, so one thread is enough."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Write] = queue.SimpleQueue()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="control-write")
        self._reader = ThreadPoolExecutor(2, thread_name_prefix="control-read")

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` by itself, whole or not at all; it is committed when this returns."""
        write = _Write(work)
        self._queue.put(write)
        self._writer.submit(self._write_all)
        result: Result = await asyncio.wrap_future(write.result)
        return result

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` on a session that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    def close(self) -> None:
        """Finish what was begun."""
        self._writer.shutdown()
        self._reader.shutdown()
        self._engine.dispose()

    def _write_all(self) -> None:
        """Write what waits, in one transaction; an earlier turn may have taken all."""
        writes = self._taken()
        if not writes:
            return
        try:
            with database.session(self._engine) as session:
                outcomes = [_outcome(session, write) for write in writes]
        except Exception as error:  # noqa: BLE001 # bulkhead: the database is locked, full or away; each writer hears it
            outcomes = [_Outcome(write, error=error) for write in writes]
        for outcome in outcomes:
            outcome.tell()

    def _taken(self) -> list[_Write]:
        taken: list[_Write] = []
        while len(taken) < TOGETHER:
            try:
                write = self._queue.get_nowait()
            except queue.Empty:
                break
            if write.result.set_running_or_notify_cancel():
                taken.append(write)
        return taken

    def _read(self, work: Callable[[Session], Result]) -> Result:
        with database.reading(self._engine) as session:
            return work(session)


def _outcome(session: Session, write: _Write) -> _Outcome:
    try:
        with session.begin_nested():
            value = write.work(session)
    except Exception as error:  # bulkhead: one write; the others of its transaction stand
        if not session.is_active or database.disk_full(error):
            raise
        return _Outcome(write, error=error)
    finally:
        session.expunge_all()  # the next begins with a session that knows nothing
    return _Outcome(write, value)
