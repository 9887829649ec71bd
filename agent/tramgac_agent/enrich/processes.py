"""The process table: who is who, who begot whom, and for a while who was.

A record is never changed after it was put in: a child keeps the image that its parent had when it
forked, and an ended parent lives on in its children's records. Ended processes are kept 30 s for
file and connection events that are drained after them; so are the images that a process had before
it became another program: what it did as a shell it did as a shell, whatever it ran then.
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
MAX_IMAGES = 10_000
"""How many earlier images at most, of all processes together."""
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
    since: int = 0
    """When it became this image, nanoseconds since 1970 by the raw clock; 0 if it was there before it was seen."""

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
        self._earlier: dict[int, list[Known]] = {}
        self._replaced: deque[tuple[int, int]] = deque()

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
            seen.pid, seen.start, seen.parent_pid, seen.parent_start, *image, parent, executed=False, since=seen.at
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
        known = known._replace(since=seen.at, executed=not quiet)
        if before is not None and before.start == seen.start:
            self._earlier.setdefault(seen.pid, []).append(before)
            self._replaced.append((seen.at, seen.pid))
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

    def find(self, pid: int, start: int = 0, at: int = 0) -> Known | None:
        """The process of that pid, started then if that is known; read from the system if it lives and is new.

        `at`: as it was at that time, as `Known.since`; 0 for now.
        """
        known = self._by_pid.get(pid)
        if known is None or (start and known.start and known.start != start):
            return self._learn(pid, start)
        return self.images(pid, at)[0] if at and at < known.since else known

    def became(self, pid: int) -> int:
        """When the process became what it is, as `Known.since`; 0 if it was ever that, or is not known."""
        known = self._by_pid.get(pid)
        return known.since if known is not None and pid in self._earlier else 0

    def images(self, pid: int, at: int = 0) -> list[Known]:
        """What the process that has this pid now was at that time and has been since, oldest first."""
        known = self._by_pid.get(pid)
        if known is None:
            return []
        found = [image for image in self._earlier.get(pid, ()) if image.start == known.start]
        found.append(known)
        while len(found) > 1 and found[1].since <= at:
            del found[0]
        return found

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
        replaced = self._replaced
        while replaced and (replaced[0][0] < now - KEEP_NS or len(replaced) > MAX_IMAGES):
            pid = replaced.popleft()[1]
            images = self._earlier[pid]
            del images[0]
            if not images:
                del self._earlier[pid]
        ended = self._ended
        while ended and (ended[0][0] < now - KEEP_NS or len(ended) > MAX_ENDED):
            known = ended.popleft()[1]
            self._gone.discard(known.entity)
            # An exec between two looks, or the same number given again, leaves another record here.
            if self._by_pid.get(known.pid) is known:
                del self._by_pid[known.pid]
