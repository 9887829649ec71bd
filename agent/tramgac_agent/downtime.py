"""When the agent was last alive: so that it can say for how long nobody looked."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EVERY_NS = 30_000_000_000
"""How often it is written down; a killed agent loses at most so much of its memory."""


class Downtime:
    """Keeps `alive` in the state folder: {"at": nanoseconds since 1970, "boot": text}."""

    def __init__(self, path: Path, boot: str) -> None:
        """Touch nothing yet."""
        self._path = path
        self._boot = boot
        self._written = 0

    def gap(self, now: int, booted: int) -> tuple[int, int] | None:
        """From when to when this host ran without an agent, as far as is known; None if it never had one.

        After a boot the time before it does not count: a machine that is off does nothing.
        """
        try:
            last = json.loads(self._path.read_bytes())
            at, boot = int(last["at"]), str(last["boot"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        first = at if boot == self._boot else booted
        return (first, now) if first < now else None

    def alive(self, now: int, *, force: bool = False) -> None:
        """Write it down if it is time. A full disk is no reason to stop."""
        if not force and now - self._written < EVERY_NS:
            return
        self._written = now
        temporary = self._path.with_suffix(".new")
        try:
            temporary.write_text(json.dumps({"at": now, "boot": self._boot}), "ascii")
            os.replace(temporary, self._path)  # noqa: PTH105 - Path.replace says nothing more
        except OSError:
            return
