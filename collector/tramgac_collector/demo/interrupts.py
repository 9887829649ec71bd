"""SIGTERM and SIGINT end a demo from wherever it is, but not between starting something and noting that it runs."""

from __future__ import annotations

import contextlib
import signal
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

ENDING: Final = (signal.SIGTERM, signal.SIGINT)


class Stopped(BaseException):
    """SIGTERM or SIGINT came."""


@dataclass
class _Gate:
    """Whether a signal is held back just now, and whether one came meanwhile."""

    held: bool = False
    came: bool = False


_GATE: Final = _Gate()  # handlers of signals belong to the process, and so does this


@contextlib.contextmanager
def restored() -> Iterator[None]:
    """Put the handlers of before back at the end."""
    before = {number: signal.getsignal(number) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def catch() -> None:
    """Raise Stopped from here on where the first signal comes; further ones are passed over."""

    def stop(_number: int, _frame: types.FrameType | None) -> None:
        deaf()
        if _GATE.held:
            _GATE.came = True
        else:
            raise Stopped

    for number in ENDING:
        signal.signal(number, stop)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Let a signal wait until the end of this: Stopped is raised there.

    The mask keeps it from this thread and from a child before it is its own master; another thread may still take it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    _GATE.held = True
    try:
        yield
    finally:
        _GATE.held = False
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if _GATE.came:
            _GATE.came = False
            raise Stopped


def hear() -> None:
    """In a child that was started while signals were held: they are not held there."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def deaf() -> None:
    """Pass the signals over from here on: what ends a demo must not be ended halfway by a second Ctrl-C."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
