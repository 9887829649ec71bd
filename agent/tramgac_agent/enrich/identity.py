"""Which file it is, whatever its name: device, inode, times, size."""

from __future__ import annotations

import os
import stat
from typing import NamedTuple, Protocol

_OPEN = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""Not every system has every flag."""


class FileKey(NamedTuple):
    """A file's content, as long as nobody writes: if all five are equal, the hash is the same."""

    device: int
    inode: int
    modified: int
    """Nanoseconds since 1970."""
    changed: int
    """Nanoseconds since 1970 of the last change of content or inode."""
    size: int


class FileSource(Protocol):
    """A way to the very file that an observation is about."""

    def open(self) -> int:
        """A readable descriptor of a regular file. Raises OSError (gone, not a regular file, no right)."""


def key_of(fd: int) -> FileKey:
    """The identity of an open file. Raises OSError."""
    s = os.fstat(fd)
    return FileKey(s.st_dev, s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size)


def same_file(a: FileKey, b: FileKey) -> bool:
    """Equal but for the device, which btrfs and overlayfs give differently to the kernel and to stat."""
    return a[1:] == b[1:]


class PathSource(NamedTuple):
    """A file by its path: all that directory watches and /proc can give. Whoever opens it compares the identity."""

    path: str

    def open(self) -> int:
        """A readable descriptor; no link is followed, nothing but a regular file is touched. Raises OSError."""
        if not stat.S_ISREG(os.lstat(self.path).st_mode):
            message = f"not a regular file: {self.path}"
            raise OSError(message)
        return os.open(self.path, _OPEN)
