"""From the log's thread back to the event loop: answers for many batches wake the loop once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

_Call = Callable[[Future[Any]], None]


class Landing:
    """Calls back on the loop what is done in another thread. One fsync answers for many batches at once."""

    def __init__(self) -> None:
        """Nothing is under way."""
        self._landed: deque[tuple[_Call, Future[Any]]] = deque()
        self._called = False

    def when_done(self, future: Future[Any], call: _Call) -> None:
        """Call `call(future)` on the running loop once it is done."""
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda done: self._land(loop, call, done))

    def _land(self, loop: asyncio.AbstractEventLoop, call: _Call, done: Future[Any]) -> None:
        self._landed.append((call, done))  # before the look: whoever takes has said so before it takes
        if not self._called:
            self._called = True
            loop.call_soon_threadsafe(self._take, loop)

    def _take(self, loop: asyncio.AbstractEventLoop) -> None:
        self._called = False
        try:
            while self._landed:
                call, done = self._landed.popleft()
                call(done)
        finally:
            if self._landed and not self._called:  # one of them failed: the rest is called all the same
                self._called = True
                loop.call_soon(self._take, loop)
