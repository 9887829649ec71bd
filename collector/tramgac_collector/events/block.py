"""Entries of the ingest log as one block of rows: whole entries, all of one day of arrival."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from google.protobuf.message import DecodeError
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import kind_of
from tramgac_proto.rows import to_row
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
class Block:
    """Rows that are inserted together."""

    entries: list[Entry]
    rows: int = 0
    own: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _OWN})
    columns: dict[str, list[Any]] = field(default_factory=dict)
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
    block = Block(entries)
    for entry in entries:
        reasons: list[str] = []
        try:
            for sequence, blob in entry.events():
                try:
                    _add(block, log, entry, sequence, Event.FromString(blob))
                except (DecodeError, ValueError) as error:
                    reasons.append(f"sequence {sequence}: {error}")
        except WireError as error:
            reasons.append(str(error))
        if reasons:
            block.poison.append(Poison(entry, reasons))
    return block


def table(block: Block) -> Any:
    """Give the block as an Arrow table of one chunk; columns that no event has are left out (ClickHouse fills them)."""
    arrays = {name: pa.array(values, _OWN[name]) for name, values in block.own.items()}
    for ecs, values in block.columns.items():
        name = name_of(ecs)
        column = BY_NAME[name]
        values.extend([column.default] * (block.rows - len(values)))
        kind = _arrow(column.type)
        if pa.types.is_map(kind):
            values = [list(value.items()) for value in values]  # noqa: PLW2901 - the form that Arrow takes
        arrays[name] = pa.array(values, kind)
    return pa.table(arrays)


def warm_up() -> None:
    """Have pyarrow look for pandas now: its first conversion does, and the first event would wait for it (1.3 s)."""
    pa.array([0])


def _add(block: Block, log: int, entry: Entry, sequence: int, event: Event) -> None:
    row = to_row(event)
    for ecs, value in row.items():
        values = block.columns.get(ecs)
        if values is None:
            values = block.columns[ecs] = []
        missing = block.rows - len(values)
        if missing:
            values.extend([BY_NAME[name_of(ecs)].default] * missing)
        values.append(value)
    own = block.own
    own["log"].append(log)
    own["offset"].append(entry.position)
    own["ingested"].append(entry.received)
    own["host"].append(entry.host)
    own["epoch"].append(entry.batch.epoch)
    own["lane"].append(int(entry.batch.lane))
    own["sequence"].append(sequence)
    own["kind"].append(kind_of(event))
    block.rows += 1


def _arrow(clickhouse: str) -> Any:
    """Give the Arrow type of a ClickHouse type."""
    text = clickhouse
    if text.startswith("LowCardinality("):
        text = text[len("LowCardinality(") : -1]
    if text.startswith("Array("):
        return pa.list_(_arrow(text[len("Array(") : -1]))
    return _TYPES[text]
