"""The few things that the log asks of a file system: small, so that a test can put a lying one in its place.

Durability is said explicitly: data of a file is safe after `sync` of its handle, the existence or absence of a file
after `sync_directory` of its directory; nothing else is promised (fsync(2)).
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final, Protocol

from tramgac_wire.whole import sync_folder

_READ: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_WRITE: Final = os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_MODE: Final = 0o640

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileSystem(Protocol):
    """Files and directories by path; open files by a number. Every method may raise OSError."""

    def make_directory(self, directory: str) -> None:
        """Create a directory and those above it where absent, durably."""

    def list(self, directory: str) -> list[str]:
        """Return the names in a directory, in any order."""

    def size(self, path: str) -> int:
        """Return a file's size, bytes."""

    def create(self, path: str) -> int:
        """Create an empty file and open it for writing; FileExistsError if it is there."""

    def open_write(self, path: str) -> int:
        """Open an existing file for reading and writing."""

    def open_read(self, path: str) -> int:
        """Open an existing file for reading."""

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """Write all of data at an offset, or raise with any part of it written."""

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """Return at most size bytes from an offset; fewer only at the file's end."""

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file to a size."""

    def sync(self, handle: int) -> None:
        """Make the file's data and size safe."""

    def close(self, handle: int) -> None:
        """Close a handle; makes nothing safe."""

    def remove(self, path: str) -> None:
        """Remove a file."""

    def rename(self, old: str, new: str) -> None:
        """Give a file another name in its directory, replacing one that has it, in one step."""

    def sync_directory(self, directory: str) -> None:
        """Make the directory's names safe."""

    def lock(self, path: str) -> int:
        """Keep other processes from locking this file (made if absent) until the handle is closed or this one ends.

        BlockingIOError if another process has it.
        """


class OsFileSystem:
    """The operating system's files. Not for several threads on one handle."""

    def make_directory(self, directory: str) -> None:
        """Create a directory and those above it where absent, durably; mode 0750."""
        path = Path(directory).absolute()
        if path.is_dir():
            return
        self.make_directory(str(path.parent))
        path.mkdir(mode=0o750, exist_ok=True)
        self.sync_directory(str(path.parent))

    def list(self, directory: str) -> list[str]:
        """Return the names in a directory."""
        return [path.name for path in Path(directory).iterdir()]

    def size(self, path: str) -> int:
        """Return a file's size, bytes."""
        return Path(path).stat().st_size

    def create(self, path: str) -> int:
        """Create an empty file, mode 0640."""
        return os.open(path, _WRITE | os.O_CREAT | os.O_EXCL, _MODE)

    def open_write(self, path: str) -> int:
        """Open for reading and writing."""
        return os.open(path, _WRITE)

    def open_read(self, path: str) -> int:
        """Open for reading."""
        return os.open(path, _READ)

    def write(self, handle: int, offset: int, data: bytes) -> None:
        """Write all of data at an offset."""
        os.lseek(handle, offset, os.SEEK_SET)
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """Read until size or the end."""
        os.lseek(handle, offset, os.SEEK_SET)
        parts: list[bytes] = []
        while size > 0 and (part := os.read(handle, size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def truncate(self, handle: int, size: int) -> None:
        """Cut to a size."""
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """Flush data and size to the device (fsync(2); FlushFileBuffers on Windows)."""
        os.fsync(handle)

    def close(self, handle: int) -> None:
        """Close a handle."""
        os.close(handle)

    def remove(self, path: str) -> None:
        """Remove a file."""
        Path(path).unlink()

    def rename(self, old: str, new: str) -> None:
        """Rename, replacing."""
        Path(old).replace(new)

    def sync_directory(self, directory: str) -> None:
        """Flush a directory's names."""
        sync_folder(Path(directory))

    def lock(self, path: str) -> int:
        """Take a lock between processes (fcntl(2) record lock; LockFile on Windows)."""
        handle = os.open(path, _WRITE | os.O_CREAT, _MODE)
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise BlockingIOError(errno.EAGAIN, "another process has locked it", path) from error
        return handle
