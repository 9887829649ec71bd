"""Addresses of unix sockets in folders of any depth: an address itself holds only 107 bytes (unix(7))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_ROOM: Final = 100
_OPEN: Final = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def short_address(path: Path) -> Iterator[str]:
    """Give an address for the unix socket at `path`, to bind or to connect inside the block.

    A folder that is too deep is opened and named by its descriptor (proc(5)). Raises OSError if it is not there.
    """
    if len(os.fsencode(path)) < _ROOM:
        yield str(path)
        return
    folder = os.open(path.parent, _OPEN)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
