"""A file system that keeps exactly what fsync(2) promises and takes the rest away at a crash.

Unsynced writes survive in part, torn, as zeros or not at all; unsynced names of a directory in any selection.
A fuse makes it crash inside any call; a failed sync loses the pages for good and still shows them to readers (as Linux
does). `Random` decides, so one seed is one history; hypothesis can be that Random.
"""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random


class Crash(BaseException):
    """The machine stopped in the middle of a call. No `except Exception` may catch it."""


@dataclass(frozen=True)
class _Op:
    """A write (data at an offset) or, with data None, a cut to a size."""

    offset: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        if self.data is None:
            del content[self.offset :]
            content.extend(bytes(self.offset - len(content)))
            return
        content.extend(bytes(max(0, self.offset - len(content))))
        content[self.offset : self.offset + len(self.data)] = self.data


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    cached: bytearray = field(default_factory=bytearray)
    ops: list[_Op] = field(default_factory=list)

    def do(self, op: _Op) -> None:
        self.ops.append(op)
        op.apply(self.cached)

    def sync(self) -> None:
        for op in self.ops:
            op.apply(self.durable)
        self.ops.clear()

    def crash(self, random: Random) -> None:
        """Keep any selection of the unsynced operations, each perhaps torn or as zeros."""
        for op in self.ops:
            fate = random.randrange(4)
            if fate == 0:
                continue
            if op.data is not None and fate == 1:
                op = _Op(op.offset, op.data[: random.randrange(len(op.data) + 1)])  # noqa: PLW2901 - torn
            elif op.data is not None and fate == 2 and not random.randrange(3):
                # The new size came through, the data did not; what lay below the old size is as it was.
                op = _Op(max(op.offset, len(self.durable)), bytes(max(0, op.offset + len(op.data) - len(self.durable))))  # noqa: PLW2901
            op.apply(self.durable)
        self.ops.clear()
        self.cached = bytearray(self.durable)


