"""The ingest log, held fast while a backup is taken: its writer appends and removes meanwhile.

Hard links keep the segments that are trimmed. What consumers say of their places is read first: where a store in the
backup is behind the log, the log has what it lacks; where it is ahead of what a cursor said, it looks for itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_wire import segment
from tramgac_wire.fs import OsFileSystem

from tramgac_collector.backup.copying import Source
from tramgac_collector.backup.errors import BackupError
from tramgac_collector.backup.words import BackupWord
from tramgac_collector.ingest import consumers, head
from tramgac_collector.paths import StatePaths

FOLDER = "pinned"
"""Below `log`, so that links can be made."""


@dataclass(slots=True)
class Pinned:
    """The log as it was at two moments: before the stores were copied, and after."""

    paths: StatePaths
    folder: Path
    head: int = 0
    cursors: dict[str, bytes] = field(default_factory=dict)
    """File name and content of what consumers said."""

    def sources(self) -> list[Source]:
        """Give the segments that hold positions below the head, the last of them as far as that."""
        firsts = [first for first in segment.firsts(OsFileSystem(), str(self.folder)) if first < self.head]
        found = []
        for first in firsts:
            file = self.folder / segment.name(first)
            last = first == firsts[-1]
            size = _end(file, first, self.head) if last else file.stat().st_size
            path = self.paths.log_segments.relative_to(self.paths.root) / file.name
            found.append(Source(str(path), file, size, fixed=not last))
        return found

    def look(self) -> None:
        """Read the head, and hold all segments fast that are there now."""
        self.head = head(self.paths)
        for first in segment.firsts(OsFileSystem(), str(self.paths.log_segments)):
            name = segment.name(first)
            with contextlib.suppress(FileExistsError, FileNotFoundError):  # held already; or trimmed, so consumed
                os.link(self.paths.log_segments / name, self.folder / name)


@contextmanager
def pinned(paths: StatePaths) -> Iterator[Pinned]:
    """Hold the log fast for the block. Raises BackupError if another backup does."""
    folder = paths.log / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(BackupWord.RUNS_ALREADY.both(root=paths.root)) from None
        for left in folder.glob("*" + segment.SUFFIX):  # of one that was killed
            left.unlink()
        made = Pinned(paths, folder)
        for file in map(paths.cursor, consumers(paths)):
            if file.exists():
                made.cursors[file.name] = file.read_bytes()
        made.look()
        try:
            yield made
        finally:
            shutil.rmtree(folder)


def _end(file: Path, first: int, head: int) -> int:
    """Give the offset after the record before `head`; the file's end where that cannot be read up to there."""
    with file.open("rb") as opened:
        descriptor = opened.fileno()
        salt = segment.salt_of(os.pread(descriptor, segment.HEADER_BYTES, 0), first)
        size = os.fstat(descriptor).st_size
        if salt is None:
            return size
        read = lambda offset, wanted: os.pread(descriptor, wanted, offset)  # noqa: E731
        for found in segment.scan(read, salt, first, segment.HEADER_BYTES):
            if found.position == head - 1:
                return found.end
    return size
