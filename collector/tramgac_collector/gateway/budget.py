"""How many bytes of batches may wait for the disk: over all streams, and of one. Beyond that, reading stops.

Who waits is served in turn, host by host, so that one that sends much costs the others nothing; what is urgent waits
for nobody but its own kind.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from typing import Final, NamedTuple

SHARE: Final = 16
"""One host may take this part of the whole."""
RESERVE: Final = 4
"""What is urgent may take the whole and this part of it above."""


class _Waiter(NamedTuple):
    size: int
    ready: asyncio.Future[None]


class Budget:
    """Bytes that may be taken; a taker waits until there is room. For one event loop."""

    def __init__(self, limit: int) -> None:
        """Take the limit over all hosts, bytes."""
        self._limit = limit
        self._taken = 0
        self._of: dict[str, int] = {}
        self._waiting: OrderedDict[str, deque[_Waiter]] = OrderedDict()

    @property
    def taken(self) -> int:
        """Bytes that are taken now."""
        return self._taken

    async def take(self, host: str, size: int, *, urgent: bool = False) -> None:
        """Wait for room and take `size` bytes; a size above a limit is let in alone."""
        if self._fits(host, size, urgent=urgent) and (urgent or not self._waiting):
            self._add(host, size)
            return
        waiter = _Waiter(size, asyncio.get_running_loop().create_future())
        self._waiting.setdefault(host, deque()).append(waiter)
        self._serve()  # it may wait for another host's share alone
        try:
            await waiter.ready
        except asyncio.CancelledError:
            self._leave(host, waiter)
            raise

    def give(self, host: str, size: int) -> None:
        """Give `size` bytes back."""
        self._add(host, -size)
        self._serve()

    def _fits(self, host: str, size: int, *, urgent: bool = False) -> bool:
        if urgent:
            return self._taken + size <= self._limit + self._limit // RESERVE
        mine = self._of.get(host, 0)
        return (mine == 0 or mine + size <= self._limit // SHARE) and (
            self._taken == 0 or self._taken + size <= self._limit
        )

    def _add(self, host: str, size: int) -> None:
        self._taken += size
        left = self._of.get(host, 0) + size
        if left > 0:
            self._of[host] = left
        else:
            self._of.pop(host, None)

    def _serve(self) -> None:
        """Let in whom there is room for, one of each host in turn."""
        again = True
        while again:
            again = False
            for host in tuple(self._waiting):
                waiters = self._waiting[host]
                if self._fits(host, waiters[0].size):
                    waiter = waiters.popleft()
                    self._add(host, waiter.size)
                    waiter.ready.set_result(None)
                    again = True
                    self._waiting.move_to_end(host)
                    if not waiters:
                        del self._waiting[host]

    def _leave(self, host: str, waiter: _Waiter) -> None:
        """Whoever waits was cancelled: take it out, or give back what it was just given."""
        waiters = self._waiting.get(host, deque())
        if waiter in waiters:
            waiters.remove(waiter)
            if not waiters:
                del self._waiting[host]
        elif waiter.ready.done() and not waiter.ready.cancelled():
            self.give(host, waiter.size)
