"""Parts searched in all cores: what comes of them comes in their order, and is the same as in one process."""

import gc
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Generic, TypeVar

from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.parts import Part, cut
from tramgac_collector.matching.searching import Found, Search, Setup
from tramgac_collector.matching.words import Unread

ALONE = 4 << 20
"""Bytes that are searched before other processes are worth their start: they begin with what was learnt by then."""
_FLYING = 64 << 20  # bytes of parts that wait for their turn
_TOGETHER = 512 << 10  # bytes of small parts that go to a process together
_EACH = 3  # times so much a process, waiting or in work
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
    pool: _Pool[_Tag] = _Pool(search.setup, processes)
    try:
        yield from _in_order(pool, waiting, most=_EACH * processes)
    finally:
        pool.close()


@dataclass(frozen=True, slots=True)
class _Flight(Generic[_Tag]):
    """Parts on their way together, with what stands between them."""

    steps: Sequence[tuple[_Tag, Part | None]]
    executor: ProcessPoolExecutor
    future: Future[list[Found]]

    @property
    def size(self) -> int:
        return sum(map(_size, self.steps))


class _Pool(Generic[_Tag]):
    """Processes that search; a part that kills one is told, and the others go on."""

    def __init__(self, setup: Setup, processes: int) -> None:
        self._setup, self._processes = setup, processes
        self._executor: ProcessPoolExecutor | None = None

    def submit(self, steps: Sequence[tuple[_Tag, Part | None]]) -> _Flight[_Tag]:
        """Begin to search parts."""
        if self._executor is None:
            self._executor = _executor(self._setup, self._processes)
        try:
            return _Flight(steps, self._executor, self._executor.submit(_searched, _parts(steps)))
        except BrokenProcessPool:  # what was lost is told when it lands
            self.close()
            return self.submit(steps)

    def landed(self, flight: _Flight[_Tag]) -> Iterator[tuple[_Tag, Found | None]]:
        """Yield what came of each part; of those whose process was lost, with one of them or with others, again."""
        try:
            found = iter(flight.future.result())
        except BrokenProcessPool:
            if self._executor is flight.executor:
                self.close()
            for tag, part in flight.steps:
                yield from ((tag, one) for one in ([None] if part is None else self._again(part)))
            return
        for tag, part in flight.steps:
            yield tag, None if part is None else next(found)

    def _again(self, part: Part) -> Iterator[Found]:
        """Search a part, or the parts of a whole file, each in a process of its own."""
        if part.path is None:
            yield self._alone(part)
            return
        try:
            yield from map(self._alone, cut(part.path))
        except (Broken, OSError) as error:
            yield Found(fault=error)

    def _alone(self, part: Part) -> Found:
        """Search a part in a process of its own."""
        alone = _executor(self._setup, 1)
        try:
            return alone.submit(_searched, [part]).result()[0]
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
    pool: _Pool[_Tag], steps: Iterator[tuple[_Tag, Part | None]], *, most: int
) -> Iterator[tuple[_Tag, Found | None]]:
    flying: deque[_Flight[_Tag]] = deque()
    weight = 0
    for together in _together(steps, min(_TOGETHER, _FLYING // most)):
        while flying and (len(flying) >= most or weight > _FLYING):
            first = flying.popleft()
            weight -= first.size
            yield from pool.landed(first)
        flying.append(pool.submit(together))
        weight += flying[-1].size
    for flight in flying:
        yield from pool.landed(flight)


def _together(steps: Iterator[tuple[_Tag, Part | None]], enough: int) -> Iterator[Sequence[tuple[_Tag, Part | None]]]:
    """Yield steps with parts that have `enough` bytes together: to send them one by one costs as much as to search."""
    held: list[tuple[_Tag, Part | None]] = []
    weight = 0
    for step in steps:
        held.append(step)
        weight += _size(step)
        if weight >= enough:
            yield held
            held, weight = [], 0
    if held:
        yield held


def _parts(steps: Iterable[tuple[_Tag, Part | None]]) -> list[Part]:
    return [part for _, part in steps if part is not None]


def _size(step: tuple[_Tag, Part | None]) -> int:
    return 0 if step[1] is None else step[1].size


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


def _searched(parts: Sequence[Part]) -> list[Found]:
    assert _search is not None
    return [_search.part(part) for part in parts]
