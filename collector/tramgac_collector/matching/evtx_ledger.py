"""Which chunks an event log file has, held against what its header says: what was cut off or wiped is told.

A header that is dirty (the log was copied while it was written) tells nothing of the end: its count may be of before.
Zeros behind the last chunk are room that is kept for what comes; zeros before it are chunks that were lost.
"""

import struct
from dataclasses import dataclass, field
from typing import Self

from tramgac_collector.matching.words import Unread
from tramgac_collector.pairs import Both, join

MARK = b"ElfChnk\x00"
MOST = 65_536 // 28
"""Records in a chunk: none is smaller."""
_FILE = struct.Struct("<8xQ8xQ10xH76xI")  # number of the oldest chunk, of the next record; chunks; flags
_RECORDS = struct.Struct("<8x16xQQ")  # first and last record of a chunk
_NONE = 2**64 - 1  # as a record's number
_DIRTY = 1
_NAMED = 5  # runs of lost chunks that are told one by one


def numbers(chunk: bytes) -> tuple[int, int]:
    """Return the numbers of a chunk's first record and of the one after its last; (0, 0) if it says it has none."""
    first, last = _RECORDS.unpack_from(chunk.ljust(_RECORDS.size, b"\x00"))
    return (0, 0) if first == last == _NONE else (first, last + 1)


@dataclass(slots=True)
class Ledger:
    """What a header says, and the chunks that came so far.

    `_empty`: places since the last chunk that hold nothing; `_record`: the number of the record that comes next, 0 if
    that is not known; `_lost`: runs of places without a chunk, with how many records they held, 0 if unknown.
    """

    count: int = 0
    oldest: int = 0
    following: int = 0
    dirty: bool = False
    _places: int = 0
    _empty: int = 0
    _record: int = 0
    _lost: list[tuple[int, int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, header: bytes) -> Self:
        """Read a header."""
        oldest, following, count, flags = _FILE.unpack_from(header)
        return cls(count, oldest, following, bool(flags & _DIRTY), _record=0 if oldest else 1)

    def take(self, chunk: bytes) -> bool:
        """Note the next chunk of the file; tell whether there is anything in it."""
        marked = chunk.startswith(MARK)
        if not marked and not chunk.strip(b"\x00"):
            self._empty += 1
            return False
        first, following = numbers(chunk) if marked else (0, 0)
        self._lose(first)
        self._places += 1
        self._record = following
        return True

    def end(self) -> Both | None:
        """Return what the file lacks, now that all of it was taken; None if it is whole."""
        self._empty = 0 if self.dirty else max(0, self.count - self._places)
        self._lose(0 if self.oldest else self.following)
        if not self._lost:
            return None
        named = [_told(*run) for run in self._lost[:_NAMED]]
        more = [Both("…", "…")] if len(self._lost) > _NAMED else []
        return Unread.LOST_CHUNKS.both(chunks=join(", ", [*named, *more]))

    def _lose(self, record: int) -> None:
        """Write the empty places down that stand before a chunk, or the end, whose first record has this number."""
        if self._empty:
            between = record - self._record if record and self._record else 0
            known = 0 < between <= MOST * self._empty
            self._lost.append((self._places + 1, self._places + self._empty, between if known else 0))
            self._places += self._empty
            self._empty = 0


def _told(first: int, last: int, records: int) -> Both:
    places = str(first) if first == last else f"{first}-{last}"
    return Unread.LOST_RECORDS.both(places=places, count=records) if records else Both(places, places)
