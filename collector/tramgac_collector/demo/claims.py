"""Whose a state folder is: a demo works where a demo has made the collector, and touches no other collector's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, TextIO

from tramgac_collector.paths import StatePaths

NAME: Final = "demo"
"""The file by which a demo has its folder: locked while one runs, and never taken away."""
MARK: Final = "the collector of this folder was made by a demo\n"
"""How that file begins; then, once the demo can be used, its process id and address."""
_MADE: Final = "init.log"
"""What `collector init` said to the demo that ran it, in the folder of logs: earlier demos left no mark but this."""


def another(folder: Path) -> Path | None:
    """Give a file of a collector that no demo made, None where there is none; nothing is made or changed.

    A file `demo` without the mark is no proof: earlier demos left one in whatever folder they were given.

    Raises:
        OSError: we may not look.

    """
    at, claim = StatePaths(folder), folder / NAME
    parts = (at.config, at.ca_key, at.ca_certificate, at.server_certificate, at.log_id, at.control_database)
    found = next((part for part in parts if part.exists()), None)
    if found is None or not claim.exists():
        return found
    earlier = at.config.exists() and (at.logs / _MADE).exists()
    return None if earlier or claim.read_bytes().startswith(MARK.encode()) else found


def mark(claim: TextIO) -> None:
    """Say that the collector here is a demo's, before there is one and so that it outlives a loss of power."""
    claim.seek(0)
    if not claim.read().startswith(MARK):
        claim.truncate(0)
        claim.write(MARK)
        claim.flush()
        os.fsync(claim.fileno())


def announce(claim: TextIO, url: str) -> None:
    """Say where this demo is."""
    claim.truncate(len(MARK))
    claim.write(f"{os.getpid()} {url}")
    claim.flush()


def announced(claim: TextIO) -> tuple[int, str] | None:
    """Process id and address of the demo that has this folder; None while it starts."""
    claim.seek(0)
    pid, _, url = claim.read().removeprefix(MARK).partition(" ")
    return (int(pid), url) if url else None
