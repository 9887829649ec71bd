"""The log's head as a file: positions below are synced and may be read. Its writer keeps it open."""

from __future__ import annotations

import os
import struct

from tramgac_collector.paths import StatePaths

_U64 = struct.Struct("<Q")


class HeadFile:
    """The writer's end, held by the log alone; open all the time, so that no want of descriptors stops it."""

    def __init__(self, paths: StatePaths) -> None:
        """Open the file. OSError if that cannot be done."""
        self._descriptor = os.open(paths.log_head, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._late = False

    @property
    def late(self) -> bool:
        """Whether the last try failed: readers do not know yet of all that is synced."""
        return self._late

    def tell(self, position: int) -> None:
        """Say that positions below are synced: 8 bytes by one pwrite, a reader sees the old or the new value.

        OSError leaves the old value, and `late` until it works.
        """
        self._late = True
        os.pwrite(self._descriptor, _U64.pack(position), 0)
        self._late = False

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)
