"""Entries of the ingest log as one block of rows: whole entries, all of one day of arrival."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
from google.protobuf.message import DecodeError
from tramgac_proto.columnwise import to_columns
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import kind_of
from tramgac_wire.errors import WireError

from tramgac_collector.errors import Unreadable
from tramgac_collector.events.schema import BY_NAME, name_of
from tramgac_collector.ingest import Entry

MAX_ROWS = 50_000
MAX_BYTES = 16_000_000
"""Encoded batches of one block, as compressed on the wire."""
_DAY_NS = 86_400_000_000_000
_TYPES: dict[str, Any] = {
    "String": pa.string(),
    "Bool": pa.bool_(),
    "UInt8": pa.uint8(),
    "UInt32": pa.uint32(),
    "UInt64": pa.uint64(),
    "Int64": pa.int64(),
    "DateTime64(9, 'UTC')": pa.timestamp("ns", "UTC"),
    "Map(String, String)": pa.map_(pa.string(), pa.string()),
}
_OWN: dict[str, Any] = {
    "log": pa.uint64(),
    "offset": pa.uint64(),
    "ingested": pa.timestamp("ns", "UTC"),
    "host": pa.string(),
    "epoch": pa.uint64(),
    "lane": pa.uint8(),
    "sequence": pa.uint64(),
    "kind": pa.string(),
}


@dataclass(slots=True)
class Poison:
    """An entry of which something cannot be read."""

    entry: Entry
    reasons: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """Events of one kind, each with its encoded form and its sequence."""

    events: list[Event] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Which entry of the block each came in."""


@dataclass(slots=True)
class Block:
    """Rows that are inserted together."""

    log: int
    """The ingest log that its entries stand in."""
    entries: list[Entry]
    rows: int = 0
    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))
    """By kind."""
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
    """Decode entries into a block. What cannot be read stands in `poison`; the rest goes on."""
    block = Block(log, entries)
    for place, entry in enumerate(entries):
        reasons: list[str] = []
        try:
            for sequence, blob in entry.events():
                try:
                    _add(block, place, sequence, blob)
                except (DecodeError, ValueError) as error:
                    reasons.append(f"sequence {sequence}: {error}")
        except WireError as error:
            reasons.append(str(error))
        if reasons:
            block.poison.append(Poison(entry, reasons))
    return block


def _add(block: Block, place: int, sequence: int, blob: bytes) -> None:
    event = Event.FromString(blob)
    group = block.groups[kind_of(event)]
    group.events.append(event)
    group.blobs.append(blob)
    group.sequences.append(sequence)
    group.places.append(place)
    block.rows += 1


def table(block: Block) -> Any:
    """Give the block as an Arrow table of one chunk; columns that no event has are left out (ClickHouse fills them).

    Rows stand by kind, as the store sorts them anyway.
    """
    entries = _entries(block)
    parts = [_columns(kind, group, entries) for kind, group in block.groups.items()]
    names = dict.fromkeys(name for part in parts for name in part)
    arrays = {
        name: pa.concat_arrays([part[name] if name in part else _absent(name, len(part["kind"])) for part in parts])
        for name in names
    }
    return pa.table(arrays)


def _entries(block: Block) -> dict[str, Any]:
    """Give our own columns with a value for each entry of a block."""
    values = ((block.log, e.position, e.received, e.host, e.batch.epoch, int(e.batch.lane)) for e in block.entries)
    names = ("log", "offset", "ingested", "host", "epoch", "lane")
    return {name: pa.array(column, _OWN[name]) for name, column in zip(names, zip(*values, strict=True), strict=True)}


def _columns(kind: str, group: Group, entries: dict[str, Any]) -> dict[str, Any]:
    places = pa.array(group.places, pa.int32())
    arrays = {name: values.take(places) for name, values in entries.items()}
    arrays["sequence"] = pa.array(group.sequences, _OWN["sequence"])
    arrays["kind"] = pa.repeat(pa.scalar(kind, _OWN["kind"]), len(group.events))
    for ecs, values in to_columns(kind, group.events, group.blobs).items():
        name = name_of(ecs)
        arrow = _arrow(BY_NAME[name].type)
        arrays[name] = _map(values, arrow) if pa.types.is_map(arrow) else pa.array(values, arrow)
    return arrays


def _map(values: list[dict[str, str]], arrow: Any) -> Any:
    """Give maps of texts as Arrow keeps them: all names, all texts, and where each begins."""
    offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
    names = pa.array(chain.from_iterable(values), pa.string())
    texts = pa.array(chain.from_iterable(value.values() for value in values), pa.string())
    return pa.MapArray.from_arrays(offsets, names, texts).cast(arrow)


def _absent(name: str, rows: int) -> Any:
    """Give so many of what stands for "not known" in a column."""
    column = BY_NAME[name]
    arrow = _arrow(column.type)
    if isinstance(column.default, dict | list):
        return pa.array([[]] * rows, arrow)
    return pa.repeat(pa.scalar(column.default, arrow), rows)


def warm_up() -> None:
    """Have pyarrow look for pandas now: its first conversion does, and the first event would wait for it (1.3 s)."""
    pa.array([0])


def _arrow(clickhouse: str) -> Any:
    """Give the Arrow type of a ClickHouse type."""
    text = clickhouse
    if text.startswith("LowCardinality("):
        text = text[len("LowCardinality(") : -1]
    if text.startswith("Array("):
        return pa.list_(_arrow(text[len("Array(") : -1]))
    return _TYPES[text]
