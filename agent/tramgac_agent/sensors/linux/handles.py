"""File handles (open_by_handle_at(2)): a file's name for the kernel, whatever its path.

A handle here is the kernel's `struct file_handle` as bytes: length and type (4 bytes each), then the
opaque part.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

assert sys.platform == "linux"

_HEAD = struct.Struct("=Ii")


@cache
def _open_by_handle_at() -> Callable[[int, bytes, int], int]:
    function = ctypes.CDLL(None, use_errno=True).open_by_handle_at
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    return function


def make(kind: int, opaque: bytes) -> bytes:
    """A handle of that type."""
    return _HEAD.pack(len(opaque), kind) + opaque


class MountPoint:
    """A file system by one of its mounts: turns handles into paths and descriptors. Needs CAP_DAC_READ_SEARCH."""

    def __init__(self, path: str) -> None:
        """Keep the mount point open. Raises OSError."""
        self.path_text = path
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _open_path(self, handle: bytes) -> int:
        fd = _open_by_handle_at()(self._fd, handle, os.O_PATH | os.O_CLOEXEC)
        if fd < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return fd

    def path(self, handle: bytes) -> str | None:
        """Where the file or directory is now; None if it is gone."""
        try:
            fd = self._open_path(handle)
        except OSError:
            return None
        try:
            return os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115 - hot, a text
        finally:
            os.close(fd)

    def open(self, handle: bytes) -> int:
        """A readable descriptor of a regular file; what is something else is not touched. Raises OSError."""
        fd = self._open_path(handle)
        try:
            # A device or a FIFO would do something when it is opened: look first.
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                message = "not a regular file"
                raise OSError(message)
            return os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Let go of the mount point. May be called twice."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
