"""The gateway's way to the control store: short transactions, away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tramgac_collector import database
from tramgac_collector.gateway.desk import Desk, Work

Item = TypeVar("Item")
Result = TypeVar("Result")


class Control:
    """Runs functions over sessions in threads. SQLite has one writer, so one thread writes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writes = Desk("control-write", lambda: database.session(engine))
        self._asks = Desk("control-ask", lambda: database.reading(engine))
        self._reader = ThreadPoolExecutor(2, thread_name_prefix="control-read")

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` by itself, whole or not at all; it is committed when this returns."""
        return await self._writes.do(lambda s, _: [work(s)], None)

    async def write_together(self, work: Work[Item, Result], item: Item) -> Result:
        """Have `work` run on `item` and those of others that come within a moment, in order with all other writes."""
        return await self._writes.do(work, item, patient=True)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` on a session that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._read, work)

    async def read_together(self, work: Work[Item, Result], item: Item) -> Result:
        """Have `work` read for `item` and those of others that come within a moment; what it reads is no older."""
        return await self._asks.do(work, item, patient=True)

    def close(self) -> None:
        """Finish what was begun."""
        self._writes.close()
        self._asks.close()
        self._reader.shutdown()
        self._engine.dispose()

    def _read(self, work: Callable[[Session], Result]) -> Result:
        with database.reading(self._engine) as session:
            return work(session)
