"""What a spool's folder says after any end: clean, killed, out of power, out of room, torn.

The books are a segment log of their own (`books/`), a JSON record each time something was settled:
{"boot", "clean", "age", "past": {CLASS: N}, "floors": {LANE: POSITION}, "epochs": [{"epoch", "lanes": {LANE: {...}}}]}.
Frames below a lane's floor were given up. What the books do not know yet is counted from the frames themselves.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tramgac_wire.chain import extend

from tramgac_agent.errors import SpoolError
from tramgac_agent.frames import decode, header, scan
from tramgac_agent.ledger import FULL, TORN, LaneBook
from tramgac_agent.paths import LANES

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from tramgac_wire.log import LogReader


_SETS: Final = ("unsure", "unmet", "asked")
"""Sets of lanes that the books keep."""


@dataclass(slots=True, eq=False)
class Generation:
    """One epoch with the books of its lanes."""

    epoch: int
    lanes: dict[int, LaneBook] = field(default_factory=lambda: {lane: LaneBook() for lane in LANES})
    unsure: set[int] = field(default_factory=set)
    """Lanes of which the collector may lack what it had acknowledged: it is to be asked."""
    unmet: set[int] = field(default_factory=set)
    """Lanes of an epoch that was continued, of which the collector has not said since that it holds no others' events.

    Until then it is possible that the folder was put back from an older image, or copied to another machine."""
    asked: set[int] = field(default_factory=set)
    """Lanes of which the collector has said what it holds since all that waited was sent or given up."""
    telling: tuple[int, int, int] | None = None
    """Epoch, lane and sequence of the event that tells the collector the last books.

    In memory alone, as is `told`: each agent tells them once of the epochs that it remembers, for the collector may
    have been put back."""
    told: bool = False
    """That event was acknowledged."""
    ended: bool = False
    """The collector holds something else under it: what waits goes on under the present epoch, frame by frame."""

    @property
    def waiting(self) -> bool:
        """Something is to be sent."""
        return any(book.position is not None for book in self.lanes.values())

    @property
    def used(self) -> bool:
        """Sequences of it were given, and stand for what they stood for."""
        return not self.ended and any(book.written for book in self.lanes.values())

    @property
    def unasked(self) -> set[int]:
        """Lanes that lack something at their end, of which the collector is still to be asked."""
        lacking = {lane for lane, book in self.lanes.items() if book.missing_from}
        return lacking - self.asked - self.unsure


@dataclass(slots=True)
class Books:
    """Everything that is remembered beside the frames."""

    boot: str = ""
    clean: bool = False
    age: int = 0
    """Seconds that agents have run on this spool."""
    past: Counter[str] = field(default_factory=Counter)
    """Given up in epochs that are done with, by class."""
    floors: dict[int, int] = field(default_factory=lambda: dict.fromkeys(LANES, 0))
    """By lane, the log position below which frames do not count any more."""
    epochs: list[Generation] = field(default_factory=list)


def encode(books: Books) -> bytes:
    """One record of the books. Buffered events are left out: they are not on the disk."""
    epochs = [
        {"epoch": f"{one.epoch:016x}", "lanes": {lane: _lane(book) for lane, book in one.lanes.items()}}
        | {name: sorted(lanes) for name in _SETS if (lanes := getattr(one, name))}
        | ({"ended": True} if one.ended else {})
        for one in books.epochs
    ]
    body = {"boot": books.boot, "clean": books.clean, "age": books.age, "past": books.past}
    return json.dumps(body | {"floors": books.floors, "epochs": epochs}).encode()


def _lane(book: LaneBook) -> dict[str, Any]:
    counts = {"written": book.written, "watermark": book.watermark, "acked": book.acked}
    rare = (("resent", book.resent), ("gone", book.gone), ("carried", book.carried))
    counts |= {name: count for name, count in rare if count}
    return counts | {"dropped": book.dropped, "chain": book.written_chain.hex()}


def decode_books(record: bytes) -> Books:
    """The books of a record. Raises SpoolError."""
    try:
        raw = json.loads(record)
        books = Books(raw["boot"], raw["clean"], raw["age"], Counter(raw["past"]))
        books.floors.update({int(lane): position for lane, position in raw["floors"].items()})
        for entry in raw["epochs"]:
            generation = Generation(int(entry["epoch"], 16))
            for lane, counts in entry["lanes"].items():
                _restore(generation.lanes[int(lane)], counts)
            for name in _SETS:
                getattr(generation, name).update(entry.get(name, ()))
            generation.ended = bool(entry.get("ended"))
            books.epochs.append(generation)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SpoolError(f"spool: a record of the books is damaged: {error!r}") from error
    return books


def _restore(book: LaneBook, counts: Mapping[str, Any]) -> None:
    book.written = book.emitted = counts["written"]
    book.watermark, book.acked = counts["watermark"], counts["acked"]
    book.resent, book.gone, book.carried = (counts.get(name, 0) for name in ("resent", "gone", "carried"))
    book.dropped = Counter(counts["dropped"])
    book.chain = book.written_chain = bytes.fromhex(counts["chain"])


def last_books(reader: LogReader) -> Books:
    """What was settled last; empty books if nothing can be read."""
    books = Books()
    for _, record in scan(reader):
        try:
            books = decode_books(record)
        except SpoolError:
            continue
    return books


class Found(NamedTuple):
    """What a lane's frames say."""

    proven: bool
    """The lane's last sequence and chain are known: more may follow."""
    damaged: bool
    """Some of what should wait there cannot be read."""
    begun: Mapping[int, int]
    """Age marks of the frames with which segments begin, by log position."""


