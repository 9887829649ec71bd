"""The agent's disk queue: a segment log a lane, and the books beside them.

The sensor process owns it (Spool); the uplink reads it (frames.SpoolReader). Sequences start at 1 in each lane of an
epoch. An epoch ends when its last sequence cannot be proven: after a power cut (the boot id differs and the end was not
clean), a torn or damaged tail, a tail that was given up and not booked, a failed fsync, or when the collector holds
something else under it. What waited then keeps its epoch and is sent under it; new events get the new one. Only where
the collector holds something else (the folder was put back from an older image, or copied to another machine) it is
given anew, under the new one. A killed process proves its last sequence: what was flushed is in the page cache, and
what was not flushed was never announced.
"""

from __future__ import annotations

import secrets
from itertools import starmap
from typing import TYPE_CHECKING, Final, Self

from tramgac_wire.chain import extend
from tramgac_wire.fs import FileSystem, OsFileSystem
from tramgac_wire.limits import MAX_EVENT_BYTES, MAX_KEPT
from tramgac_wire.log import LogReader, SegmentLog

from tramgac_agent.carry import waiting
from tramgac_agent.endings import Endings
from tramgac_agent.errors import EventTooLarge
from tramgac_agent.frames import FRAME_BYTES, FRAME_EVENTS, PREFIX, Frame, encode
from tramgac_agent.ledger import TORN, LaneBook, Ledger
from tramgac_agent.paths import LANES
from tramgac_agent.recovery import Generation, last_books, read_frames, settle
from tramgac_agent.storage import BOOKS_SEGMENT, URGENT, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["URGENT", "Ledger", "Spool"]

SECOND: Final = 1_000_000_000
SYNC_S: Final = 5
"""Security and bulk events are on the device at the latest after so many seconds."""
STAY_S: Final = 2
"""How long the present epoch is sent at least, once urgent events made that turn away from an older one, and back."""
LONGEST_S: Final = 600
"""More cannot have passed between two looks: a clock that jumped makes nothing old."""


