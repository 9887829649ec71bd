"""What the polling rungs share: which processes to look at, and when."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tramgac_agent.enrich import living

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tramgac_agent.sensors.scope import Scope

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
