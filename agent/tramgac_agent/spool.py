"""The agent's disk queue: a segment log a lane, and the books beside them.

The sensor process owns it (Spool); the uplink reads it (frames.SpoolReader). Sequences start at 1 in each lane of an
epoch. An epoch ends when its last sequence cannot be proven: after a power cut (the boot id differs and the end was not
clean), a torn or damaged tail, a tail that was given up and not booked, a failed fsync, or when the collector holds
something else under it. What waited then keeps its epoch and is sent under it; new events get the new one. A killed
process proves its last sequence: what was flushed is in the page cache, and what was not flushed was never announced.
"""

from __future__ import annotations

import errno
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from tramgac_wire.chain import extend
from tramgac_wire.errors import LogFailed
from tramgac_wire.fs import FileSystem, OsFileSystem
from tramgac_wire.limits import MAX_EVENT_BYTES
from tramgac_wire.log import LogReader, SegmentLog

from tramgac_agent.errors import EventTooLarge
from tramgac_agent.frames import FRAME_BYTES, FRAME_EVENTS, PREFIX, Frame, encode
from tramgac_agent.ledger import AGE, FULL, TORN, LaneBook, Ledger
from tramgac_agent.paths import LANES
from tramgac_agent.recovery import Books, Generation, last_books, read_frames, settle
from tramgac_agent.recovery import encode as encode_books

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["URGENT", "Ledger", "Spool"]