class Spool:
    """The writer's side. One process, one thread."""

    def __init__(
        self,
        disk: Storage,
        *,
        segment: int,
        now: Callable[[], int],
        draw: Callable[[], int],
        readers: Mapping[int, LogReader],
    ) -> None:
        """Use open(). `segment`: the size at which a lane's segment is closed, bytes; `readers`: of the lanes' logs."""
        self._disk = disk
        self._books = disk.books
        self.endings = Endings(disk)
        """What is told of earlier epochs."""
        self._segment = segment
        self._now = now
        self._draw = draw
        self._readers = readers
        self._aged = self._synced = self._stay = now()
        self._older = False  # one of them is being sent, until `_stay` at least
        self._buffers: dict[int, list[bytes]] = {lane: [] for lane in LANES}
        self._sizes = dict.fromkeys(LANES, 0)

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        cap_bytes: int,
        age_s: int = 30 * 86_400,
        recent: tuple[int, int] = (0, 0),
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
            recent: How much of what was acknowledged is kept, bytes (within the cap) and seconds that agents have run.
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
        readers = {n: LogReader(fs, str(directory / name)) for n, name in LANES.items()}
        read = {n: read_frames(books, n, readers[n], logs[n].next) for n in LANES}
        torn = not all(one.proven for one in read.values()) or any(one.repair for one in (*logs.values(), log))
        torn = torn or not (books.clean or books.boot == boot)
        settle(books, torn={lane for lane, one in read.items() if torn or one.damaged})
        disk = Storage(logs, log, books, caps=(cap_bytes, age_s), recent=recent)
        for lane, found in read.items():
            for position, age in found.begun.items():
                disk.recent.began(lane, position, age)
        spool = cls(disk, segment=segment, now=now, draw=draw, readers=readers)
        proven = bool(books.epochs) and books.epochs[-1].epoch == settled and not torn
        spool._begin(boot, proven=proven)
        return spool

    def _begin(self, boot: str, *, proven: bool) -> None:
        """Say in the books, durably, that this boot writes here; without that, nothing old can be continued."""
        if not proven:
            self._renew()
        else:
            self._books.epochs[-1].unmet.update(LANES)
        self._books.boot, self._books.clean = boot, False
        if not self._disk.save(durable=True) and proven:
            self._renew()

    @property
    def epoch(self) -> int:
        """The present epoch: 64 bits, not zero."""
        return self._books.epochs[-1].epoch

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._disk.size

    @property
    def kept_bytes(self) -> int:
        """Bytes of it in which nothing waits: what was acknowledged and is kept for a while."""
        return self._disk.kept

    @property
    def kept_epochs(self) -> tuple[int, ...]:
        """Earlier epochs that are remembered, the newest first, MAX_KEPT at most: rather those that lie on the disk."""
        older = [one for one in reversed(self._books.epochs[:-1]) if one.used]
        lying = [one for one in older if any(starmap(self._disk.keeps, one.lanes.items()))]
        named = [*lying, *(one for one in older if one not in lying)][:MAX_KEPT]
        return tuple(one.epoch for one in older if one in named)

    @property
    def trouble(self) -> str:
        """The last refusal of the disk, for doctor; empty if there was none."""
        return self._disk.trouble

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
            self._disk.sync(lane)
        self._resolve()
        return {lane: book.written + 1 for lane, book in self._books.epochs[-1].lanes.items()}

    def acked(self, epoch: int, lane: int, sequence: int) -> None:
        """The collector has everything of a lane up to and including `sequence`."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None or lane not in generation.lanes:
            return
        book = generation.lanes[lane]
        if sequence > book.written and generation is self._books.epochs[-1]:
            return  # never given by us: renew() is to follow
        if sequence > book.written and lane in generation.unmet:
            self.renew(epoch)  # a power cut took the end, but nobody knows whose it was
            return
        book.ack(sequence)
        self.endings.acked(epoch, lane, sequence)
        if self._older and generation is not self._books.epochs[-1]:
            self._stay = 0
        self._disk.changed = True
        self._sure(generation, lane)
        self._disk.settle(lane)
        self._resolve()

    def held(self, epoch: int, lane: int, sequence: int) -> None:
        """The collector says anew what it holds of a lane: less than it acknowledged, if it was put back.

        Then the uplink sends again what is kept, of an earlier epoch after it was announced again.
        """
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None or lane not in generation.lanes or generation.ended:
            return
        if lane in generation.unmet and sequence <= generation.lanes[lane].written:
            generation.unmet.discard(lane)
            # Safe before anything of this life is acknowledged: else a power cut makes all that waits come twice.
            self._disk.save(durable=True)  # refused: enforce() does it later
        if generation is self._books.epochs[-1]:
            generation.lanes[lane].held(sequence)
        else:
            self.endings.held(generation, lane, sequence)
        self._sure(generation, lane)

    def lost(self, epoch: int, lane: int, first: int, last: int) -> None:
        """Nobody can read these back any more (a damaged frame): what still waits of them is given up, counted."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None or lane not in generation.lanes:
            return
        generation.lanes[lane].miss(first, last)
        self._sure(generation, lane)
        if generation.lanes[lane].drop_span(first, last, TORN):
            self._disk.trouble = f"{LANES[lane]}: damaged on the disk from sequence {first} to {last}"
            self._disk.changed = True
            self._disk.settle(lane)
            self._resolve()

    def renew(self, epoch: int) -> None:
        """The collector holds something else under this epoch: what waits under it goes on under the present one.

        That is a new one if it was the present one. What was acknowledged at the collector but not here is then there
        twice; nothing is lost. Frame by frame: the rest is done by enforce().
        """
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        if generation is None:
            return
        for lane in LANES:
            self._write(lane)
        generation.unsure.clear()
        generation.ended = True
        if generation is self._books.epochs[-1]:
            self._renew()
        self._disk.save(durable=True)
        self._carry()
        for lane in LANES:
            self._disk.settle(lane)
        self._resolve()

    def _carry(self) -> None:
        """Some frames that wait under epochs that are done for get sequences of the present one."""
        ended = [one for one in self._books.epochs[:-1] if one.ended and one.waiting]
        if not ended:
            return
        for generation in ended:
            for lane, book in generation.lanes.items():
                self._move(lane, book)
            self._disk.save(durable=True)
        for lane in LANES:
            self._disk.settle(lane)
        self._resolve()

    def _move(self, lane: int, book: LaneBook) -> None:
        """The oldest frames of a lane; they are done with only when their events are safe under the present epoch."""
        last = 0
        try:
            for found in waiting(self._readers[lane], book):
                if found.blobs is None:
                    book.drop_span(found.first, found.last, TORN)
                    self._disk.trouble = f"{LANES[lane]}: damaged on the disk, {found.first} to {found.last}"
                for blob in found.blobs or ():
                    self.put(lane, blob)
                last = found.last
        except OSError as error:
            self._disk.trouble = f"{LANES[lane]}: {error.strerror or error}"
        self._write(lane)
        self._disk.sync(lane)
        if not self._disk.doubt:
            book.carry(last)

    def enforce(self) -> None:
        """Keep the caps by bytes and by age, sync what is due, settle the books; call about once a second."""
        now = self._now()
        passed = (now - self._aged) // SECOND
        self._books.age += min(max(passed, 0), LONGEST_S)
        self._aged += passed * SECOND
        if now - self._synced >= SYNC_S * SECOND:
            self._synced = now
            for lane in LANES:
                self._disk.sync(lane)
        self._carry()
        self._disk.enforce()
        self.endings.ask()
        self._resolve()
        if self._disk.changed:
            self._disk.save()

    def ledger(self) -> Mapping[int, Ledger]:
        """The books of the present epoch, by lane."""
        return {lane: book.ledger for lane, book in self._books.epochs[-1].lanes.items()}

    def heads(self) -> tuple[int, Mapping[int, tuple[int, int]]]:
        """The epoch to be sent now, and by lane its sequences as (first, next).

        An older epoch goes first while it has events, or the collector may lack some that it had; but never while the
        present one has urgent ones, nor soon after. Of an older one only such lanes are named.
        """
        present = self._books.epochs[-1]
        older = next((one for one in self._books.epochs[:-1] if not one.ended and (one.waiting or one.unsure)), None)
        if older is None or self._stays(present):
            return present.epoch, {lane: (book.first, book.written + 1) for lane, book in present.lanes.items()}
        waiting = {n: book for n, book in older.lanes.items() if book.position is not None or n in older.unsure}
        return older.epoch, {lane: (book.first, book.written + 1) for lane, book in waiting.items()}

    def _stays(self, present: Generation) -> bool:
        """The present epoch is sent: urgent events wait under it, or did when it was turned to, STAY_S ago at most.

        Each turn is another stream: what an attack makes urgent must not make as many, nor keep an older epoch from
        coming forward: that is left again when something of it was acknowledged, or after STAY_S.
        """
        now, urgent = self._now(), present.lanes[URGENT].position is not None
        stays = urgent and now >= self._stay if self._older else urgent or now < self._stay
        if stays == self._older:
            self._older, self._stay = not stays, now + STAY_S * SECOND
        return stays

    def sizes(self, epoch: int) -> Mapping[int, int]:
        """Bytes of the frames that wait in an epoch, by lane."""
        generation = next((one for one in self._books.epochs if one.epoch == epoch), None)
        return {} if generation is None else {lane: book.size for lane, book in generation.lanes.items() if book.size}

    def close(self) -> None:
        """Flush, sync, and note that the end is clean."""
        self.flush(durable=True)
        self._books.clean = True
        self._disk.save(durable=True)
        self._disk.close()

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
        position = self._disk.append(lane, record)
        if isinstance(position, int):
            book.stored(position, first, len(blobs), self._books.age, len(record))
            if self._disk.logs[lane].segments[-1].first == position:
                self._disk.recent.began(lane, position, self._books.age)
        else:
            book.unwritten(first, len(blobs), position)
        book.written_chain = book.chain
        self._disk.changed = True
        if self._disk.logs[lane].segments[-1].size >= self._segment:
            self._disk.sync(lane)  # a segment is closed only when all of it is safe

    def _resolve(self) -> None:
        """After a refused sync nobody knows what is on the device: the sequences must not be given again."""
        if not self._disk.doubt:
            return
        for lane in LANES:
            self._write(lane)  # what has a sequence of this epoch keeps it
        self._disk.doubt = False
        self._renew()
        self._disk.save(durable=True)

    def _sure(self, generation: Generation, lane: int) -> None:
        """The collector holds a lane as far as it can."""
        if not generation.lanes[lane].behind and lane in generation.unsure:
            self.endings.answered(generation, lane)

    def _renew(self) -> None:
        self._books.epochs.append(Generation(self._draw()))
        self._disk.changed = True


def segment_bytes(cap_bytes: int) -> int:
    """How large a lane's segments are: room is made by whole ones, so a small spool has small ones."""
    return min(max(cap_bytes // 64, 64 << 10), 4 << 20)
