"""Which file it is, whatever its name: device, inode, times, size."""

from __future__ import annotations

import os
from typing import NamedTuple, Protocol


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
