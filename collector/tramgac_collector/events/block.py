"""Entries of the ingest log as one block of rows: whole entries, all of one day of arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import kind_of
from tramgac_wire.errors import WireError

from tramgac_collector.errors import Unreadable
from tramgac_collector.events import arrow
from tramgac_collector.events.arrow import Group
from tramgac_collector.ingest import Entry

MAX_ROWS = 50_000
MAX_BYTES = 16_000_000
"""Encoded batches of one block, as compressed on the wire."""
PIECE = 4_000
"""Events that are decoded at a time: a whole block of them takes a third longer, and 170 MB more."""
_DAY_NS = 86_400_000_000_000


@dataclass(slots=True)
class Poison:
    """An entry of which something cannot be read."""

    entry: Entry
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """Rows that are inserted together."""

    entries: list[Entry]
    rows: int = 0
    parts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Events as arrays by column, each part with its kind."""
    poison: list[Poison] = field(default_factory=list)

    @property
    def next(self) -> int:
        """The position after its last entry."""
        return self.entries[-1].position + 1


def blocks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut entries into runs for one block each: bounded, and never over midnight (UTC) of `received`.

    Where the log has a hole, what came before it is given first, and then the error is raised.
    """
    run: list[Entry] = []
    rows = size = 0
    try:
        for entry in entries:
            count, length = entry.batch.count, len(entry.batch.events)
            over = rows + count > MAX_ROWS or size + length > MAX_BYTES
            if run and (over or entry.received // _DAY_NS != run[0].received // _DAY_NS):
                yield run
                run, rows, size = [], 0, 0
            run.append(entry)
            rows, size = rows + count, size + length
    except Unreadable:
        if run:
            yield run
        raise
    if run:
        yield run


def build(log: int, entries: list[Entry]) -> Block:
    """Decode entries of the log numbered `log` into a block. What cannot be read stands in `poison`; the rest goes on.

    Events stand by kind, as the store sorts them anyway.
    """
    block = Block(entries)
    own = arrow.entries(log, entries)
    piece: defaultdict[str, Group] = defaultdict(Group)
    waiting = 0
    for place, entry in enumerate(entries):
        waiting += _decode(block, piece, place, entry)
        if waiting >= PIECE:
            _lay(block, piece, own)
            waiting = 0
    _lay(block, piece, own)
    block.parts.sort(key=lambda part: part[0])
    return block


def table(block: Block) -> Any:
    """Give the block as an Arrow table; it has rows."""
    return arrow.joined([part for _, part in block.parts])


def _decode(block: Block, piece: defaultdict[str, Group], place: int, entry: Entry) -> int:
    """Decode an entry's events into the piece; how many they are."""
    before = block.rows
    reasons: list[str] = []
    try:
        for sequence, blob in entry.events():
            try:
                event = Event.FromString(blob)
                group = piece[kind_of(event)]
            except (DecodeError, ValueError) as error:
                reasons.append(f"sequence {sequence}: {error}")
                continue
            group.events.append(event)
            group.blobs.append(blob)
            group.sequences.append(sequence)
            group.places.append(place)
            block.rows += 1
    except WireError as error:
        reasons.append(str(error))
    if reasons:
        block.poison.append(Poison(entry, reasons))
    return block.rows - before


def _lay(block: Block, piece: defaultdict[str, Group], own: dict[str, Any]) -> None:
    """Make the piece's events parts of the block, and empty it."""
    block.parts += [(kind, arrow.columns(kind, group, own)) for kind, group in piece.items()]
    piece.clear()