def read_frames(books: Books, lane: int, reader: LogReader, upcoming: int) -> Found:
    """Enter the frames of a lane that still wait; epochs of frames are added where the books do not know them.

    Each is taken apart here: who is told by the uplink that one cannot be read may be killed before that is booked.
    Nothing is proven where the frame before log position `upcoming`, the log's next, is damaged, or where it was given
    up and the books do not say so.
    """
    known = {generation.epoch: generation for generation in books.epochs}
    last: tuple[LaneBook, bytes] | None = None
    firsts, begun = set(reader.segments()), {}
    end, damaged = 0, False
    for position, record in scan(reader):
        damaged |= 0 < end < position
        end = position + 1
        try:
            head = header(record)
        except SpoolError:
            damaged = True
            continue
        if head.epoch not in known:
            known[head.epoch] = Generation(head.epoch)
            books.epochs.append(known[head.epoch])
        book = known[head.epoch].lanes[lane]
        book.end = end
        if position in firsts:
            begun[position] = head.age
        if position >= books.floors[lane] and head.last > book.watermark:
            if _readable(record):
                book.stored(position, head.first, head.count, head.age, len(record))
            else:
                damaged = True
        book.written = max(book.written, head.last)
        last = (book, record)
    if last is None or end < upcoming:
        return Found(books.floors[lane] == upcoming, damaged, begun)
    return Found(_chain(*last), damaged, begun)


def _readable(record: bytes) -> bool:
    try:
        decode(record)
    except SpoolError:
        return False
    return True


def _chain(book: LaneBook, record: bytes) -> bool:
    """Take the chain after the lane's last frame, if no later sequence was given; False if it cannot be read."""
    try:
        frame = decode(record)
    except SpoolError:
        return False
    if frame.last == book.written:
        book.chain = book.written_chain = extend(frame.chain, frame.blobs)
    return True


def settle(books: Books, *, torn: Container[int]) -> None:
    """Count what waits, and what is neither here nor acknowledged nor already counted as given up.

    `torn` are the lanes in which that cannot be read or proven; in others no room was left for it.
    """
    for generation in books.epochs:
        for lane, book in generation.lanes.items():
            book.emitted = book.written
            book.spooled = book.waiting()
            missing = book.emitted - book.acked - book.spooled - book.carried - sum(book.dropped.values())
            if missing:
                book.dropped[TORN if lane in torn else FULL] += missing
