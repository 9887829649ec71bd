"""Parts searched in all cores: what comes of them comes in their order, and is the same as in one process."""

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TypeVar

from tramgac_collector.matching.parts import Part
from tramgac_collector.matching.searching import Found, Search, Setup
from tramgac_collector.matching.words import Unread

ALONE = 4 << 20
"""Bytes that are searched before other processes are worth their start: they begin with what was learnt by then."""
_FLYING = 64 << 20  # bytes of parts that wait for their turn
_EACH = 3  # parts a process, waiting or in work
_Tag = TypeVar("_Tag")

_search: Search | None = None
"""The search of this process; a child that was forked has its parent's."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def searched(
    search: Search, parts: Iterable[tuple[_Tag, Part | None]], *, processes: int
) -> Generator[tuple[_Tag, Found | None]]:
    """Yield what comes of each part, with its tag, in order; None passes as it is."""
    global _search  # noqa: PLW0603 - what a forked child inherits
    _search = search
    waiting = iter(parts)
    spent = 0
    for tag, part in waiting:
        yield tag, None if part is None else search.part(part)
        spent += 0 if part is None else part.size
        if spent > ALONE and processes > 1:
            break
    pool = _Pool(search.setup, processes)
    try:
        yield from _in_order(pool, waiting, most=_EACH * processes)
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class _Flight:
    """A part on its way."""

    part: Part
    executor: ProcessPoolExecutor
    future: Future[Found]


class _Pool:
    """Processes that search; a part that kills one is told, and the others go on."""

    def __init__(self, setup: Setup, processes: int) -> None:
        self._setup, self._processes = setup, processes
        self._executor: ProcessPoolExecutor | None = None

    def submit(self, part: Part) -> _Flight:
        """Begin to search a part."""
        if self._executor is None:
            self._executor = _executor(self._setup, self._processes)
        try:
            return _Flight(part, self._executor, self._executor.submit(_part, part))
        except BrokenProcessPool:  # what was lost is told when it lands
            self.close()
            return self.submit(part)

    def landed(self, flight: _Flight) -> Found:
        """Return what came of a part; of one whose process was lost, with it or with its neighbour, by itself again."""
        try:
            return flight.future.result()
        except BrokenProcessPool:
            if self._executor is flight.executor:
                self.close()
        alone = _executor(self._setup, 1)
        try:
            return alone.submit(_part, flight.part).result()
        except BrokenProcessPool:
            return Found(records=1, unreadable=1, faults=((0, Unread.LOST.both()),))
        finally:
            alone.shutdown(cancel_futures=True)

    def close(self) -> None:
        """End the processes."""
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None


def _in_order(
    pool: _Pool, parts: Iterator[tuple[_Tag, Part | None]], *, most: int
) -> Iterator[tuple[_Tag, Found | None]]:
    flying: deque[tuple[_Tag, _Flight | None]] = deque()
    weight = 0
    for tag, part in parts:
        while flying and (len(flying) >= most or weight > _FLYING):
            first, flight = flying.popleft()
            weight -= _size(flight)
            yield first, None if flight is None else pool.landed(flight)
        flying.append((tag, None if part is None else pool.submit(part)))
        weight += _size(flying[-1][1])
    for tag, flight in flying:
        yield tag, None if flight is None else pool.landed(flight)


def _size(flight: _Flight | None) -> int:
    return 0 if flight is None else flight.part.size


def _executor(setup: Setup, processes: int) -> ProcessPoolExecutor:
    gc.freeze()  # what is there by now stays shared with children that are forked
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    return ProcessPoolExecutor(processes, context, _begin, (setup,))


def _begin(setup: Setup) -> None:
    """Make a child ready; what interrupts the command is its parent's business."""
    global _search  # noqa: PLW0603
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _search is None:
        _search = Search(setup)


def _part(part: Part) -> Found:
    assert _search is not None
    return _search.part(part)