URGENT: Final = 1
SECOND: Final = 1_000_000_000
SYNC_S: Final = 5
"""Security and bulk events are on the device at the latest after so many seconds."""
LONGEST_S: Final = 600
"""More cannot have passed between two looks: a clock that jumped makes nothing old."""
BOOKS_SEGMENT: Final = 64 << 10
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Spool:
    """The writer's side. One process, one thread."""

    def __init__(
        self,
        logs: dict[int, SegmentLog],
        log: SegmentLog,
        books: Books,
        *,
        caps: tuple[int, int],
        now: Callable[[], int],
        draw: Callable[[], int],
    ) -> None:
        """Use open(). `caps` are bytes and seconds."""
        self._logs = logs
        self._log = log
        self._books = books
        self._cap_bytes, self._cap_age = caps
        self._segment = segment_bytes(self._cap_bytes)
        self._now = now
        self._draw = draw
        self._aged = self._synced = now()
        self._buffers: dict[int, list[bytes]] = {lane: [] for lane in LANES}
        self._sizes = dict.fromkeys(LANES, 0)
        self._changed = True
        self._doubt = False
        self.trouble = ""
        """The last refusal of the disk, for doctor; empty if there was none."""

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        cap_bytes: int,
        age_s: int = 30 * 86_400,
        boot: str,
        now: Callable[[], int],
        fs: FileSystem | None = None,
        draw: Callable[[], int] = lambda: secrets.randbits(64) or 1,
    ) -> Self:
        """Prove the last sequence of what lies there, or begin a new epoch.

        Args:
            directory: The spool's folder; made if absent.
            cap_bytes: Cap on disk over all lanes and epochs.
            age_s: Events are given up when agents have run for so long since they were stored.
            boot: The machine's boot id; what was written survives a killed process but not a power cut.
            now: A monotonic clock, nanoseconds.
            fs: Where it lives; the operating system's files if None.
            draw: Gives a new epoch: 64 bits, not zero, never the same.

        Raises OSError where the folder cannot be used at all.
        """
        fs = fs or OsFileSystem()
        segment = segment_bytes(cap_bytes)
        logs = {n: SegmentLog.open(fs, str(directory / name), segment_bytes=segment) for n, name in LANES.items()}
        log = SegmentLog.open(fs, str(directory / "books"), segment_bytes=BOOKS_SEGMENT)
        books = last_books(LogReader(fs, str(directory / "books")))
        settled = books.epochs[-1].epoch if books.epochs else None
        read = {
            n: read_frames(books, n, LogReader(fs, str(directory / name)), logs[n].next) for n, name in LANES.items()
        }
        torn = not all(one.proven for one in read.values()) or any(one.repair for one in (*logs.values(), log))
        torn = torn or not (books.clean or books.boot == boot)
        settle(books, torn={lane for lane, one in read.items() if torn or one.damaged})
        spool = cls(logs, log, books, caps=(cap_bytes, age_s), now=now, draw=draw)
        proven = bool(books.epochs) and books.epochs[-1].epoch == settled and not torn
        spool._begin(boot, proven=proven)
        return spool

    def _begin(self, boot: str, *, proven: bool) -> None:
        """Say in the books, durably, that this boot writes here; without that, nothing old can be continued."""
        if not proven:
            self._renew()
        self._books.boot, self._books.clean = boot, False
        if not self._save(durable=True) and proven:
            self._renew()

    @property
    def epoch(self) -> int:
        """The present epoch: 64 bits, not zero."""
        return self._books.epochs[-1].epoch

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._log.size + sum(log.size for log in self._logs.values())

    @property
    def past(self) -> Mapping[str, int]:
        """Events given up in epochs before the present one, by class."""
        total = self._books.past.copy()
        for generation in self._books.epochs[:-1]:
            for book in generation.lanes.values():
                total += book.dropped
        return total

    def put(self, lane: int, event: bytes) -> int:
        """Give an encoded event its sequence; it is in memory until flush().

        Raises EventTooLarge above tramgac_wire.limits.MAX_EVENT_BYTES.
        """
        if not 0 < len(event) <= MAX_EVENT_BYTES:
            raise EventTooLarge(f"event of {len(event)} bytes, limit {MAX_EVENT_BYTES}: cut its texts and put it again")
        if self._sizes[lane] + len(event) > FRAME_BYTES or len(self._buffers[lane]) >= FRAME_EVENTS:
            self._write(lane)
            self._resolve()
        book = self._book(lane)
        sequence = book.emit(extend(book.chain, (event,)))
        self._buffers[lane].append(event)
        self._sizes[lane] += len(event) + PREFIX
        return sequence

    def flush(self, *, durable: bool = False) -> Mapping[int, int]:
        """Write a frame a lane that has something new; the next sequence by lane. Urgent is always synced."""
        for lane in LANES:
            self._write(lane)
        for lane in LANES if durable else (URGENT,):
            self._sync(lane)
        self._resolve()
        return {lane: book.written + 1 for lane, book in self._books.epochs[-1].lanes.items()}

    def acked(self, epoch: int, lane: int, sequence: int) -> None:
        """The collector has everything of a lane up to and including `sequence`."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None or lane not in generation.lanes:
            return
        book = generation.lanes[lane]
        if generation is self._books.epochs[-1] and sequence > book.written:
            return  # never given by us: renew() is to follow
        book.ack(sequence)
        self._changed = True
        self._settle(lane)
        self._resolve()

    def lost(self, epoch: int, lane: int, first: int, last: int) -> None:
        """Nobody can read these back any more (a damaged frame): what still waits of them is given up, counted."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None or lane not in generation.lanes:
            return
        if generation.lanes[lane].drop_span(first, last, TORN):
            self.trouble = f"{LANES[lane]}: damaged on the disk from sequence {first} to {last}"
            self._changed = True
            self._settle(lane)
            self._resolve()

    def renew(self, epoch: int) -> None:
        """The collector holds something else under this epoch: what waits under it is given up, counted."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None:
            return
        for lane in LANES:
            self._write(lane)
            generation.lanes[lane].drop_before(self._logs[lane].next, TORN)
        if generation is self._books.epochs[-1]:
            self._renew()
        self._save(durable=True)
        for lane in LANES:
            self._settle(lane)
        self._resolve()

    def enforce(self) -> None:
        """Keep the caps by bytes and by age, sync what is due, settle the books; call about once a second."""
        now = self._now()
        passed = (now - self._aged) // SECOND
        self._books.age += min(max(passed, 0), LONGEST_S)
        self._aged += passed * SECOND
        if now - self._synced >= SYNC_S * SECOND:
            self._synced = now
            for lane in LANES:
                self._sync(lane)
        for lane in LANES:
            self._expire(lane)
        while self.size > self._cap_bytes and self._make_room(URGENT, full=False):
            pass
        self._resolve()
        if self._changed:
            self._save()

    def ledger(self) -> Mapping[int, Ledger]:
        """The books of the present epoch, by lane."""
        return {lane: book.ledger for lane, book in self._books.epochs[-1].lanes.items()}

    def heads(self) -> tuple[int, Mapping[int, tuple[int, int]]]:
        """The epoch to be sent now, and by lane its sequences as (first, next).

        An older epoch goes first while it has events, but never while the present one has urgent ones; of an older one
        only the lanes that have something are named.
        """
        present = self._books.epochs[-1]
        older = next((one for one in self._books.epochs[:-1] if one.waiting), None)
        if older is None or present.lanes[URGENT].position is not None:
            return present.epoch, {lane: (book.first, book.written + 1) for lane, book in present.lanes.items()}
        waiting = {lane: book for lane, book in older.lanes.items() if book.position is not None}
        return older.epoch, {lane: (book.first, book.written + 1) for lane, book in waiting.items()}

    def close(self) -> None:
        """Flush, sync, and note that the end is clean."""
        self.flush(durable=True)
        self._books.clean = True
        self._save(durable=True)
        for log in (*self._logs.values(), self._log):
            log.close()

    def _book(self, lane: int) -> LaneBook:
        return self._books.epochs[-1].lanes[lane]

    def _write(self, lane: int) -> None:
        """Write what is buffered of a lane as one frame; where the disk refuses, room is made or it is given up."""
        blobs = self._buffers[lane]
        if not blobs:
            return
        book = self._book(lane)
        first = book.written + 1
        before = book.written_chain
        self._buffers[lane], self._sizes[lane] = [], 0
        record = encode(Frame(self.epoch, first, self._books.age, before, tuple(blobs)))
        position = self._append(lane, record)
        if isinstance(position, int):
            book.stored(position, first, len(blobs), self._books.age)
        else:
            book.unwritten(first, len(blobs), position)
        book.written_chain = book.chain
        self._changed = True
        if self._logs[lane].segments[-1].size >= self._segment:
            self._sync(lane)  # a segment is closed only when all of it is safe

    def _append(self, lane: int, record: bytes) -> int | str:
        """The record's position, or the class under which it must be given up."""
        log = self._logs[lane]
        while True:
            try:
                return log.append(record)
            except OSError as error:
                self.trouble = f"{LANES[lane]}: {error.strerror or error}"
                if error.errno not in _NO_ROOM:
                    return TORN
                if not self._make_room(lane, full=True):
                    return FULL

    def _sync(self, lane: int) -> None:
        """Make a lane safe. Where that is refused the log has lost what was not safe, and it was announced already."""
        log = self._logs[lane]
        try:
            log.sync()
        except OSError as error:
            self.trouble = f"{LANES[lane]}: {error.strerror or error}"
            for book in self._lane(lane):
                book.drop_from(log.next, TORN)
            self._doubt = True

    def _resolve(self) -> None:
        """After a refused sync nobody knows what is on the device: the sequences must not be given again."""
        if not self._doubt:
            return
        for lane in LANES:
            self._write(lane)  # what has a sequence of this epoch keeps it
        self._doubt = False
        self._renew()
        self._save(durable=True)

    def _expire(self, lane: int) -> None:
        """Give up segments in which everything is too old."""
        limit = self._books.age - self._cap_age
        for segment in self._logs[lane].segments:
            newest = [book.age_before(segment.next) for book in self._lane(lane)]
            if any(age is not None and age >= limit for age in newest) or not any(age is not None for age in newest):
                return
            self._give_up(lane, segment.next, AGE)

    def _make_room(self, lane: int, *, full: bool) -> bool:
        """Give up the oldest segment of the lowest lane that is not above `lane`; False if there is none.

        Where the disk itself is `full`, the segment that is being written counts too, if its lane is below `lane` or
        nothing waits in it. A lane does not give way to itself so: it would lose all that it holds for one frame more.
        """
        for lower in sorted((one for one in LANES if one >= lane), reverse=True):
            segments = self._logs[lower].segments
            if len(segments) > 1:
                self._give_up(lower, segments[0].next, FULL)
                if len(self._logs[lower].segments) < len(segments):  # not so where removing is refused
                    return True
            idle = all(book.position is None for book in self._lane(lower))
            if full and (lower > lane or idle) and self._empty(lower):
                return True
        return False

    def _empty(self, lane: int) -> bool:
        """Give up all of a lane, in place; False where it takes nothing or the disk refuses that too."""
        log = self._logs[lane]
        if log.segments[-1].first == log.next:
            return False
        try:
            log.clear()  # first, since the books may find no room before
        except OSError as error:
            self.trouble = f"{LANES[lane]}: {error.strerror or error}"
            return False
        self._give_up(lane, log.next, FULL)
        return True

    def _give_up(self, lane: int, position: int, why: str) -> None:
        for book in self._lane(lane):
            book.drop_before(position, why)
        self._books.floors[lane] = max(self._books.floors[lane], position)
        self._changed = True
        self._save()
        self._settle(lane)

    def _lane(self, lane: int) -> list[LaneBook]:
        return [generation.lanes[lane] for generation in self._books.epochs]

    def _settle(self, lane: int) -> None:
        """Forget epochs that are done with, remove segments in which nothing waits."""
        for generation in [one for one in self._books.epochs[:-1] if not one.waiting]:
            for book in generation.lanes.values():
                self._books.past += book.dropped
            self._books.epochs.remove(generation)
        log = self._logs[lane]
        waiting = [book.position for book in self._lane(lane) if book.position is not None]
        before = min(waiting, default=log.next)
        if log.segments and log.segments[0].next <= before and len(log.segments) > 1:
            if self._changed:
                self._save()
            self._sync(lane)
            with suppress(OSError):  # they are removed another time
                log.trim(before)

    def _renew(self) -> None:
        self._books.epochs.append(Generation(self._draw()))
        self._changed = True

    def _save(self, *, durable: bool = False) -> bool:
        """Write the books; False where the disk refuses (they are written again later)."""
        try:
            position = self._log.append(encode_books(self._books))
            if durable or self._log.segments[-1].size >= BOOKS_SEGMENT:
                self._log.sync()
        except OSError as error:
            self.trouble = f"books: {error.strerror or error}"
            return False
        self._changed = False
        with suppress(OSError, LogFailed):
            self._log.trim(position)
        return True


def segment_bytes(cap_bytes: int) -> int:
    """How large a lane's segments are: room is made by whole ones, so a small spool has small ones."""
    return min(max(cap_bytes // 64, 64 << 10), 4 << 20)
