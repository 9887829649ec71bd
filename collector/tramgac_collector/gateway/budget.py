"""How many bytes of batches may wait for the disk, over all streams: beyond that, reading stops (back-pressure)."""

from __future__ import annotations

import asyncio


class Budget:
    """Bytes that may be taken; a taker waits until there is room. For one event loop."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken = 0
        self._changed = asyncio.Condition()

    @property
    def taken(self) -> int:
        """Bytes that are taken now."""
        return self._taken

    async def take(self, size: int) -> None:
        """Wait for room and take `size` bytes; a size above the limit is let in alone."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._taken == 0 or self._taken + size <= self._limit)
            self._taken += size

    async def give(self, size: int) -> None:
        """Give `size` bytes back."""
        async with self._changed:
            self._taken -= size
            self._changed.notify_all()
