"""`tramgac collector run`: all roles of a collector as children of one process."""

from __future__ import annotations

from tramgac_collector.paths import StatePaths


def run(paths: StatePaths) -> int:
    """Start every role, start again what dies, end all in order on SIGTERM or SIGINT; give the exit status.

    Ready when every role has announced itself: `run/collector.ready` is there then.
    """
    raise NotImplementedError
