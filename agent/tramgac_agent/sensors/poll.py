"""The last rung for processes, any system, no rights: two looks at the system, compared.

What lived shorter than the interval is not seen: of short processes all but 0 to 0.6 % (measured).
Its events say `poll`, and the health report says why there is no better rung.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tramgac_agent.enrich import living
from tramgac_agent.observations import OWN, Exit
from tramgac_agent.sensors.base import Probe
from tramgac_agent.sensors.polling import Polling, in_scope

if TYPE_CHECKING:
    from tramgac_agent.observations import Observation


class PollProcesses(Polling[dict[int, int]]):
    """Rung `poll` of the capability process."""

    capability = "process"

    def probe(self) -> Probe:
        """Look once."""
        try:
            seen = any(True for _ in in_scope(self._scope, self._own))
        except OSError as error:
            return Probe(ok=False, reason=f"processes cannot be listed: {error}")
        return Probe(ok=seen or self._scope.processes_narrowed, reason="no process is visible")

    def _look(self) -> dict[int, int]:
        """Pids and when they were started."""
        found = {pid: living.start(pid) for pid in in_scope(self._scope, self._own)}
        return {pid: began for pid, began in found.items() if began}

    def _compare(self, before: dict[int, int], after: dict[int, int]) -> list[Observation]:
        """Processes that ended, then those that began."""
        found: list[Observation] = []
        now = time.time_ns()
        for pid, began in before.items():
            if after.get(pid) != began:
                found.append(Exit(now, pid, began, None, 0, 0, 0))
        for pid, began in after.items():
            if before.get(pid) != began:
                seen = living.read(pid)
                if seen is not None:
                    found.append(seen._replace(flags=seen.flags | (OWN if seen.parent_pid == self._own else 0)))
        return found
