"""Follows the outbox and holds its newest rows for the streams of all open pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector import outbox
from tramgac_collector.database import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

_LOG: Final = structlog.get_logger(__name__)
KEPT: Final = 2_000
"""Rows held in memory; a page that was away for more starts afresh."""
_BLOCK: Final = 500


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the outbox."""

    id: int
    topic: str
    payload: dict[str, Any]


class Ringing(Protocol):
    """What wakes the hub: `bell.Bell`, or a stand-in of a test."""

    async def wait_async(self) -> bool:
        """Return when somebody rang, or after the slow look's time."""


class Hub:
    """Tails the outbox by number. Used from one event loop."""

    def __init__(self, engine: Engine) -> None:
        """Follow the outbox of this control store; `start` or `run` reads it first."""
        self._engine = engine
        self._items: deque[Item] = deque(maxlen=KEPT)
        self._moved = asyncio.Event()
        self.head = 0
        self.closed = False
        self.failures = 0
        self.raised: Counter[str] = Counter()
        """Alerts that were raised since the start, by severity."""
        self._started = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Read the newest rows, so that pages of before a restart may resume."""
        self._loop = asyncio.get_running_loop()
        lowest, last = await asyncio.to_thread(self._bounds)
        self.head = max(lowest - 1, last - KEPT)
        await self.look()
        self._started = True

    async def run(self, bell: Ringing) -> None:
        """Look whenever the bell rings, until `close`."""
        while not self.closed:
            await bell.wait_async()
            await self._look_again()

    def nudge(self) -> None:
        """Look soon, from whatever thread: this process itself has just written to the outbox."""
        if self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._look_again(), self._loop)

    async def look(self) -> None:
        """Take what is new in the outbox and wake the streams."""
        while found := await asyncio.to_thread(self._read, self.head):
            self._items.extend(found)
            if self._started:
                self.raised.update(str(item.payload.get("level")) for item in found if item.topic == "alert")
            self.head = found[-1].id
            self._wake()

    async def _look_again(self) -> None:
        try:
            await self.look()
        except SQLAlchemyError as error:  # bulkhead: outbox tail
            self.failures += 1
            _LOG.warning("the outbox could not be read; trying again", error=str(error))

    def after(self, position: int) -> Sequence[Item] | None:
        """Give the rows after a number; None if that cannot be told any more (too old, or of another store)."""
        oldest = self._items[0].id if self._items else self.head + 1
        if position > self.head or position < oldest - 1:
            return None
        return [item for item in self._items if item.id > position]

    async def wait(self, position: int, seconds: float) -> None:
        """Return when there is something after `position`, the hub closes, or the time is over."""
        if position == self.head and not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), seconds)

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _bounds(self) -> tuple[int, int]:
        with reading(self._engine) as s:
            return outbox.bounds(s)

    def _read(self, position: int) -> list[Item]:
        with reading(self._engine) as s:
            return [Item(row.id, row.topic, row.payload) for row in outbox.after(s, position, _BLOCK)]
