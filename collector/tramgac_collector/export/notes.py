"""How the exporter that runs stands: it leaves a note now and then, which the API reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tramgac_wire import whole

from tramgac_collector.paths import StatePaths


@dataclass(frozen=True, slots=True)
class Note:
    """One target as its exporter sees it."""

    name: str
    state: str
    """sends, waits (nothing to send), away (the destination, a store or the log), wrong (its settings)."""
    behind: int
    """Positions of its source that follow, as of the last look."""
    trouble: str = ""
    """Why it does not go on, in English; empty where it does."""
    trouble_vi: str = ""
    since: int = 0
    """Since when it does not, nanoseconds since 1970 UTC."""


def leave(paths: StatePaths, notes: Sequence[Note], trouble: tuple[str, str] | None, now: int) -> None:
    """Leave a note of all targets; `trouble`: why the file of settings is not in force, in both languages."""
    told = {"as_of": now, "trouble": list(trouble or ("", "")), "targets": [asdict(note) for note in notes]}
    whole.write(paths.exports, json.dumps(told).encode(), durable=False)


def read(paths: StatePaths) -> Mapping[str, Any]:
    """Return the note; as of 0 where there is none, or none that can be read."""
    try:
        found: dict[str, Any] = json.loads(paths.exports.read_bytes())
    except (OSError, ValueError):
        return {"as_of": 0, "trouble": ["", ""], "targets": []}
    return found
