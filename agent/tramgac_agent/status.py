"""Status files: what the parts say about themselves, for doctor. JSON, replaced whole.

Beside the facts stands who wrote them, when, and whether as its last word: {"pid", "start", "boot", "time", "ended"}.
So a reader does not take for present what is over, however it ended.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from tramgac_wire import whole

from tramgac_agent.enrich.boot import boot_text
from tramgac_agent.enrich.living import start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_log = logging.getLogger(__name__)


class Life(Enum):
    """What became of whoever wrote a status file."""

    NEVER = auto()
    """There is no such file, or it is damaged."""
    RUNS = auto()
    STOPPED = auto()
    """It came to an orderly end, and said so."""
    KILLED = auto()
    """Its process is gone, and it said nothing."""
    SILENT = auto()
    """Its process is there, and has said nothing for too long."""


@dataclass(frozen=True, slots=True)
class Status:
    """A status file, and what it is worth now."""

    life: Life = Life.NEVER
    time: float = 0.0
    """When it was written, seconds since 1970."""
    pid: int = 0
    told: Mapping[str, Any] = field(default_factory=dict)
    """What was said last, whatever became of the writer."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What holds now: empty unless the writer runs."""
        return self.told if self.life is Life.RUNS else {}


def write_status(path: Path, facts: Mapping[str, object], *, ended: bool = False) -> None:
    """Put JSON in place of a status file, `ended` at an orderly end; a full disk only costs the status."""
    pid = os.getpid()
    writer = {"pid": pid, "start": start(pid), "boot": boot_text(), "time": time.time(), "ended": ended}
    try:
        whole.write(path, json.dumps(writer | dict(facts)).encode(), mode=0o640, durable=False)
    except OSError as error:
        _log.warning("%s: %s", path, error.strerror)


def read_status(path: Path, now: float, stale_s: float = float("inf")) -> Status:
    """A status file; older than `stale_s` its writer should have written again. `now` is seconds since 1970."""
    try:
        told = json.loads(path.read_text("utf-8"))
        written, pid = float(told["time"]), int(told["pid"])
        same = told["boot"] == boot_text() and start(pid) == told["start"]
        ended = bool(told["ended"])
    except (OSError, ValueError, KeyError, TypeError):
        return Status()
    life = Life.RUNS if now - written < stale_s else Life.SILENT
    if ended or not same:
        life = Life.STOPPED if ended else Life.KILLED
    return Status(life, written, pid, told)
