"""What the polling rungs share: which processes to look at, when, and how two looks are compared."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

import psutil
from tramgac_proto.event_pb2 import MECHANISM_POLL

from tramgac_agent.enrich import living

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Setting
    from tramgac_agent.sensors.scope import Scope

Seen = TypeVar("Seen")
"""What one look at the system gives."""

INTERVAL_S = 1.0


def in_scope(scope: Scope, own: int) -> Iterable[int]:
    """Processes to look at: all, or those of a control group or below a process, and the agent's own children."""
    if not scope.processes_narrowed:
        return living.pids()
    found = {child.pid for child in _children(own, recursive=False)}
    if scope.cgroup is not None:
        for listing in Path(scope.cgroup).rglob("cgroup.procs"):
            found.update(int(line) for line in listing.read_text("ascii").split())
    if scope.process is not None:
        found.add(scope.process)
        found.update(child.pid for child in _children(scope.process, recursive=True))
    return found


def _children(pid: int, *, recursive: bool) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=recursive)
    except psutil.Error:
        return []


class Timer:
    """Says when it is time to look again."""

    def __init__(self) -> None:
        """The first look is due at once."""
        self._next = 0.0

    def due(self) -> bool:
        """True once an interval."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + INTERVAL_S
        return True


class Polling(Generic[Seen]):
    """A rung `poll`: two looks at the system, compared. A subclass says how to look and what is new.

    A look may raise OSError or psutil.Error: it is counted, and the one before stays what is compared with.
    """

    rung = "poll"
    mechanism = MECHANISM_POLL

    def __init__(self, setting: Setting) -> None:
        """Keep the setting."""
        self._scope = setting.scope
        self._own = setting.own_pids[0]
        self._timer = Timer()
        self._before: Seen | None = None
        self._broken = 0

    def _look(self) -> Seen:
        raise NotImplementedError

    def _compare(self, before: Seen, after: Seen) -> list[Observation]:
        raise NotImplementedError

    def start(self) -> None:
        """What is there now was there before: it makes no events."""
        self._before = self._look()

    def drain(self, budget: int) -> Sequence[Observation]:
        """What came and went since the last look; a look costs the same whatever the budget."""
        del budget
        if self._before is None or not self._timer.due():
            return []
        try:
            after = self._look()
        except (OSError, psutil.Error):
            self._broken += 1
            return []
        before, self._before = self._before, after
        return self._compare(before, after)

    def wake(self) -> int | None:
        """Nothing wakes it."""
        return None

    def check(self) -> str:
        """It holds nothing that could vanish."""
        return ""

    def unseen(self) -> str:
        """Nothing that could be named: what is short is missed everywhere."""
        return ""

    def missed(self) -> Mapping[str, int]:
        """sensor_error; what came and went between two looks nobody can count."""
        return {"sensor_error": self._broken}

    def canary_folder(self) -> str | None:
        """It sees no files."""
        return None

    def stop(self) -> None:
        """Forget."""
        self._before = None
