"""Status files: what the parts say about themselves, for doctor. JSON, replaced whole."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)


def write_status(path: Path, facts: dict[str, object]) -> None:
    """Put JSON in place of a status file; a full disk only costs the status."""
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.write_text(json.dumps(facts), "utf-8")
        temporary.replace(path)
    except OSError as error:
        _log.warning("%s: %s", path, error.strerror)
