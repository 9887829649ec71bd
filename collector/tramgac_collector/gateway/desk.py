"""A thread that does, in the order in which it was asked for, what is to be done in the control store.

What waits goes together into one transaction, in savepoints. Tasks that may wait a moment and are of one kind are done
by one call: of five thousand agents that come back at once each is a share of a statement, not ten of its own. Where
such a call fails, each of its tasks is done by itself, so that one takes none along.
"""

from __future__ import annotations

import asyncio
import queue
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from tramgac_collector import database

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Session, Sequence[Item]], Sequence[Result]]
"""Gives a result for each item, in their order. Tasks with the same one are of one kind."""
TOGETHER = 64
"""Tasks of one transaction at most: nobody else writes meanwhile."""
TURN_S = 0.025
"""After so long no further call is begun in a transaction."""
WITHIN_S = 0.02
"""So long a patient task waits for others of its kind."""


@dataclass(slots=True)
class _Task:
    work: Work[Any, Any]
    item: Any
    result: Future[Any] = field(default_factory=Future)


@dataclass(slots=True)
class _Outcome:
    """What a task gave, or how it failed; told when the transaction is committed."""

    task: _Task
    value: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is None:
            self.task.result.set_result(self.value)
        else:
            self.task.result.set_exception(self.error)


class Desk:
    """One thread and its queue; asked from one event loop."""

    def __init__(self, name: str, opened: Callable[[], AbstractContextManager[Session]]) -> None:
        """Name the thread; `opened` gives the session of a transaction."""
        self._opened = opened
        self._queue: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: deque[_Task] = deque()
        """What the thread has taken out of the queue."""
        self._due: asyncio.TimerHandle | None = None
        """The turn for patient tasks."""
        self._closed = False

    async def do(self, work: Work[Item, Result], item: Item, *, patient: bool = False) -> Result:
        """Do a task; it is committed when this returns. One that is cancelled before its turn is not done.

        A `patient` one waits for others of its kind, unless a turn comes anyway.
        """
        if self._closed:  # or it would wait for ever
            message = "the gateway ends: nothing more is asked of the control store"
            raise RuntimeError(message)
        task = _Task(work, item)
        self._queue.put(task)
        if not patient:
            self._begin()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(WITHIN_S, self._begin)
        result: Result = await asyncio.wrap_future(task.result)
        return result

    def close(self) -> None:
        """Do what was asked for, then end the thread."""
        self._closed = True
        self._begin()
        self._thread.shutdown()

    def _begin(self) -> None:
        """Have a turn, for all that was asked for."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        self._thread.submit(self._turn)

    def _turn(self) -> None:
        """Do what waits; an earlier turn may have done all."""
        for _ in range(self._queue.qsize()):  # nobody else takes out; what comes meanwhile has a turn of its own
            self._waiting.append(self._queue.get_nowait())
        while self._waiting:
            for outcome in self._transaction():
                outcome.tell()

    def _transaction(self) -> list[_Outcome]:
        """Do the first of what waits. All of it waits before this begins, so all is answered from what is true now."""
        tried: list[_Task] = []
        outcomes: list[_Outcome] = []
        try:
            with self._opened() as session:
                session.connection()  # it may have waited for another writer: the time counts from here
                until = time.monotonic() + TURN_S
                while self._waiting and len(tried) < TOGETHER and (not tried or time.monotonic() < until):
                    tasks = self._take(TOGETHER - len(tried), alike=True)
                    tried += tasks
                    outcomes += _outcomes(session, tasks)
        except Exception as error:  # noqa: BLE001 # bulkhead: the database is locked, full or away; each hears it
            return [_Outcome(task, error=error) for task in tried or self._take(TOGETHER, alike=False)]
        return outcomes

    def _take(self, most: int, *, alike: bool) -> list[_Task]:
        """Take the first of what waits, or of it those of the first's kind, but for those whose asker went away."""
        tasks: list[_Task] = []
        while self._waiting and len(tasks) < most:
            if alike and tasks and self._waiting[0].work != tasks[0].work:
                break
            task = self._waiting.popleft()
            if task.result.set_running_or_notify_cancel():
                tasks.append(task)
        return tasks


def _outcomes(session: Session, tasks: Sequence[_Task]) -> list[_Outcome]:
    """Do tasks of one kind by one call; each by itself where that fails."""
    found = _tried(session, tasks)
    if len(tasks) > 1 and found[0].error:
        return [outcome for task in tasks for outcome in _tried(session, [task])]
    return found


def _tried(session: Session, tasks: Sequence[_Task]) -> list[_Outcome]:
    """Do tasks of one kind, all or none."""
    if not tasks:
        return []
    try:
        with session.begin_nested():
            values = tasks[0].work(session, [task.item for task in tasks])
            return [_Outcome(task, value) for task, value in zip(tasks, values, strict=True)]
    except Exception as error:  # bulkhead: one call; the others of its transaction stand
        if not session.is_active or database.disk_full(error):
            raise
        return [_Outcome(task, error=error) for task in tasks]
    finally:
        session.expunge_all()  # the next begins with a session that knows nothing
