"""Files that are whole and on the disk, or as they were before: written aside, synced, renamed, and the folder synced.

A rename alone survives the death of a process; only with both fsyncs does it survive the loss of power (rename(2),
fsync(2): an entry in a folder is safe when the folder has been synced).
"""

from __future__ import annotations

import os
from pathlib import Path


def write(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Put `data` at `path`; after the return it outlives a loss of power. OSError leaves what was there before."""
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make safe which names the folder holds."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
