"""How a role says that it is ready: the file `run/ROLE.ready`, which holds its pid."""

from __future__ import annotations

import os
from pathlib import Path

from tramgac_wire import whole

from tramgac_collector.paths import StatePaths


def announce(paths: StatePaths, role: str) -> None:
    """Say that this process is ready to do the work of `role`."""
    whole.write(paths.ready(role), f"{os.getpid()}\n".encode(), durable=False)


def retract(paths: StatePaths, role: str) -> None:
    """Say that nobody does the work of `role` now."""
    paths.ready(role).unlink(missing_ok=True)


def pid(paths: StatePaths, role: str) -> int:
    """Give the pid of the process that announced itself for `role`; 0 if none did."""
    return _pid_in(paths.ready(role))


def _pid_in(file: Path) -> int:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0
