"""The end of a program's log as people read it: our programs write JSON lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_LINES: Final = 8
_BYTES: Final = 20_000
_BESIDE: Final = frozenset({"event", "level", "role", "timestamp", "exception"})
_QUIET: Final = frozenset({"debug", "info"})


def tail(log: Path) -> str:
    """Give the last lines of a log, the warnings and errors among them if there are any; empty if there is no log."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _BYTES))
        lines = file.read().decode("utf-8", "replace").splitlines()
    told = [_plain(line) for line in lines]
    loud = [text for quiet, text in told if not quiet]
    return "\n".join((loud or [text for _, text in told])[-_LINES:])


def _plain(line: str) -> tuple[bool, str]:
    """Tell whether a line is nothing to worry about, and give it without braces."""
    try:
        said = json.loads(line)
    except ValueError:
        return False, line
    if not isinstance(said, dict) or "event" not in said:
        return False, line
    level = str(said.get("level", ""))
    more = "".join(f" {name}={value}" for name, value in said.items() if name not in _BESIDE)
    cause = str(said.get("exception", "")).strip().rpartition("\n")[2]
    text = f"{said.get('role', '')} {level}: {said['event']}{more}".strip()
    return level in _QUIET, f"{text}: {cause}" if cause else text
