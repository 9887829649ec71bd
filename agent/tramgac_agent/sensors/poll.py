"""The last rung for processes, any system, no rights: two looks at the system, compared.

What lived shorter than the interval is not seen: of short processes all but 0 to 0.6 % (measured).
Its events say `poll`, and the health report says why there is no better rung.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tramgac_proto.event_pb2 import MECHANISM_POLL

from tramgac_agent.enrich import living
from tramgac_agent.observations import OWN, Exit
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.polling import Timer, in_scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.base import Setting


class PollProcesses:
    """Rung `poll` of the capability process."""

    capability = "process"
    rung = "poll"
    mechanism = MECHANISM_POLL

    def __init__(self, setting: Setting) -> None:
        """Keep the setting."""
        self._scope = setting.scope
        self._own = setting.own_pids[0]
        self._timer = Timer()
        self._alive: dict[int, int] | None = None
        self._broken = 0

    def probe(self) -> Probe:
        """Look once."""
        try:
            seen = any(True for _ in in_scope(self._scope, self._own))
        except OSError as error:
            return Probe(ok=False, reason=f"processes cannot be listed: {error}")
        return Probe(ok=seen or self._scope.processes_narrowed, reason="no process is visible")

    def start(self) -> None:
        """What lives now was there before: it makes no events."""
        self._alive = self._look()

    def _look(self) -> dict[int, int]:
        """Pids and when they were started."""
        found = {pid: living.start(pid) for pid in in_scope(self._scope, self._own)}
        return {pid: began for pid, began in found.items() if began}

    def drain(self, budget: int) -> Sequence[Observation]:
        """Processes that came and went since the last look; a look costs the same whatever the budget."""
        del budget
        if self._alive is None or not self._timer.due():
            return []
        try:
            alive = self._look()
        except OSError:
            self._broken += 1
            return []
        found: list[Observation] = []
        now = time.time_ns()
        for pid, began in self._alive.items():
            if alive.get(pid) != began:
                found.append(Exit(now, pid, began, 0, 0, 0, 0))
        for pid, began in alive.items():
            if self._alive.get(pid) != began:
                seen = living.read(pid)
                if seen is not None:
                    found.append(seen._replace(flags=seen.flags | (OWN if seen.parent_pid == self._own else 0)))
        self._alive = alive
        return found

    def wake(self) -> int | None:
        """Nothing wakes it."""
        return None

    def check(self) -> str:
        """It holds nothing that could vanish."""
        return ""

    def missed(self) -> Mapping[str, int]:
        """sensor_error; what came and went between two looks nobody can count."""
        return {"sensor_error": self._broken}

    def canary_folder(self) -> str | None:
        """It sees no files."""
        return None

    def stop(self) -> None:
        """Forget."""
        self._alive = None