class SimFileSystem:
    """Implements tramgac_wire.fs.FileSystem in memory."""

    def __init__(self, random: Random) -> None:
        """Take the source of bad luck."""
        self.random = random
        self.fuse: int | None = None
        """Calls until the crash; None: none is set."""
        self.fail_write = False
        """The next write fails with ENOSPC after a part of it."""
        self.fail_sync = False
        """The next sync of a file fails with EIO."""
        self._durable: dict[str, _File] = {}
        self._cached: dict[str, _File] = {}
        # Unsynced changes, each of one name or of a rename's two: name, file or None for removed.
        self._names: list[dict[str, _File | None]] = []
        self._handles: dict[int, _File] = {}
        self._number = 100

    def image(self) -> dict[str, bytes]:
        """What is safe now, as a backup has it."""
        return {path: bytes(file.durable) for path, file in self._durable.items()}

    @classmethod
    def holding(cls, random: Random, image: dict[str, bytes]) -> SimFileSystem:
        """Make one that holds what an image does."""
        made = cls(random)
        made._durable = {path: _File(bytearray(data), bytearray(data)) for path, data in image.items()}
        made._cached = dict(made._durable)
        return made

    @contextmanager
    def fused(self, calls: int | None) -> Iterator[None]:
        """Crash within the block at that many calls from now; the fuse is taken out after it."""
        self.fuse = calls
        try:
            yield
        finally:
            self.fuse = None

    def crash(self) -> None:
        """Lose power: what was not synced is at the mercy of luck; all handles are gone."""
        for file in {id(file): file for file in [*self._durable.values(), *self._cached.values()]}.values():
            file.crash(self.random)
        for change in self._names:
            if self.random.randrange(2):
                self._change_durably(change)
        self.kill()
        self._names.clear()
        self._cached = dict(self._durable)

    def kill(self) -> None:
        """Lose the process only: what was written stays in the page cache."""
        self._handles.clear()
        self.fuse = None
        self.fail_write = self.fail_sync = False

    def _change_durably(self, change: dict[str, _File | None]) -> None:
        for name, file in change.items():
            if file is None:
                self._durable.pop(name, None)
            else:
                self._durable[name] = file

    def _call(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise Crash

    def _name(self, change: dict[str, _File | None]) -> None:
        self._names.append(change)
        for path, file in change.items():
            if file is None:
                del self._cached[path]
            else:
                self._cached[path] = file

    def _open(self, file: _File) -> int:
        self._number += 1
        self._handles[self._number] = file
        return self._number

    def _find(self, path: str) -> _File:
        if path not in self._cached:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        return self._cached[path]

    def make_directory(self, directory: str) -> None:  # noqa: ARG002 - all exist
        self._call()

    def list(self, directory: str) -> list[str]:
        self._call()
        return [posixpath.basename(path) for path in self._cached if posixpath.dirname(path) == directory]

    def size(self, path: str) -> int:
        self._call()
        return len(self._find(path).cached)

    def create(self, path: str) -> int:
        self._call()
        if path in self._cached:
            raise FileExistsError(errno.EEXIST, "exists", path)
        self._name({path: _File()})
        self._call()
        return self._open(self._cached[path])

    def open_write(self, path: str) -> int:
        self._call()
        return self._open(self._find(path))

    def open_read(self, path: str) -> int:
        self._call()
        return self._open(self._find(path))

    def write(self, handle: int, offset: int, data: bytes) -> None:
        self._call()
        file = self._handles[handle]
        if self.fail_write:
            self.fail_write = False
            file.do(_Op(offset, data[: self.random.randrange(len(data) + 1)]))
            raise OSError(errno.ENOSPC, "no space left on device")
        if self.fuse == 0:  # crash inside the write: a part of it reached the cache
            file.do(_Op(offset, data[: self.random.randrange(len(data) + 1)]))
        self._call()
        file.do(_Op(offset, data))

    def read(self, handle: int, offset: int, size: int) -> bytes:
        self._call()
        return bytes(self._handles[handle].cached[offset : offset + size])

    def truncate(self, handle: int, size: int) -> None:
        self._call()
        self._handles[handle].do(_Op(size, None))

    def sync(self, handle: int) -> None:
        self._call()
        file = self._handles[handle]
        if self.fail_sync:
            self.fail_sync = False
            cached = file.cached
            file.crash(self.random)  # some reached the disk, the rest is clean and lost
            file.cached = cached
            raise OSError(errno.EIO, "input/output error")
        file.sync()
        self._call()

    def close(self, handle: int) -> None:
        self._call()
        del self._handles[handle]

    def remove(self, path: str) -> None:
        self._call()
        self._find(path)
        self._name({path: None})

    def rename(self, old: str, new: str) -> None:
        """One step for readers and, journaled, for a crash: the new name appears with the old one gone, or neither."""
        self._call()
        self._name({new: self._find(old), old: None})

    def sync_directory(self, directory: str) -> None:
        self._call()
        unsynced, self._names = self._names, []
        for change in unsynced:
            if posixpath.dirname(next(iter(change))) == directory:
                self._change_durably(change)
            else:
                self._names.append(change)
        self._call()

    def lock(self, path: str) -> int:  # noqa: ARG002 - there is one process
        self._call()
        return self._open(_File())


class FullDisk(SimFileSystem):
    """Holds so many bytes."""

    FREE = 10**9
    room = FREE

    @property
    def used(self) -> int:
        """What all files take, bytes."""
        return sum(len(file.cached) for file in self._cached.values())

    def write(self, handle: int, offset: int, data: bytes) -> None:
        grows = max(0, offset + len(data) - len(self._handles[handle].cached))
        if grows and self.used + grows > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(handle, offset, data)


class NoSync(SimFileSystem):
    """A planted bug: the program does not call fsync."""

    def sync(self, handle: int) -> None:  # noqa: ARG002 - it does nothing
        self._call()


class NoDirectorySync(SimFileSystem):
    """A planted bug: the program does not call fsync on directories."""

    def sync_directory(self, directory: str) -> None:  # noqa: ARG002 - it does nothing
        self._call()


class NoTruncate(SimFileSystem):
    """A planted bug: the program does not cut a torn tail."""

    def truncate(self, handle: int, size: int) -> None:  # noqa: ARG002 - it does nothing
        self._call()
