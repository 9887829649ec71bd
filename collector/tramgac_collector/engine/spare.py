"""Read-only clients that are kept for the next question: a new one first asks the engine for all its settings.

That takes ten times as long as a small question, and a process tree is nine of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tramgac_collector.paths import StatePaths

MOST = 8
KEPT_S = 120.0
"""Shorter than the engine keeps a connection (server.py)."""


@dataclass(frozen=True, slots=True)
class _Spare:
    told: bytes
    """What the engine said of itself when the client was made: one that was started again says something else.

    Empty for a client that is not to be kept.
    """
    connect: Callable[..., Any]
    since: float
    client: Any


@dataclass(slots=True)
class Spares:
    """The clients that nobody uses at this moment; for any number of threads."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: list[_Spare] = field(default_factory=list)

    @contextmanager
    def lend(self, paths: StatePaths, connect: Callable[..., Any]) -> Iterator[Any]:
        """Lend a client of the engine that runs now, made by `connect` if none is kept. After an error it is closed.

        Raises:
            EngineAway: it does not run, or not yet.
        """
        told = _told(paths)
        client = self._take(told, connect)
        if client is None:
            client = connect(paths, read_only=True)
        good = False
        try:
            yield client
            good = True
        finally:
            self._keep(_Spare(told if good else b"", connect, time.monotonic(), client))

    def _take(self, told: bytes, connect: Callable[..., Any]) -> Any:
        oldest = time.monotonic() - KEPT_S
        with self._lock:
            old = [spare for spare in self._kept if spare.since < oldest or spare.told != told]
            self._kept = [spare for spare in self._kept if spare not in old]
            mine = [spare for spare in self._kept if spare.connect is connect]
            if mine:
                self._kept.remove(mine[-1])
        for spare in old:
            spare.client.close()
        return mine[-1].client if mine else None

    def _keep(self, spare: _Spare) -> None:
        with self._lock:
            kept = bool(spare.told) and len(self._kept) < MOST
            if kept:
                self._kept.append(spare)
        if not kept:
            spare.client.close()


def _told(paths: StatePaths) -> bytes:
    try:
        return paths.engine.read_bytes()
    except OSError:
        return b""
