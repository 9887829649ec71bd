"""Events as columns in Arrow's form, typed as the store's table has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa
from tramgac_proto.columnwise import to_columns
from tramgac_proto.event_pb2 import Event

from tramgac_collector.events.schema import BY_NAME, name_of
from tramgac_collector.ingest import Entry

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
class Group:
    """Events of one kind, each with its encoded form and its sequence."""

    events: list[Event] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """Which entry of the block each came in."""


def entries(log: int, them: Sequence[Entry]) -> dict[str, Any]:
    """Give our own columns with a value for each entry of a block; `log`: the one that they stand in."""
    values = ((log, e.position, e.received, e.host, e.batch.epoch, int(e.batch.lane)) for e in them)
    names = ("log", "offset", "ingested", "host", "epoch", "lane")
    return {name: pa.array(column, _OWN[name]) for name, column in zip(names, zip(*values, strict=True), strict=True)}


def columns(kind: str, group: Group, own: dict[str, Any]) -> dict[str, Any]:
    """Give events of one kind as arrays by the name of the store's column; `own`: see `entries`."""
    places = pa.array(group.places, pa.int32())
    arrays = {name: values.take(places) for name, values in own.items()}
    arrays["sequence"] = pa.array(group.sequences, _OWN["sequence"])
    arrays["kind"] = pa.repeat(pa.scalar(kind, _OWN["kind"]), len(group.events))
    for ecs, values in to_columns(kind, group.events, group.blobs).items():
        name = name_of(ecs)
        arrow = _type(BY_NAME[name].type)
        arrays[name] = _map(values, arrow) if pa.types.is_map(arrow) else pa.array(values, arrow)
    return arrays


def joined(parts: Sequence[dict[str, Any]]) -> Any:
    """Give parts as one table of one chunk; a column that none of them has is left out (ClickHouse fills them)."""
    names = dict.fromkeys(name for part in parts for name in part)
    arrays = {
        name: pa.concat_arrays([part[name] if name in part else _absent(name, len(part["kind"])) for part in parts])
        for name in names
    }
    return pa.table(arrays)


def warm_up() -> None:
    """Have pyarrow look for pandas now: its first conversion does, and the first event would wait for it (1.3 s)."""
    pa.array([0])


def _map(values: list[dict[str, str]], arrow: Any) -> Any:
    """Give maps of texts as Arrow keeps them: all names, all texts, and where each begins."""
    offsets = pa.array(accumulate(map(len, values), initial=0), pa.int32())
    names = pa.array(chain.from_iterable(values), pa.string())
    texts = pa.array(chain.from_iterable(value.values() for value in values), pa.string())
    return pa.MapArray.from_arrays(offsets, names, texts).cast(arrow)


def _absent(name: str, rows: int) -> Any:
    """Give so many of what stands for "not known" in a column."""
    column = BY_NAME[name]
    arrow = _type(column.type)
    if isinstance(column.default, dict | list):
        return pa.array([[]] * rows, arrow)
    return pa.repeat(pa.scalar(column.default, arrow), rows)


def _type(clickhouse: str) -> Any:
    """Give the Arrow type of a ClickHouse type."""
    text = clickhouse
    if text.startswith("LowCardinality("):
        text = text[len("LowCardinality(") : -1]
    if text.startswith("Array("):
        return pa.list_(_type(text[len("Array(") : -1]))
    return _TYPES[text]
