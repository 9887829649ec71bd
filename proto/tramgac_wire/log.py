"""The segment log: records of bytes, numbered densely from 0, in files of a few megabytes.

One process writes (SegmentLog; a lock file keeps a second one out), any number read (LogReader). On disk,
little-endian:

    DIRECTORY/<first position, 16 hex digits>.log
    file    = header record*
    header  = "TGL1"  salt u32  first u64  crc32(these 16 bytes) u32            20 bytes
    record  = length u32  crc u32  payload                                       8 bytes and the payload
    crc     = crc32(length ‖ position u64 ‖ payload, starting from salt)

The position is under the checksum, so a record is valid in its place alone; the salt (random, a segment) keeps bytes
inside a payload from ever being taken for a record. A payload is never empty, so zeros are no record.

Promises:
- `append` returns a position; it is safe after a `sync` whose result is above it. A failed append leaves the log as it
  was. A failed sync leaves the log as it was at the last good sync, because after a failed fsync the kernel may have
  dropped the pages: what came after must be appended anew.
- A new segment is begun only while everything before it is synced: only the last one can have a torn tail, and `append`
  never syncs (so a log that nobody syncs grows in one segment). `open`
  cuts that at the first record that does not check and says so in `repair` (a segment whose start is torn is put
  aside as `NAME.torn`); then it writes the last segment over itself and syncs, so that everything it found is safe:
  what an earlier process wrote and did not sync, or failed to sync, might be in the page cache only.
- `trim` removes whole segments, oldest first, never the last: positions are never given twice. `clear` gives up the
  last one too, in place: it needs no room, so it works on a full disk.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Self

from tramgac_wire import segment
from tramgac_wire.errors import LimitError, LogBusy, LogFailed
from tramgac_wire.fs import FileSystem
from tramgac_wire.limits import MAX_RECORD
from tramgac_wire.log_reader import LogReader

__all__ = ["LogReader", "Repair", "Segment", "SegmentLog"]

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Repair:
    """What opening had to cut from the last segment."""

    path: str
    position: int
    """Records from here on were unreadable and are gone; compare with what you know to have been synced."""
    cut_bytes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of the log."""

    path: str
    first: int
    next: int
    """One above its last position; equal to first if it is empty."""
    size: int
    """Bytes on disk."""


