"""Reading a segment log that this or another process writes. See tramgac_wire.log for the format."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Generator, Iterator
from contextlib import closing

from tramgac_wire import segment
from tramgac_wire.errors import LogDamaged, LogTrimmed
from tramgac_wire.fs import FileSystem


class LogReader:
    """Reads a log that this or another process writes; holds nothing open between calls."""

    def __init__(self, fs: FileSystem, directory: str) -> None:
        """Take the place."""
        self._fs = fs
        self._directory = directory
        self._place = (-1, 0, 0)  # the record that was read last: its segment (by first), position, offset

    def segments(self) -> tuple[int, ...]:
        """Return the first positions of the segments that are there now, ascending."""
        return tuple(segment.firsts(self._fs, self._directory))

    def read(self, position: int, *, until: int | None = None, max_bytes: int = 1 << 20) -> list[tuple[int, bytes]]:
        """Return records from a position on, as (position, payload).

        At least one if there is one, then as many as fit into max_bytes of payload, none at or above `until`; empty
        at the end. A record that is being written, or was torn, is the end.

        Raises:
            LogTrimmed: the position is below the log's first.
            LogDamaged: records before the end cannot be read; only if the first one asked for is such.
            OSError: the file system refused.
        """
        try:
            return self._read(position, until, max_bytes)
        except FileNotFoundError:  # trimmed between looking and opening: look again
            return self._read(position, until, max_bytes)

    def _read(self, position: int, until: int | None, max_bytes: int) -> list[tuple[int, bytes]]:
        firsts = self.segments()
        if firsts and position < firsts[0]:
            raise LogTrimmed(position, firsts[0])
        records: list[tuple[int, bytes]] = []
        index = bisect_right(firsts, position) - 1 if firsts else 0
        while index < len(firsts):
            with closing(self._records(firsts[index], position)) as readable:
                for found in readable:
                    max_bytes -= len(found.payload)
                    if (until is not None and found.position >= until) or (records and max_bytes < 0):
                        return records
                    records.append((found.position, found.payload))
                    position = found.position + 1
            index += 1
            # A segment is complete before the next is created, so the listing shows which ones must be whole.
            if index < len(firsts) and position < firsts[index]:
                if records:
                    return records
                raise LogDamaged(position, firsts[index], self._path(firsts[index - 1]))
        return records

    def _path(self, first: int) -> str:
        return posixpath.join(self._directory, segment.name(first))

    def _records(self, first: int, position: int) -> Generator[segment.Found, None, None]:
        """Yield the records of one segment from a position on."""
        handle = self._fs.open_read(self._path(first))
        try:
            salt = segment.salt_of(self._fs.read(handle, 0, segment.HEADER_BYTES), first)
            if salt is None:
                return
            start = (first, first, segment.HEADER_BYTES)
            place = self._place if self._place[0] == first and self._place[1] <= position else start
            self._place = start
            yield from self._scan(handle, salt, place, position)
            # The record where we stood last is not there: a writer that failed to sync has cut it and written anew.
            if self._place == start != place:
                yield from self._scan(handle, salt, start, position)
        finally:
            self._fs.close(handle)

    def _scan(self, handle: int, salt: int, place: tuple[int, int, int], position: int) -> Iterator[segment.Found]:
        first, upcoming, offset = place
        for found in segment.scan(lambda at, size: self._fs.read(handle, at, size), salt, upcoming, offset):
            self._place = (first, found.position, offset)
            offset = found.end
            if found.position >= position:
                yield found
