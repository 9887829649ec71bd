"""Bells between roles: "look again", told by a datagram.

A ring is a hint. It may be lost and several may become one, so a listener looks at the truth (the log's head,
a table) after each ring and every few seconds without one.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from tramgac_wire.address import short_address

OUTBOX_READERS = ("api", "notifier")
SLOW_LOOK_S = 5.0
"""A listener looks this often even if nobody rings, seconds."""


def ring(run: Path, name: str) -> bool:
    """Ring the bell `name` in the folder `run`; False if it was not heard, which is no error.

    Nobody listens, its queue is full, or no descriptor is left: the listener looks by itself too.
    """
    try:
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender,
            short_address(run / f"{name}.bell") as address,
        ):
            sender.sendto(b"\x01", address)
    except OSError:
        return False
    return True


def ring_readers(run: Path) -> None:
    """Ring all who read the outbox: something was written into it."""
    for name in OUTBOX_READERS:
        ring(run, name)


def ring_judges(run: Path) -> None:
    """Ring every judge that listens."""
    for file in run.glob("judge*.bell"):
        ring(run, file.stem)


class Bell:
    """The listener's end: a datagram socket at `run/NAME.bell`. One process at a time listens to a name."""

    def __init__(self, run: Path, name: str) -> None:
        """Bind; an earlier socket file, left by a killed process, is replaced."""
        self._path = run / f"{name}.bell"
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        with short_address(self._path) as address:
            self._socket.bind(address)

    def fileno(self) -> int:
        """Give the descriptor, readable when somebody rang."""
        return self._socket.fileno()

    def hush(self) -> bool:
        """Take all rings that wait; True if there was one."""
        rang = False
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv(16):
                rang = True
        return rang

    def wait(self, timeout: float = SLOW_LOOK_S) -> bool:
        """Block until somebody rings (True) or `timeout` seconds are over (False)."""
        select.select([self._socket], [], [], timeout)
        return self.hush()

    async def wait_async(self, timeout: float = SLOW_LOOK_S) -> bool:  # noqa: ASYNC109 - the slow look is no error
        """Wait like `wait` without blocking the event loop."""
        loop = asyncio.get_running_loop()
        rung = asyncio.Event()
        loop.add_reader(self._socket, rung.set)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):  # wait_for would swallow a cancellation that comes with a ring
                    await rung.wait()
        finally:
            loop.remove_reader(self._socket)
        return self.hush()

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        """Use it as a context manager."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it."""
        self.close()
