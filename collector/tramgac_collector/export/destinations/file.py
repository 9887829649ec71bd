"""Files in a folder that others fetch from: a data diode, a collector of logs, a person with a stick.

One file is in work, `NAME-NUMBER.SUFFIX.part`; a finished one loses the `.part`, by a rename, and is never touched
again. Lines are on the disk before the place moves. Nothing is ever read: what was written after the last move is cut
off at the next start (its length then stands with the place), so that no record comes twice and no line is torn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tramgac_wire import whole

from tramgac_collector.export.destinations.base import Known, Line
from tramgac_collector.export.errors import Away
from tramgac_collector.export.settings import FileTarget
from tramgac_collector.export.words import Exporting

_DAY_NS, _MINUTE_NS = 86_400_000_000_000, 60_000_000_000
_MODE = 0o640
"""Its folder's group may read."""


class FileDestination:
    """The folder of one target."""

    records = 2_000

    def __init__(
        self, target: FileTarget, suffix: str, keep_free: int, clock: Callable[[], int] = time.time_ns
    ) -> None:
        """Remember the folder; `keep_free`: bytes that its disk must keep, `clock` in ns since 1970."""
        self._target, self._suffix, self._keep, self._clock = target, suffix, keep_free, clock
        self._folder = Path(target.folder)
        self._open: int | None = None
        self._number = self._size = 0

    def send(self, lines: Sequence[Line], known: Known) -> Known:
        """Append lines and sync. Raises Away where the disk does not take them."""
        data = b"".join(line.data + b"\n" for line in lines)
        try:
            self._require_room(len(data))
            descriptor = self._descriptor(known)
            _write(descriptor, data, self._size)
            os.fsync(descriptor)
        except OSError as error:
            self.close()
            raise Away(Exporting.NO_PLACE.both(where=self._folder, why=error.strerror or error)) from None
        self._size += len(data)
        begun = known["begun"] if known.get("number") == self._number and "begun" in known else self._clock()
        return {"number": self._number, "size": self._size, "begun": begun}

    def settled(self, known: Known, *, over: bool = False) -> Known:
        """Finish the file if it is large or old enough, of another day (UTC), or all that comes for now."""
        size, begun = known.get("size", 0), known.get("begun", 0)
        if not size:
            return known
        now, target = self._clock(), self._target
        old = now - begun >= target.rotate_minutes * _MINUTE_NS or now // _DAY_NS != begun // _DAY_NS
        if size < target.rotate_bytes and not old and not over:
            return known
        try:
            self._finish(known)
        except OSError as error:
            self.close()
            raise Away(Exporting.NO_PLACE.both(where=self._folder, why=error.strerror or error)) from None
        return {"number": known["number"]}

    def close(self) -> None:
        """Close the file in work."""
        if self._open is not None:
            os.close(self._open)
        self._open = None

    def _finish(self, known: Known) -> None:
        part = self._part(known["number"])
        if self._open is None and part.exists():
            self._descriptor(known)  # what was written and never told goes first
            os.fsync(self._descriptor(known))
        self.close()
        if part.exists():  # whoever fetches files may have taken it, against what we say
            part.replace(self._final(known["number"]))
            whole.sync_folder(self._folder)

    def _descriptor(self, known: Known) -> int:
        """Give the file in work: the one that is known, cut to what is known of it, or a new one."""
        if self._open is not None:
            return self._open
        number, size = known.get("number", 0), known.get("size", 0)
        if size and self._part(number).exists() and self._part(number).stat().st_size >= size:
            self._open = os.open(self._part(number), os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
            os.ftruncate(self._open, size)
            self._number, self._size = number, size
            return self._open
        number += 1
        while self._final(number).exists():  # of a state that was restored
            number += 1
        options = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        self._open = os.open(self._part(number), options, _MODE)
        os.fchmod(self._open, _MODE)  # whatever the umask
        whole.sync_folder(self._folder)
        self._number, self._size = number, 0
        return self._open

    def _require_room(self, size: int) -> None:
        found = os.statvfs(self._folder)
        free = found.f_bavail * found.f_frsize
        if free - size < self._keep:
            raise Away(Exporting.NO_ROOM.both(where=self._folder, free=free >> 20, least=self._keep >> 20))

    def _final(self, number: int) -> Path:
        return self._folder / f"{self._target.name}-{number:012d}.{self._suffix}"

    def _part(self, number: int) -> Path:
        return self._final(number).with_name(self._final(number).name + ".part")


def _write(descriptor: int, data: bytes, at: int) -> None:
    rest = memoryview(data)
    while rest:
        written = os.pwrite(descriptor, rest, at)
        rest, at = rest[written:], at + written
