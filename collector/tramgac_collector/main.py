"""One role of a collector as a process: `python -m tramgac_collector.main ROLE --state DIR`."""

from __future__ import annotations

import argparse
import ctypes
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tramgac_collector import judges
from tramgac_collector.config import CollectorConfig, load
from tramgac_collector.errors import CollectorError, PortInUse, SettingsError, StateError
from tramgac_collector.paths import StatePaths

Role = Callable[[StatePaths, CollectorConfig], None]

ROLES: Mapping[str, str] = {
    "signer": "tramgac_collector.signer:run",
    "engine": "tramgac_collector.engine.server:run",
    "gateway": "tramgac_collector.gateway.role:run",
    "intake": "tramgac_collector.jetstream.intake:run",
    "store": "tramgac_collector.events.store:run",
    "judge": "tramgac_collector.judging.role:run",
    "notifier": "tramgac_collector.notify.role:run",
    "api": "tramgac_collector.api.serve:serve",
    "exporter": "tramgac_collector.export.role:run",
}
"""Name of each role and the function that does its work, in the order in which they start."""
ASKED_BY: Mapping[str, str] = {"exporter": "export.toml", "notifier": "notify.toml"}
"""Roles that run only where the state directory has a file that asks for them."""
HOPELESS = 78
"""Exit status of a role that would fail again in the same way (EX_CONFIG of sysexits.h)."""
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG, prctl(2)


def wanted(paths: StatePaths, settings: CollectorConfig) -> tuple[str, ...]:
    """Name the roles that this machine runs now, in the order in which they start."""
    found: list[str] = []
    for role in settings.roles or ROLES:
        if _asked_for(paths, settings, role):
            found += judges.roles(settings.judges) if role == judges.ROLE else [role]
    return tuple(found)


def _asked_for(paths: StatePaths, settings: CollectorConfig, role: str) -> bool:
    if role == "intake":
        return bool(settings.queue)
    return role not in ASKED_BY or (paths.root / ASKED_BY[role]).exists()


def function(role: str) -> Role:
    """Import the function of a role; of several judges each has a number."""
    base, _, number = role.partition("-")
    module, _, name = ROLES[base].partition(":")
    found: Callable[..., None] = getattr(importlib.import_module(module), name)
    return partial(found, number=int(number)) if number else found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one role until it ends; give the exit status."""
    parser = argparse.ArgumentParser(prog="tramgac_collector.main", description=__doc__)
    parser.add_argument("role", choices=(*ROLES, *judges.roles(judges.MOST)[1:]), metavar="ROLE")
    parser.add_argument("--state", type=Path, required=True, help="the collector's state directory")
    parser.add_argument("--parent", type=int, default=0, help="pid of the supervisor: the role ends when it ends")
    options = parser.parse_args(arguments)
    if options.parent:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the supervisor ends us in order
        _die_with(options.parent)
    # Else gRPC's core tells of each handshake that failed (a scanner, a browser), in lines that are no JSON. What goes
    # wrong with a call or a port reaches us as an error, and is said there.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    paths = StatePaths(options.state.resolve())
    try:
        function(options.role)(paths, load(paths))
    except CollectorError as error:
        if logging.getLogger().handlers:  # else it ended before it had a log
            logging.getLogger(__name__).error("the role ends: %s", error)  # noqa: TRY400 - what is wrong, not where
        print(f"tramgac collector, {options.role}: {error.said()}", file=sys.stderr)  # noqa: T201 - for the person who started it
        return HOPELESS if isinstance(error, (PortInUse, SettingsError, StateError)) else 1
    return 0


def _die_with(parent: int) -> None:
    """Have the kernel end this process when the supervisor ends, however it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)  # it ended before we asked


if __name__ == "__main__":
    sys.exit(main())
