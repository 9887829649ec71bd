"""Files that are whole, or as they were before: written aside, then renamed. One writer a file at a time.

A rename alone survives the death of a process; a loss of power only with two syncs, of the file before it and of the
folder after it (rename(2), fsync(2): an entry is safe when its folder has been synced).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_OPTIONS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def write(path: Path, data: bytes, *, mode: int = 0o600, durable: bool = True) -> None:
    """Put `data` at `path`; if `durable`, it outlives a loss of power after the return.

    Args:
        path: Where; `.NAME.part` beside it is written first, and nothing that lay there is written through.
        data: The content.
        mode: Permissions from the first byte on, less the umask.
        durable: False for what is worth nothing after a restart, as notes of what runs.

    Raises:
        OSError: there is what was there before.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, _OPTIONS, mode), "wb") as out:
            out.write(data)
            if durable:
                out.flush()
                os.fsync(out.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make safe which names a folder holds; Windows (NTFS) journals them itself and cannot open a folder so."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
