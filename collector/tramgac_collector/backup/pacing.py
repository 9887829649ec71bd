"""Writing much without standing in the way of those who need the disk now.

Whoever asks for an fsync waits for what the file system still has to write by itself: after a few hundred megabytes
that is a tenth of a second and more, for every acknowledgement of the gateway. So what a backup writes goes to the disk
bit by bit, and after each bit the disk is left to others for as long as it took.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

STEP = 2 << 20
"""So many bytes at a time."""
SMALL = 64 << 10
"""A smaller file is left to the file system: there may be thousands."""
_WRITE_AND_WAIT = 7  # linux/fs.h: SYNC_FILE_RANGE_WAIT_BEFORE | _WRITE | _WAIT_AFTER


def write_back(descriptor: int) -> None:
    """Have the pages of a file written and wait for it. It is not safe then (its size, its place): see `settle`."""
    nothing, to_its_end = ctypes.c_int64(0), ctypes.c_int64(0)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.sync_file_range(descriptor, nothing, to_its_end, _WRITE_AND_WAIT):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@dataclass(slots=True)
class Pace:
    """How far the one who writes is ahead of the disk."""

    write: Callable[[int], None] = write_back
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _ahead: int = 0

    def wrote(self, descriptor: int, size: int) -> None:
        """Count bytes written to a file; wait for the disk, and then for others, if they are enough."""
        self._ahead += size
        if self._ahead >= STEP:
            self._wait(descriptor)

    def ended(self, descriptor: int, size: int) -> None:
        """Say that a file of this size is whole; another one comes."""
        if self._ahead and size >= SMALL:
            self._wait(descriptor)

    def _wait(self, descriptor: int) -> None:
        began, self._ahead = self.clock(), 0
        self.write(descriptor)
        self.sleep(self.clock() - began)
