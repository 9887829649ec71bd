"""The streams that are open now, one a host; a new one takes over from the old."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

WINDOW_S = 600.0
"""Take-overs are looked at this far back, seconds."""
_REMEMBERED = 8


class Live(Protocol):
    """What the registry needs of a stream."""

    host: str
    finished: asyncio.Event
    """Set when it is over and nothing of it waits for the disk."""

    def replace(self) -> None:
        """Say goodbye: another stream of the same identity takes over."""


@dataclass(slots=True)
class _Seen:
    at: float
    mark: tuple[str, ...]


@dataclass(slots=True)
class Streams:
    """Open streams by host. For one event loop."""

    clock: Callable[[], float]
    """Seconds, monotonic."""
    live: dict[str, Live] = field(default_factory=dict)
    _seen: dict[str, deque[_Seen]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=_REMEMBERED)), init=False
    )

    async def enter(self, stream: Live) -> None:
        """Make `stream` the host's stream; returns when the one before is over, with nothing of it left to store."""
        while (before := self.live.get(stream.host)) is not None and before is not stream:
            before.replace()
            await before.finished.wait()
            if self.live.get(stream.host) is before:
                del self.live[stream.host]
        self.live[stream.host] = stream

    def leave(self, stream: Live) -> None:
        """Take a stream out; another that took over stays."""
        if self.live.get(stream.host) is stream:
            del self.live[stream.host]

    def alternates(self, host: str, mark: tuple[str, ...]) -> bool:
        """Note who greeted (`mark`: address, epoch, name) and say whether two take turns: A, B, A within the window.

        One agent whose connection breaks comes back with the same mark; two that share an identity do not.
        """
        seen = self._seen[host]
        now = self.clock()
        if not seen or seen[-1].mark != mark:
            seen.append(_Seen(now, mark))
        recent = [entry.mark for entry in seen if now - entry.at <= WINDOW_S]
        if len(recent) >= 3 and mark in recent[:-2]:  # noqa: PLR2004 - A, B, A
            seen.clear()
            return True
        return False

    def hosts(self) -> tuple[str, ...]:
        """Give the hosts that are connected now."""
        return tuple(self.live)

    def __iter__(self) -> Iterator[Live]:
        return iter(tuple(self.live.values()))
