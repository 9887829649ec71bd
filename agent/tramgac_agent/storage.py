"""What the spool has on the disk: a segment log a lane and the books beside them; how room is made there.

Acknowledged frames that are kept (recent.py) go first, then the oldest of the lowest lane. The cap holds at every
moment: room is made before a frame is written, and a frame for which no lane below its own has any is given up itself.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from itertools import starmap
from typing import TYPE_CHECKING, Final

from tramgac_wire.errors import LogFailed
from tramgac_wire.limits import MAX_KEPT

from tramgac_agent.ledger import AGE, FULL, TORN, LaneBook
from tramgac_agent.paths import LANES
from tramgac_agent.recent import Recent
from tramgac_agent.recovery import Books, encode

if TYPE_CHECKING:
    from tramgac_wire.log import SegmentLog

    from tramgac_agent.recovery import Generation

URGENT: Final = 1
BOOKS_SEGMENT: Final = 64 << 10
MOST_OWED: Final = 32
"""Earlier epochs of which nothing lies here that are remembered until the collector has heard their last books."""
_AROUND: Final = 64
"""Bytes that a segment log puts around a record, the start of a new segment included, at most."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Storage:
    """The logs, the books, and what of them may stay. For one Spool."""

    def __init__(
        self,
        logs: dict[int, SegmentLog],
        log: SegmentLog,
        books: Books,
        *,
        caps: tuple[int, int],
        recent: tuple[int, int],
    ) -> None:
        """Take the lanes' logs, that of the books, and what they say. `caps` and `recent` are bytes and seconds."""
        self.logs = logs
        self.books = books
        self.recent = Recent(logs, cap_bytes=recent[0], age_s=recent[1])
        self.changed = True
        """The books are to be written."""
        self.doubt = False
        """A sync was refused: nobody knows what is on the device."""
        self.trouble = ""
        """The last refusal of the disk, for doctor; empty if there was none."""
        self._log = log
        self._record = 0  # bytes of the newest record of the books
        self._due = False  # the books were to be safe, and are not: the next save makes them so
        self._cap_bytes, self._cap_age = caps

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._log.size + sum(log.size for log in self.logs.values())

    @property
    def kept(self) -> int:
        """Bytes of it in which nothing waits."""
        return self.recent.size(self._waiting())

    def enforce(self) -> None:
        """Keep the caps."""
        for lane in LANES:
            self._expire(lane)
        self._forget()
        while self._over(0) and self.make_room(URGENT):
            pass

    def close(self) -> None:
        """Close the files."""
        for log in (*self.logs.values(), self._log):
            log.close()

    def append(self, lane: int, record: bytes) -> int | str:
        """The record's position, or the class under which it must be given up."""
        log = self.logs[lane]
        while True:
            if self._over(len(record) + _AROUND):
                if not self.make_room(lane):
                    return FULL
                continue
            try:
                return log.append(record)
            except OSError as error:
                self.trouble = f"{LANES[lane]}: {error.strerror or error}"
                if error.errno not in _NO_ROOM:
                    return TORN
                if not self.make_room(lane):
                    return FULL

    def _over(self, more: int) -> bool:
        """Tell whether the cap does not hold with so many bytes more."""
        lanes = sum(log.size for log in self.logs.values())
        # The books take a full segment and the records with which the next one begins.
        books = max(self._log.size, BOOKS_SEGMENT + 2 * self._record)
        return lanes + more + books > self._cap_bytes

    def sync(self, lane: int) -> None:
        """Make a lane safe. Where that is refused the log has lost what was not safe, and it was announced already."""
        log = self.logs[lane]
        try:
            log.sync()
        except OSError as error:
            self.trouble = f"{LANES[lane]}: {error.strerror or error}"
            for book in self.lane(lane):
                book.drop_from(log.next, TORN)
            self.doubt = True

    def _expire(self, lane: int) -> None:
        """Give up segments in which everything is too old."""
        limit = self.books.age - self._cap_age
        for segment in self.logs[lane].segments:
            newest = [book.age_before(segment.next) for book in self.lane(lane)]
            if any(age is not None and age >= limit for age in newest):
                return
            if not any(age is not None for age in newest):
                continue  # acknowledged
            self.give_up(lane, segment.next, AGE)

    def make_room(self, lane: int) -> bool:
        """Give up the oldest acknowledged segment, else that of the lowest lane not above `lane`; False if none is.

        The segment that is being written counts too, if its lane is below `lane` or nothing waits in it. A lane does
        not give way to itself so: it would lose all that it holds for one frame more.
        """
        if (kept := self.recent.oldest(self._waiting())) and self._trim(*kept):
            return True
        for lower in sorted((one for one in LANES if one >= lane), reverse=True):
            segments = self.logs[lower].segments
            if len(segments) > 1:
                self.give_up(lower, segments[0].next, FULL)
                if len(self.logs[lower].segments) < len(segments):  # not so where removing is refused
                    return True
            idle = all(book.position is None for book in self.lane(lower))
            if (lower > lane or idle) and self._empty(lower):
                return True
        return False

    def give_up(self, lane: int, position: int, why: str) -> None:
        """Give up all of a lane below a log position, counted under a class."""
        for book in self.lane(lane):
            book.drop_before(position, why)
        self.books.floors[lane] = max(self.books.floors[lane], position)
        self.changed = True
        self.save()
        self.settle(lane)

    def settle(self, lane: int) -> None:
        """Remove segments in which nothing waits and that are not kept, forget epochs of which nothing is left."""
        self._trim(lane, min(self._waiting()[lane], self.books.floors[lane]))
        self._forget()
        for generation in self._done():
            for book in generation.lanes.values():
                self.books.past += book.dropped
            self.books.epochs.remove(generation)

    def save(self, *, durable: bool = False) -> bool:
        """Write the books; False where the disk refuses: they are written again later, safe if they were to be."""
        self.changed, self._due = True, self._due or durable
        record = encode(self.books)
        self._record = len(record)
        try:
            position = self._log.append(record)
            if self._due or self._log.segments[-1].size >= BOOKS_SEGMENT:
                self._log.sync()
                self._due = False
        except OSError as error:
            self.trouble = f"books: {error.strerror or error}"
            return False
        self.changed = False
        with suppress(OSError, LogFailed):
            self._log.trim(position)
        return True

    def lane(self, lane: int) -> list[LaneBook]:
        """The books of a lane, those of older epochs first."""
        return [generation.lanes[lane] for generation in self.books.epochs]

    def keeps(self, lane: int, book: LaneBook) -> bool:
        """Frames of this book lie on the disk and count, acknowledged or not."""
        return book.end > max(self.logs[lane].first, self.books.floors[lane])

    def _done(self) -> list[Generation]:
        """Earlier epochs that need not be remembered.

        Nothing of them waits or lies here, the collector has heard how they ended, and newer ones are there of which it
        can be asked whether it still holds what it acknowledged.
        """
        used = [one for one in self.books.epochs[:-1] if one.used]
        needed = [*used[-MAX_KEPT:], *[one for one in used if not one.told][-MOST_OWED:]]
        return [
            one
            for one in self.books.epochs[:-1]
            if one not in needed and not one.waiting and not any(starmap(self.keeps, one.lanes.items()))
        ]

    def _forget(self) -> None:
        """Remove what is acknowledged and more, or older, than is to be kept."""
        while (surplus := self.recent.surplus(self._waiting(), self.books.age)) and self._trim(*surplus):
            pass

    def _empty(self, lane: int) -> bool:
        """Give up all of a lane, in place; False where it takes nothing or the disk refuses that too."""
        log = self.logs[lane]
        if log.segments[-1].first == log.next:
            return False
        try:
            log.clear()  # first, since the books may find no room before
        except OSError as error:
            self.trouble = f"{LANES[lane]}: {error.strerror or error}"
            return False
        self.give_up(lane, log.next, FULL)
        return True

    def _waiting(self) -> dict[int, int]:
        """By lane, log position of the oldest frame that waits; where none does, of the next one."""
        found: dict[int, int] = {}
        for lane, log in self.logs.items():
            positions = [book.position for book in self.lane(lane) if book.position is not None]
            found[lane] = min(positions, default=log.next)
        return found

    def _trim(self, lane: int, before: int) -> bool:
        """Remove a lane's segments below a log position; False if there is none, or the disk refuses."""
        log = self.logs[lane]
        if len(log.segments) < 2 or log.segments[0].next > before:  # noqa: PLR2004 - the last one is being written
            return False
        if self.changed:
            self.save()
        self.sync(lane)
        count = len(log.segments)
        with suppress(OSError):  # they are removed another time
            log.trim(before)
        self.recent.trimmed(lane)
        return len(log.segments) < count
