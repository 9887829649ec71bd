"""Records that a destination refuses, or that a format could not tell: kept for a person, so that the rest goes on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tramgac_wire import whole

MOST = 1_000
"""So many are kept of a target; more are counted alone."""


class Aside:
    """The folder of one target's."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; it is made with the first record."""
        self._folder = folder
        self._count = sum(1 for _ in folder.glob("*.txt")) if folder.is_dir() else 0

    def keep(self, record: str, data: bytes, why: str) -> bool:
        """Keep a record with the reason; False if there are too many. Raises OSError."""
        name = hashlib.sha256(record.encode("utf-8", "backslashreplace")).hexdigest()[:32]
        path = self._folder / f"{name}.txt"
        if path.exists():
            return True
        if self._count >= MOST:
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole.write(path, f"record {record}\nreason {why}\n\n".encode("utf-8", "backslashreplace") + data + b"\n")
        self._count += 1
        return True
