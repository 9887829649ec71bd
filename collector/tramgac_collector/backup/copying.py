"""Copying into a backup that is being taken: each file with its digest, safe on the disk, and never twice.

What was copied and is safe stands in a journal beside it, so that a copy to a slow disk that was broken off goes on
where it was. A file that never changes once it is there (`fixed`) is not copied again; what may have changed is. The
disk is asked to make safe many files at once (syncfs(2)): an event store has thousands, and most are small. What is
large was written back before that, at a pace that others can bear (pacing.py).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.manifest import JOURNAL, Part
from tramgac_collector.backup.pacing import Pace
from tramgac_collector.backup.words import BackupWord

_CHUNK = 1 << 20
_GROUP_FILES, _GROUP_BYTES = 500, 256 << 20
"""So much is made safe at once."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Source:
    """A file that belongs into a backup."""

    path: str
    """Where it goes, below the backup's folder."""
    file: Path
    size: int
    """So many of its first bytes."""
    fixed: bool = False
    """Whoever has a file of this name and size has this one."""


@dataclass(slots=True)
class Copy:
    """The folder in which a backup grows, under a name that is not its own yet."""

    folder: Path
    target: Path
    """The name that it will get."""
    progress: Callable[[int], None] = lambda _: None
    """Told the bytes that are done."""
    base: Path | None = None
    """An earlier backup of the same collector: what never changes and is there is linked, not copied."""
    done: int = 0
    pace: Pace = field(default_factory=Pace)
    _known: dict[str, Part] = field(default_factory=dict)
    """What was copied before, by path."""
    _based: dict[str, Part] = field(default_factory=dict)
    """What the earlier backup has, by path."""
    _unsafe: list[Part] = field(default_factory=list)
    """Copied, and perhaps not on the disk yet."""

    def begin(self) -> None:
        """Make the folder, or go on in one that was left."""
        with self.full():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            journal = self.folder / JOURNAL
            for line in journal.read_text().splitlines() if journal.exists() else ():
                with contextlib.suppress(ValueError, TypeError):  # the last line may be torn
                    part = Part(**json.loads(line))
                    self._known[part.path] = part
            journal.touch(mode=0o600)

    def build_on(self, base: Path, parts: Iterable[Part]) -> None:
        """Link what an earlier backup has."""
        self.base, self._based = base, {part.path: part for part in parts}

    def require_room(self, sources: Iterable[Source]) -> None:
        """Raise BackupError if what is to be copied cannot fit."""
        need = sum(source.size for source in sources if not (self._kept(source) or self._in_base(source)))
        self.require(need)

    def require(self, need: int) -> None:
        """Raise BackupError if there is not so much room, bytes."""
        free = _free(self.folder)
        if need > free:
            params = {"need": -(-need >> 20), "free": free >> 20, "part": self.folder}
            raise BackupError(BackupWord.TARGET_FULL.both(target=self.target, **params))

    def add(self, source: Source) -> Part:
        """Copy a file; it is on the disk after `settle`.

        Raises:
            BackupError: there is no room.
            OSError: it cannot be read or written.
        """
        part = self._kept(source) or self._linked(source)
        if part is None:
            with self.full(source.size):
                part = self._copy(source)
        self.done += source.size
        self.progress(self.done)
        return part

    def adopt(self, path: str, file: Path) -> Part:
        """Take a file in its folder that was made for it, and is nobody else's, under its own name."""
        digest, size = hashlib.sha256(), 0
        with self.full(), file.open("rb") as read:
            while data := read.read(_CHUNK):
                digest.update(data)
                size += len(data)
            file.rename(self._place(path))
        part = Part(path, size, digest.hexdigest())
        self._unsafe.append(part)
        self.done += size
        self.progress(self.done)
        return part

    def put(self, path: str, data: bytes) -> Part:
        """Write a small file."""
        with self.full(len(data)):
            place = self._place(path)
            place.write_bytes(data)
        return Part(path, len(data), hashlib.sha256(data).hexdigest())

    def stream(self, path: str, data: Iterable[bytes]) -> Part:
        """Write a file whose size is not known before."""
        digest, size = hashlib.sha256(), 0
        with self.full(), self._place(path).open("wb") as out:
            for piece in data:
                out.write(piece)
                digest.update(piece)
                size += len(piece)
                self.pace.wrote(out.fileno(), len(piece))
        return Part(path, size, digest.hexdigest())

    def link(self, path: str, to: str) -> Part:
        """Make a symbolic link, as there is one in the state directory."""
        place = self._place(path)
        place.unlink(missing_ok=True)
        place.symlink_to(to)
        return Part(path, 0, hashlib.sha256(to.encode()).hexdigest(), to)

    def settle(self) -> None:
        """Make safe what was copied, and write down that it is."""
        with self.full():
            sync_file_system(self.folder)
            with (self.folder / JOURNAL).open("a") as journal:
                journal.writelines(json.dumps(asdict(part)) + "\n" for part in self._unsafe)
        self._unsafe.clear()

    def finish(self, parts: Iterable[Part]) -> None:
        """Remove what is no part, left by an earlier try."""
        (self.folder / JOURNAL).unlink(missing_ok=True)
        wanted = {part.path for part in parts}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                file = Path(folder, name)
                if str(file.relative_to(self.folder)) not in wanted:
                    file.unlink()

    @contextlib.contextmanager
    def full(self, need: int = 0) -> Iterator[None]:
        """Have a full disk said as a BackupError."""
        try:
            yield
        except OSError as error:
            if error.errno not in _FULL:
                raise
            params = {"need": -(-need >> 20), "free": _free(self.folder) >> 20, "part": self.folder}
            raise BackupError(BackupWord.TARGET_FULL.both(target=self.target, **params)) from None

    def _kept(self, source: Source) -> Part | None:
        part = self._known.get(source.path) if source.fixed else None
        if part is None or part.size != source.size:
            return None
        place = self.folder / source.path
        return part if place.exists() and place.stat().st_size == part.size else None

    def _in_base(self, source: Source) -> Part | None:
        part = self._based.get(source.path) if source.fixed else None
        return part if part is not None and part.size == source.size else None

    def _linked(self, source: Source) -> Part | None:
        """Give a part that is the earlier backup's file; None where there is none, or it is on another disk."""
        part = self._in_base(source)
        if part is None or self.base is None:
            return None
        place = self._place(source.path)
        place.unlink(missing_ok=True)
        try:
            os.link(self.base / source.path, place)
        except OSError:  # another file system, too many links, or it is gone: copied instead
            return None
        return part

    def _copy(self, source: Source) -> Part:
        digest, left = hashlib.sha256(), source.size
        with source.file.open("rb") as read, self._place(source.path).open("wb") as out:
            while left and (data := read.read(min(_CHUNK, left))):
                out.write(data)
                digest.update(data)
                left -= len(data)
                self.pace.wrote(out.fileno(), len(data))
                self.progress(self.done + source.size - left)
            self.pace.ended(out.fileno(), source.size)
        part = Part(source.path, source.size - left, digest.hexdigest())
        self._unsafe.append(part)
        if len(self._unsafe) >= _GROUP_FILES or sum(one.size for one in self._unsafe) >= _GROUP_BYTES:
            self.settle()
        return part

    def _place(self, path: str) -> Path:
        place = self.folder / path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place


def sync_file_system(folder: Path) -> None:
    """Have the file system of a folder write all that it holds back. OSError if that failed, as syncfs(2) says."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
