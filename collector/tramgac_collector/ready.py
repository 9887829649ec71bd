"""How a role says that it is ready: `run/ROLE.ready` holds its pid; and that one supervisor alone has the directory."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tramgac_wire import whole

from tramgac_collector.errors import StateError
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

NAME = "collector"
"""The supervisor announces itself by this name when all roles are ready."""
_GLANCE_S = 0.5
"""Whoever only looks at the lock has it for an instant: so long it is asked for again."""


def announce(paths: StatePaths, role: str) -> None:
    """Say that this process is ready to do the work of `role`."""
    whole.write(paths.ready(role), f"{os.getpid()}\n".encode(), durable=False)


def retract(paths: StatePaths, role: str) -> None:
    """Say that nobody does the work of `role` now."""
    paths.ready(role).unlink(missing_ok=True)


def pid(paths: StatePaths, role: str) -> int:
    """Give the pid of the process that announced itself for `role`; 0 if none did."""
    return _pid_in(paths.ready(role))


def runs(paths: StatePaths, role: str) -> bool:
    """Tell whether the process that announced itself for `role` is there."""
    number = pid(paths, role)
    return number > 0 and Path(f"/proc/{number}").is_dir()


def _pid_in(file: Path) -> int:
    try:
        return int(file.read_text())
    except (FileNotFoundError, ValueError):
        return 0


@contextmanager
def alone(paths: StatePaths) -> Iterator[None]:
    """Hold the state directory for one supervisor; the kernel lets it go with this process.

    Raises:
        StateError: another supervisor holds it.

    """
    with (paths.run / "lock").open("w") as lock:
        deadline = time.monotonic() + _GLANCE_S
        while not _taken(lock.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                number = pid(paths, NAME)
                word = Trouble.RUNS_ALREADY if number else Trouble.STARTS_ALREADY
                raise StateError(word.both(root=paths.root, pid=number))
            time.sleep(_GLANCE_S / 10)
        yield


def held(paths: StatePaths) -> bool:
    """Tell whether a supervisor holds the state directory: it runs, or just starts or ends.

    Raises:
        OSError: we may not look.

    """
    try:
        with (paths.run / "lock").open("rb") as lock:
            return not _taken(lock.fileno(), fcntl.LOCK_SH)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _taken(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
