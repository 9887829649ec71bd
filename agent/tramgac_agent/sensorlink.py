"""The uplink's socket to the sensor process: comes back by itself, and says again what the other may not have heard."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Final

from tramgac_agent.errors import LocalError
from tramgac_agent.local import Pipe, connect
from tramgac_agent.packets import Acked, Choices, Heads, Held, Lost, Message, Sample, Skew, Staged, WantSample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RETRY_S: Final = (0.05, 2.0)
FULL_S: Final = 0.05
"""How soon to try again when the sensor process does not read."""


class SensorLink:
    """Connects to `run/sensor.sock` again and again; keeps the last word of each kind until it could be said.

    Args:
        path: The socket.
        hear: Takes each message, on the event loop; a Sample's descriptor is then its.
        lost: Called when the sensor process is gone.
    """

    def __init__(self, path: Path, hear: Callable[[Message], None], lost: Callable[[], None]) -> None:
        self._path = path
        self._hear = hear
        self._lost = lost
        self._pipe: Pipe | None = None
        self._kept: dict[tuple[object, ...], Message] = {}
        self._waiting: dict[tuple[object, ...], Message] = {}
        self._wake = asyncio.Event()
        self._gone = False

    @property
    def connected(self) -> bool:
        """The sensor process is there."""
        return self._pipe is not None

    def say(self, message: Message) -> None:
        """Say it now or as soon as can be, and most of it again after the sensor process restarts.

        Not so what is done or true but once: an ask is the collector's to repeat, a renewal comes of itself if it is
        still due, and what the collector held when the stream began may be less than it holds now.
        """
        key = _key(message)
        if isinstance(message, (Acked, Choices, Lost, Skew, Staged)):
            _put_last(self._kept, key, message)
        _put_last(self._waiting, key, message)
        self._flush()
        if self._waiting:
            self._wake.set()  # the sensor process does not read: it is tried again

    async def run(self) -> None:
        """Until cancelled."""
        delay = RETRY_S[0]
        while True:
            try:
                pipe = connect(self._path)
            except OSError:
                await asyncio.sleep(delay)
                delay = min(delay * 2, RETRY_S[1])
                continue
            delay = RETRY_S[0]
            await self._talk(pipe)
            self._lost()

    async def _talk(self, pipe: Pipe) -> None:
        """Until the sensor process is gone."""
        self._pipe, self._waiting, self._gone = pipe, dict(self._kept), False
        loop = asyncio.get_running_loop()
        loop.add_reader(pipe.fileno(), self._read)
        try:
            while not self._gone:
                self._wake.clear()
                self._flush()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FULL_S if self._waiting else None):
                        await self._wake.wait()
        finally:
            loop.remove_reader(pipe.fileno())
            pipe.close()
            self._pipe = None

    def _read(self) -> None:
        try:
            while self._pipe and (message := self._pipe.receive()):
                if isinstance(message, Heads):
                    self._settle(message)
                self._hear(message)
        except (EOFError, LocalError):
            self._end()

    def _settle(self, heads: Heads) -> None:
        """What is lost and waits no longer at the sensor process need not be said again, not even to its successor."""
        for key, kept in list(self._kept.items()):
            if isinstance(kept, Lost) and kept.epoch == heads.epoch:
                first, _ = heads.lanes.get(kept.lane, (kept.last + 1, 0))
                if kept.last < first:
                    del self._kept[key]

    def _flush(self) -> None:
        while self._pipe and not self._gone and self._waiting:
            key = next(iter(self._waiting))
            try:
                self._pipe.send(self._waiting[key])
            except BlockingIOError:
                return
            except OSError:
                self._end()
                return
            del self._waiting[key]

    def _end(self) -> None:
        self._gone = True
        self._wake.set()


def _put_last(messages: dict[tuple[object, ...], Message], key: tuple[object, ...], message: Message) -> None:
    """Order counts: an Acked that goes before a Lost would take what is lost for acknowledged."""
    messages.pop(key, None)
    messages[key] = message


def _key(message: Message) -> tuple[object, ...]:
    """A later message with the same key makes an earlier one needless."""
    match message:
        case Acked(epoch, lane, _):
            return (Acked, epoch, lane)
        case Held(epoch, lane, _):
            return (Held, epoch, lane)
        case Lost(epoch, lane, first, _):
            return (Lost, epoch, lane, first)
        case WantSample(sha256, _):
            return (WantSample, sha256)
        case _:
            return (type(message),)


def discard(message: Message) -> None:
    """Close what a message carries and nobody wants."""
    if isinstance(message, Sample):
        os.close(message.fd)
