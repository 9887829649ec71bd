"""File handles (open_by_handle_at(2)): a file's name for the kernel, whatever its path.

A handle here is the kernel's `struct file_handle` as bytes: length and type (4 bytes each), then the
opaque part.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
from functools import cache
from pathlib import Path
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
    """A file system by one of its mounts: turns handles into paths and descriptors. Needs CAP_DAC_READ_SEARCH.

    The mount point is open only while a handle is looked up: else nobody could unmount a stick that is watched.
    """

    def __init__(self, path: str) -> None:
        """Remember which file system is mounted there. Raises OSError."""
        self.path_text = path
        self._device = Path(path).stat().st_dev

    @property
    def there(self) -> bool:
        """Whether the same file system is mounted there still."""
        try:
            os.close(self._open_root())
        except OSError:
            return False
        return True

    def _open_root(self) -> int:
        fd = os.open(self.path_text, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if os.fstat(fd).st_dev != self._device:
            os.close(fd)
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), self.path_text)
        return fd

    def _open_path(self, handle: bytes) -> int:
        root = self._open_root()
        try:
            fd = _open_by_handle_at()(root, handle, os.O_PATH | os.O_CLOEXEC)
            if fd < 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
            return fd
        finally:
            os.close(root)

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
