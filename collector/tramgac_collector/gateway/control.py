"""The gateway's way to the control store: short transactions, one after the other, in a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tramgac_collector import database

Result = TypeVar("Result")


class Control:
    """Runs functions over sessions away from the event loop. SQLite has one writer, so one thread is enough."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="control-write")
        self._reader = ThreadPoolExecutor(2, thread_name_prefix="control-read")

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in a transaction of its own; it is committed when this returns."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` on a session that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    def close(self) -> None:
        """Finish what was begun."""
        self._writer.shutdown()
        self._reader.shutdown()
        self._engine.dispose()

    def _write(self, work: Callable[[Session], Result]) -> Result:
        with database.session(self._engine) as session:
            return work(session)

    def _read(self, work: Callable[[Session], Result]) -> Result:
        with database.reading(self._engine) as session:
            return work(session)
