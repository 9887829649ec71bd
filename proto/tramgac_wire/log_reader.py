"""Reading a segment log that this or another process writes. See tramgac_wire.log for the format."""

from __future__ import annotations

import errno
import posixpath
from bisect import bisect_right
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from operator import itemgetter

from tramgac_wire import salvage, segment
from tramgac_wire.errors import LogDamaged, LogTrimmed
from tramgac_wire.fs import FileSystem
from tramgac_wire.salvage import Place, Source

_SECTOR = 4_096  # bytes that are given up together where the disk does not give them
_MARK_BYTES = 1 << 16
"""So far apart are the records whose offsets are remembered: who reads again what was read begins at one of them."""
_MARKED = 4
"""So many segments at most."""


class LogReader:
    """Reads a log that this or another process writes; holds nothing open between calls."""

    def __init__(self, fs: FileSystem, directory: str) -> None:
        """Take the place."""
        self._fs = fs
        self._directory = directory
        self._place = (-1, 0, 0)  # the record that was read last: its segment (by first), position, offset
        self._marks: dict[int, list[tuple[int, int]]] = {}  # by segment: positions with their offsets, ascending
        self._edge = Place(0, 0)  # where reading a segment came to: the next record should stand here

    def segments(self) -> tuple[int, ...]:
        """Return the first positions of the segments that are there now, ascending."""
        return tuple(segment.firsts(self._fs, self._directory))

    def read(self, position: int, *, until: int | None = None, max_bytes: int = 1 << 20) -> list[tuple[int, bytes]]:
        """Return records from a position on, as (position, payload).

        At least one if there is one, then as many as fit into max_bytes of payload, none at or above `until`; empty
        at the end. A record that is being written, or was torn, is the end.

        Whoever gives `until` knows that all below it is on the disk: what of that cannot be read is damage, in the
        last segment too, and what can be read after it in the same segment is looked for.

        Raises:
            LogTrimmed: the position is below the log's first.
            LogDamaged: records before the end cannot be read; only if the first one asked for is such.
            OSError: the file system refused; what a disk cannot give any more (EIO) is damage instead.
        """
        try:
            return self._read(position, until, max_bytes)
        except FileNotFoundError:  # trimmed between looking and opening: look again
            return self._read(position, until, max_bytes)

    def _read(self, position: int, until: int | None, max_bytes: int) -> list[tuple[int, bytes]]:
        firsts = self.segments()
        if firsts and position < firsts[0]:
            raise LogTrimmed(position, firsts[0])
        if not firsts and until is not None and position < until:
            raise LogDamaged(position, until, self._directory)
        records: list[tuple[int, bytes]] = []
        index = bisect_right(firsts, position) - 1 if firsts else 0
        while index < len(firsts):
            # A segment is complete before the next is created, so the listing shows which ones must be whole.
            end = firsts[index + 1] if index + 1 < len(firsts) else until
            with closing(self._records(firsts[index], position, None if until is None else end)) as readable:
                for found in readable:
                    if end is not None and found.position >= end:
                        break  # the next segment has it: this one was closed before what was not synced
                    max_bytes -= len(found.payload)
                    if (until is not None and found.position >= until) or (records and max_bytes < 0):
                        return records
                    records.append((found.position, found.payload))
                    position = found.position + 1
            if end is not None and position < end:
                if records:
                    return records
                raise self._damage(firsts[index], position, end, search=until is not None)
            index += 1
        return records

    def _path(self, first: int) -> str:
        return posixpath.join(self._directory, segment.name(first))

    def _records(self, first: int, position: int, limit: int | None) -> Generator[segment.Found, None, None]:
        """Yield the records of one segment from a position on, up to what cannot be read.

        What cannot be read before that position is passed over where records below `limit` can be read after it.
        """
        self._edge = Place(first, 0)
        handle, source = self._open(first)
        try:
            if source is None:
                return
            start = (first, first, segment.HEADER_BYTES)
            place = self._nearest(start, position)
            self._place = start
            yield from self._scan(source, place, position)
            # The record where we stood last is not there: a writer that failed to sync has cut it and written anew.
            if self._place == start != place:
                del self._marks[first][1:]
                yield from self._scan(source, start, position)
            while limit is not None and self._edge.position < position:
                after = salvage.find(source, self._edge, limit)
                if after is None or after.position > position:
                    return
                yield from self._scan(source, (first, after.position, after.offset), position)
        finally:
            self._fs.close(handle)

    def _nearest(self, start: tuple[int, int, int], position: int) -> tuple[int, int, int]:
        """Return the last place that is known in a segment, up to a position."""
        first = start[0]
        marks = self._marks.pop(first, None) or [start[1:]]
        while len(self._marks) >= _MARKED:
            del self._marks[next(iter(self._marks))]
        self._marks[first] = marks  # at the end: what was not read for the longest is given up first
        mark = marks[max(0, bisect_right(marks, position, key=itemgetter(0)) - 1)]
        if self._place[0] == first and mark[0] <= self._place[1] <= position:
            return self._place
        return first, *mark

    def _open(self, first: int) -> tuple[int, Source | None]:
        """Open a segment: its handle, and what can be read of it; None if its header is none."""
        path = self._path(first)
        handle = self._fs.open_read(path)
        try:
            salt = segment.salt_of(self._bytes(handle, 0, segment.HEADER_BYTES), first)
            size = self._fs.size(path)
        except OSError:
            self._fs.close(handle)
            raise
        return handle, None if salt is None else Source(partial(self._bytes, handle), size, salt)

    def _bytes(self, handle: int, offset: int, size: int) -> bytes:
        """Read; where the disk has lost what stood there (EIO) stand zeros, which are no record."""
        try:
            return self._fs.read(handle, offset, size)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
        found = b""
        while len(found) < size:
            wanted = min(_SECTOR - (offset + len(found)) % _SECTOR, size - len(found))
            try:
                part = self._fs.read(handle, offset + len(found), wanted)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                part = bytes(wanted)
            found += part
            if len(part) < wanted:
                break
        return found

    def _scan(self, source: Source, place: tuple[int, int, int], position: int) -> Iterator[segment.Found]:
        first, upcoming, offset = place
        self._edge = Place(upcoming, offset)
        marks = self._marks[first]
        for found in segment.scan(source.read, source.salt, upcoming, offset):
            self._place = (first, found.position, offset)
            if offset - marks[-1][1] >= _MARK_BYTES:
                marks.append((found.position, offset))
            offset = found.end
            self._edge = Place(found.position + 1, offset)
            if found.position >= position:
                yield found

    def _damage(self, first: int, position: int, end: int, *, search: bool) -> LogDamaged:
        """Say what cannot be read from a position on, where reading stopped at the edge, and what can after it."""
        handle, source = self._open(first)
        try:
            after = salvage.find(source, self._edge, end) if search and source else None
        finally:
            self._fs.close(handle)
        path = self._path(first)
        if after is None:
            return LogDamaged(position, end, path, (self._edge.offset, self._fs.size(path)))
        self._place = (first, after.position, after.offset)
        return LogDamaged(position, after.position, path, (self._edge.offset, after.offset))
