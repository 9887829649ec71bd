"""Which of the collectors that began as one this is: a restored one gets a name of its own.

The ingest log's name stays, since places in the event store belong to it; so two that were restored from one backup, or
one beside what it was restored from, are told apart by this.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

from tramgac_wire import whole

from tramgac_collector.paths import StatePaths


def name(paths: StatePaths) -> str:
    """Give the incarnation's name, 16 hexadecimal digits; the log's until something was restored."""
    return str(told(paths)["id"])


def told(paths: StatePaths) -> dict[str, Any]:
    """Give what is known of it: `id`, and of a restored one `from` (whose backup it was), `taken`, `restored`."""
    if paths.incarnation.exists():
        found: dict[str, Any] = json.loads(paths.incarnation.read_text())
        return found
    return {"id": paths.log_id.read_text().strip() if paths.log_id.exists() else ""}


def renew(paths: StatePaths, before: str, taken: int) -> str:
    """Give a restored state a name; `taken`: when the backup of `before` was begun, ns since 1970."""
    made = os.urandom(8).hex()
    kept = {"id": made, "from": before, "taken": taken, "restored": time.time_ns()}
    whole.write(paths.incarnation, json.dumps(kept).encode())
    return made
