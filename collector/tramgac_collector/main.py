"""One role of a collector as a process: `python -m tramgac_collector.main ROLE --state DIR`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tramgac_collector.config import CollectorConfig, load
from tramgac_collector.paths import StatePaths

Role = Callable[[StatePaths, CollectorConfig], None]

ROLES: Mapping[str, str] = {
    "signer": "tramgac_collector.signer:run",
    "engine": "tramgac_collector.engine.server:run",
    "gateway": "tramgac_collector.gateway.role:run",
    "store": "tramgac_collector.events.store:run",
    "judge": "tramgac_collector.judging.consumer:run",
    "api": "tramgac_collector.api.serve:serve",
}
"""Name of each role and the function that does its work, in the order in which they start."""


def function(role: str) -> Role:
    """Import the function of a role."""
    module, _, name = ROLES[role].partition(":")
    found: Role = getattr(importlib.import_module(module), name)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one role until it ends."""
    parser = argparse.ArgumentParser(prog="tramgac_collector.main", description=__doc__)
    parser.add_argument("role", choices=tuple(ROLES))
    parser.add_argument("--state", type=Path, required=True)
    options = parser.parse_args(arguments)
    paths = StatePaths(options.state.resolve())
    function(options.role)(paths, load(paths))
    return 0


if __name__ == "__main__":
    sys.exit(main())
