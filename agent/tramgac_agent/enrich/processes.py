"""The process table: who is who, who begot whom, and for a while who was.

A record is never changed after it was put in: a child keeps the image that its parent had when it
forked, and an ended parent lives on in its children's records. Ended processes are kept 30 s for
file and connection events that are drained after them.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from tramgac_agent.enrich.entity import entity_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tramgac_agent.observations import Exec, Exit, Fork

KEEP_NS = 30_000_000_000
"""How long an ended process is kept."""
MAX_ENDED = 10_000
"""How many of them at most, some 500 bytes each."""
MAX_DEPTH = 64
"""How far a chain of parents is read from the system."""


class Known(NamedTuple):
    """A process with one image."""

    pid: int
    start: int
    """Ticks of 10 ms since boot; 0 if not known."""
    parent_pid: int
    parent_start: int
    executable: str
    command_line: str
    user: str
    parent: Known | None
    """The parent as it was when it forked; None if nobody knows it."""
    executed: bool
    """It ran a program of its own: its start and its end are events."""

    @property
    def entity(self) -> int:
        """The process's identity; 0 if not known."""
        return entity_id(self.pid, self.start)


class ProcessTable:
    """Processes by pid, fed in the order in which things happened."""

    def __init__(self, read: Callable[[int], Exec | None], user_of: Callable[[Exec], str]) -> None:
        """How to learn of a living process that was never seen, and how to name an exec's user."""
        self._read = read
        self._user_of = user_of
        self._by_pid: dict[int, Known] = {}
        self._ended: deque[tuple[int, Known]] = deque()
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._by_pid)

    def fill(self, pids: Iterable[int]) -> None:
        """Take in processes that live already."""
        for pid in pids:
            self._learn(pid, 0)

    def fork(self, seen: Fork) -> None:
        """A copy of its parent."""
        parent = self.find(seen.parent_pid, seen.parent_start)
        image = ("", "", "") if parent is None else (parent.executable, parent.command_line, parent.user)
        self._by_pid[seen.pid] = Known(
            seen.pid, seen.start, seen.parent_pid, seen.parent_start, *image, parent, executed=False
        )

    def exec(self, seen: Exec, *, quiet: bool = False) -> Known:
        """A new image; the parent stays the one that forked it, also if that one is gone.

        `quiet`: neither its start nor its end is an event.
        """
        before = self._by_pid.get(seen.pid)
        if before is not None and before.start == seen.start and before.parent is not None:
            known = self._known(seen, before.parent, before.parent_pid, before.parent_start)
        else:
            parent = self.find(seen.parent_pid, seen.parent_start) if seen.parent_pid else None
            known = self._known(seen, parent, seen.parent_pid, seen.parent_start)
        if quiet:
            known = known._replace(executed=False)
        self._by_pid[seen.pid] = known
        return known

    def _known(self, seen: Exec, parent: Known | None, parent_pid: int, parent_start: int) -> Known:
        return Known(
            seen.pid,
            seen.start,
            parent_pid,
            parent_start,
            seen.executable,
            seen.command_line,
            self._user_of(seen),
            parent,
            executed=True,
        )

    def exit(self, seen: Exit) -> Known | None:
        """The process that ended, if it was known and had not ended before; it can be found for a while.

        Two threads that leave at once can both be told by the kernel to be the last.
        """
        known = self._by_pid.get(seen.pid)
        if known is None or (seen.start and known.start and known.start != seen.start):
            return None
        self._ended.append((seen.at, known))  # also the second time: whatever stands here now must go
        if known.entity in self._gone:
            return None
        if known.entity:
            self._gone.add(known.entity)
        return known

    def find(self, pid: int, start: int = 0) -> Known | None:
        """The process of that pid, started then if that is known; read from the system if it lives and is new."""
        known = self._by_pid.get(pid)
        if known is not None and (not start or not known.start or known.start == start):
            return known
        return self._learn(pid, start)

    def _learn(self, pid: int, start: int, depth: int = 0) -> Known | None:
        """From the system, with its ancestors."""
        seen = self._read(pid) if pid > 0 and depth < MAX_DEPTH else None
        if seen is None or (start and seen.start != start):
            return None
        parent = self._by_pid.get(seen.parent_pid)
        if parent is None or parent.start != seen.parent_start:
            parent = self._learn(seen.parent_pid, seen.parent_start, depth + 1)
        known = self._known(seen, parent, seen.parent_pid, seen.parent_start)
        self._by_pid[pid] = known
        return known

    def sweep(self, now: int) -> None:
        """Forget what ended more than 30 s ago, by the clock of observations."""
        ended = self._ended
        while ended and (ended[0][0] < now - KEEP_NS or len(ended) > MAX_ENDED):
            known = ended.popleft()[1]
            self._gone.discard(known.entity)
            # An exec between two looks, or the same number given again, leaves another record here.
            if self._by_pid.get(known.pid) is known:
                del self._by_pid[known.pid]