class SegmentLog:
    """The one writer of a log. Made by open()."""

    def __init__(
        self, fs: FileSystem, directory: str, segment_bytes: int, opening: Callable[[int], bytes] | None
    ) -> None:
        """See open()."""
        self._fs = fs
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._opening = opening
        self._handle = -1
        self._salt = 0
        self._segments: list[Segment] = []
        self._start = b""
        self._synced_size = 0  # of the last segment; 0: not even its start
        self._directory_dirty = False
        self._failed = ""
        self._synced = 0
        self._repair: Repair | None = None
        fs.make_directory(directory)
        self._lock = self._take()
        self._recover()

    @classmethod
    def open(
        cls,
        fs: FileSystem,
        directory: str,
        *,
        segment_bytes: int = 4 << 20,
        opening: Callable[[int], bytes] | None = None,
    ) -> Self:
        """Open or create the log in a directory; everything found is safe when this returns.

        Args:
            fs: where it lives.
            directory: its folder; files that are not named like a segment are left alone.
            segment_bytes: when the last segment has reached this size, the first append after a sync begins the next.
            opening: called with a position at the begin of each segment; what it returns becomes the record there
                (a snapshot, so that a reader may begin at any segment). Within open() it is called only if there
                is no segment yet.

        Raises:
            OSError: the file system refused.
            LogBusy: another process writes it.
        """
        return cls(fs, directory, segment_bytes, opening)

    @property
    def first(self) -> int:
        """The lowest position held; equal to next when there is none."""
        return self._segments[0].first

    @property
    def next(self) -> int:
        """The position that the next record will have."""
        return self._segments[-1].next

    @property
    def synced(self) -> int:
        """Positions below are on the disk."""
        return self._synced

    @property
    def size(self) -> int:
        """Bytes on disk, all segments."""
        return sum(part.size for part in self._segments)

    @property
    def repair(self) -> Repair | None:
        """What open() had to cut; None if the log was whole."""
        return self._repair

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The files, oldest first; the last is being written."""
        return tuple(self._segments)

    def append(self, payload: bytes) -> int:
        """Write one record and return its position; safe only after sync().

        Raises:
            OSError: it could not be written (ENOSPC, EIO); the log is as it was.
            LimitError: the payload is empty or above MAX_RECORD.
            LogFailed: the log is broken; open it again.
        """
        self._check()
        if not 0 < len(payload) <= MAX_RECORD:
            msg = f"a record of {len(payload)} bytes; 1 to {MAX_RECORD} are allowed"
            raise LimitError(msg)
        if self._segments[-1].size >= self._segment_bytes and self._synced == self.next and not self._directory_dirty:
            self._begin(self.next)
        return self._write(payload)

    def sync(self) -> int:
        """Make every appended record safe; return `synced`, equal to `next`.

        Raises:
            OSError: nothing after the last good sync is safe; those records were cut off, `next` is `synced` again
                (one above, if a segment had just begun: its opening record was written anew).
            LogFailed: that could not be done either; open the log again.
        """
        self._check()
        if self._synced == self.next and not self._directory_dirty:
            return self._synced
        try:
            self._fs.sync(self._handle)
            if self._directory_dirty:
                self._fs.sync_directory(self._directory)
        except OSError:
            self._roll_back()
            self._check()
            raise
        self._directory_dirty = False
        self._synced, self._synced_size = self.next, self._segments[-1].size
        return self._synced

    def trim(self, before: int) -> int:
        """Remove the segments that hold only positions below `before`, never the last; return `first`.

        What was put aside because its start was torn goes with the segments that it lay among.

        Raises:
            OSError: the file system refused; some may be removed.
            LogFailed: the log is broken; open it again.
        """
        kept = self.first
        while len(self._segments) > 1 and self._segments[0].next <= before:
            if not self._synced_size:
                self.sync()  # else a crash might leave no segment at all, and positions would begin again
            self._fs.remove(self._segments[0].path)
            del self._segments[0]
            # One by one: a crash must not bring back an older one without those after it.
            self._fs.sync_directory(self._directory)
        if self.first > kept:
            for aside in segment.firsts(self._fs, self._directory, segment.ASIDE):
                if aside < self.first:
                    self._fs.remove(self._path(aside).removesuffix(segment.SUFFIX) + segment.ASIDE)
        return self.first

    def clear(self) -> int:
        """Give up every record, and what they took on the disk; return `first`, which is where `next` was.

        The last file stays: it gets the name of a segment that begins at `next`, then that start in place of its own.
        So nothing new is allocated where the disk is full, and positions go on after any crash: a file whose start is
        not that of its name is taken for a new segment's torn one.

        Raises:
            OSError: the file system refused; the last segment is as it was.
            LogFailed: the log is broken; open it again.
        """
        self._check()
        self.trim(self.next)
        last = self._segments[-1]
        if last.next - last.first <= (self._opening is not None):
            return self.first
        start, salt = self._new_start(last.next)
        begun = replace(last, path=self._path(last.next), first=last.next)
        before = self._fs.read(self._handle, 0, len(start))
        self._fs.rename(last.path, begun.path)
        try:
            self._fs.sync_directory(self._directory)  # before its content: see above
            self._fs.write(self._handle, 0, start)
        except OSError:
            self._put_back(last.path, begun.path, before)
            self._check()
            raise
        with contextlib.suppress(OSError):  # what stays behind the end is no record, and is overwritten
            self._fs.truncate(self._handle, len(start))
        self._make_last(begun, start, salt)
        return self.first

    def close(self) -> None:
        """Close the files; syncs nothing. Nothing can be appended afterwards."""
        self._failed = self._failed or "it was closed"
        if self._handle >= 0:
            self._fs.close(self._handle)
            self._fs.close(self._lock)
            self._handle = -1

    def _take(self) -> int:
        """Keep other processes from writing: opening mends what they might be in the middle of."""
        path = posixpath.join(self._directory, "lock")
        try:
            return self._fs.lock(path)
        except BlockingIOError as error:
            msg = f"{path}: another process writes this log; end it first ({error})"
            raise LogBusy(msg) from error

    def _check(self) -> None:
        if self._failed:
            msg = f"{self._directory}: the log takes nothing more: {self._failed}; open it again"
            raise LogFailed(msg)

    def _path(self, first: int) -> str:
        return posixpath.join(self._directory, segment.name(first))

    def _begin(self, first: int) -> None:
        """Create the segment that begins at a position and make it the last; an error leaves the log as it was."""
        path = self._path(first)
        start, salt = self._new_start(first)
        handle = self._fs.create(path)
        try:
            self._fs.write(handle, 0, start)
        except OSError:
            self._fs.close(handle)
            self._fs.remove(path)
            raise
        if self._handle >= 0:
            self._fs.close(self._handle)
        self._handle = handle
        self._segments.append(Segment(path, first, first, 0))
        self._make_last(self._segments[-1], start, salt)

    def _new_start(self, first: int) -> tuple[bytes, int]:
        """The bytes with which the segment that begins at a position begins, and its salt."""
        start, salt = segment.header(first)
        if self._opening is not None:
            start += segment.record(salt, first, self._opening(first))
        return start, salt

    def _make_last(self, begun: Segment, start: bytes, salt: int) -> None:
        """The last file begins at a new position now; nothing of it is synced, nothing before it is unsynced."""
        self._segments[-1], self._start, self._salt = begun, start, salt
        self._synced, self._synced_size = begun.first, 0
        self._directory_dirty = True
        self._restart()

    def _put_back(self, path: str, renamed: str, before: bytes) -> None:
        """Undo half of clear(): content first, for under its old name the file must be whole."""
        try:
            self._fs.write(self._handle, 0, before)
            self._fs.sync(self._handle)
            self._fs.rename(renamed, path)
            self._fs.sync_directory(self._directory)
        except OSError as error:
            self._failed = f"it could not be cleared, and neither be put back ({error})"

    def _restart(self) -> None:
        """Count the start of the last segment as all that it holds."""
        last = self._segments[-1]
        upcoming = last.first + (self._opening is not None)
        self._segments[-1] = replace(last, next=upcoming, size=len(self._start))

    def _write(self, payload: bytes) -> int:
        last = self._segments[-1]
        raw = segment.record(self._salt, last.next, payload)
        try:
            self._fs.write(self._handle, last.size, raw)
        except OSError:
            with contextlib.suppress(OSError):  # what stays behind the end is no record, and is overwritten
                self._fs.truncate(self._handle, last.size)
            raise
        self._segments[-1] = replace(last, next=last.next + 1, size=last.size + len(raw))
        return last.next

    def _roll_back(self) -> None:
        """Cut what was not synced: after a failed fsync its pages may be clean and yet not on the disk."""
        try:
            self._fs.truncate(self._handle, self._synced_size)
            if not self._synced_size:
                self._fs.write(self._handle, 0, self._start)
        except OSError as error:
            self._failed = f"fsync failed, and so did cutting off what it did not save ({error})"
            return
        if self._synced_size:
            self._segments[-1] = replace(self._segments[-1], next=self._synced, size=self._synced_size)
        else:
            self._restart()

    def _recover(self) -> None:
        """Find the segments, mend the last, and make sure that all of it is on the disk."""
        found = segment.firsts(self._fs, self._directory)
        while found and not self._adopt(found):
            self._drop(found.pop())
        if not self._segments:  # nor may a position be given twice if an earlier one got no further than _drop()
            self._begin(max(segment.firsts(self._fs, self._directory, segment.ASIDE), default=0))
        self._fs.sync(self._handle)
        self._fs.sync_directory(self._directory)
        self._directory_dirty = False
        self._synced, self._synced_size = self.next, self._segments[-1].size

    def _adopt(self, found: list[int]) -> bool:
        """Take the segments that begin at these positions, the last for writing; False if its start is torn."""
        first = found[-1]
        path = self._path(first)
        handle = self._fs.open_write(path)
        salt = segment.salt_of(self._fs.read(handle, 0, segment.HEADER_BYTES), first)
        end, upcoming = segment.HEADER_BYTES, first
        if salt is not None:
            for record in segment.scan(lambda offset, size: self._fs.read(handle, offset, size), salt, first, end):
                end, upcoming = record.end, record.position + 1
        if salt is None or (upcoming == first and self._opening is not None):
            self._fs.close(handle)
            return False
        if (size := self._fs.size(path)) > end:
            self._repair = self._repair or Repair(path, upcoming, size - end)
            self._fs.truncate(handle, end)
        self._rewrite(handle, end)
        self._handle, self._salt = handle, salt
        for start, stop in pairwise(found):
            self._segments.append(Segment(self._path(start), start, stop, self._fs.size(self._path(start))))
        self._segments.append(Segment(path, first, upcoming, end))
        return True

    def _rewrite(self, handle: int, end: int) -> None:
        """Write the segment over itself: pages that a failed fsync left clean are not on the disk and must be again."""
        for offset in range(0, end, _CHUNK):
            self._fs.write(handle, offset, self._fs.read(handle, offset, min(_CHUNK, end - offset)))

    def _drop(self, first: int) -> None:
        """Put aside a segment that never came to be: the crash came before its start was synced."""
        path = self._path(first)
        self._repair = self._repair or Repair(path, first, self._fs.size(path))
        self._fs.rename(path, path.removesuffix(segment.SUFFIX) + segment.ASIDE)
