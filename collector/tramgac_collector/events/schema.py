"""The event store's one table, out of the field names in event.proto.

A column's name is its ECS name with underscores for dots (ClickHouse takes dotted arrays for parts of one structure),
`@timestamp` is `time`. Beside them stand our own: which record of which ingest log an event came in, who sent it, and
when. New fields become new columns when a newer program starts; a column is never removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tramgac_proto.rows import COLUMNS, Column

from tramgac_collector.errors import StoreUnfit
from tramgac_collector.events import rollups
from tramgac_collector.troubles import Trouble

TABLE = "events"
COLD_TABLE = "events_cold"
"""Of cold days, as files (cold.py)."""
OWN: Mapping[str, str] = {
    "log": "UInt64 CODEC(Delta, ZSTD(1))",
    "offset": "UInt64 CODEC(Delta, ZSTD(1))",
    "ingested": "DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1))",
    "host": "LowCardinality(String)",
    "epoch": "UInt64 CODEC(ZSTD(1))",
    "lane": "UInt8 CODEC(ZSTD(1))",
    "sequence": "UInt64 CODEC(Delta, ZSTD(1))",
    "kind": "LowCardinality(String)",
}
"""Our own columns and their types with codecs."""
PARTITION = "toDate(ingested)"
ORDER = f"PARTITION BY {PARTITION} ORDER BY (kind, host, time)"
SAFE = (
    "fsync_after_insert = 1, fsync_part_directory = 1, "
    "min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1"
)
"""What a merge writes is synced as well: the embedded engine removes the parts that it was made of at once, so a power
cut would take both, and nobody would read again what the store had."""
WHOLE = "min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1"
"""A day to which nothing came for an hour becomes one part: what is asked of a month by roll-ups or indexes takes half
the time then, for most of that is looking into parts.
"""
SETTINGS = f"{SAFE}, {WHOLE}, {rollups.SETTINGS}"
_MADE = (
    "SELECT create_table_query, partition_key FROM system.tables"
    " WHERE database = currentDatabase() AND name = {table:String}"
)
_COLUMNS = "SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}"
_TIME = "@timestamp"
_INDEXES: Mapping[str, str] = {
    "@timestamp": "minmax",
    "process.entity_id": "bloom_filter(0.01)",
    "process.parent.entity_id": "bloom_filter(0.01)",
    "process.hash.sha256": "bloom_filter(0.01)",
    "file.hash.sha256": "bloom_filter(0.01)",
    "destination.ip": "bloom_filter(0.01)",
}
_DELTA = frozenset(("@timestamp", "process.entity_id", "process.parent.entity_id", "winlog.record_id"))


def name_of(ecs: str) -> str:
    """Give the name of the column that holds an ECS field."""
    return "time" if ecs == _TIME else ecs.replace(".", "_")


BY_NAME: Mapping[str, Column] = {name_of(column.name): column for column in COLUMNS}
"""Columns by their name in the store."""
assert len(BY_NAME) == len(COLUMNS), "two ECS names become one column"
assert not BY_NAME.keys() & OWN.keys(), "an ECS name becomes one of our own columns"


@dataclass(frozen=True, slots=True)
class Definition:
    """A column as SQL defines it."""

    name: str
    text: str

    @property
    def type(self) -> str:
        """Without how it is packed on the disk."""
        return self.text.partition(" CODEC(")[0]


def definitions() -> tuple[Definition, ...]:
    """Give all columns of the table."""
    own = tuple(Definition(name, text) for name, text in OWN.items())
    return own + tuple(Definition(name, _text(column)) for name, column in BY_NAME.items())


def columns(*, codecs: bool = True) -> str:
    """Give all columns as SQL lists them, with or without how they are packed on the disk."""
    return ", ".join(f"`{column.name}` {column.text if codecs else column.type}" for column in definitions())


def inside() -> str:
    """Give what stands between the parentheses of the table: columns, indexes, roll-ups."""
    indexes = ", ".join(
        f"INDEX ix_{name_of(field)} `{name_of(field)}` TYPE {kind} GRANULARITY 1" for field, kind in _INDEXES.items()
    )
    return f"{columns()}, {indexes}, {', '.join(projection.text for projection in rollups.PROJECTIONS)}"


def create(client: Any) -> None:
    """Make the table, or bring it to this program's columns.

    A block of one day is inserted whole or not at all (one partition, one part), and is on the disk when the insert
    returns, as is what a merge makes of it. Sorted by kind, host and event time: a wrong clock puts an event elsewhere
    in the order, and nothing worse.

    One that a newer program made serves too: columns, indexes and roll-ups that this program does not know are neither
    filled nor asked, and settings that both know become this program's.

    Raises:
        StoreUnfit: what both know is not the same there; nothing was changed.
    """
    client.command(f"CREATE TABLE IF NOT EXISTS {TABLE} ({inside()}) ENGINE = MergeTree {ORDER} SETTINGS {SETTINGS}")
    there = dict(client.query(_COLUMNS, parameters={"table": TABLE}).result_rows)
    made, partition = client.query(_MADE, parameters={"table": TABLE}).result_rows[0]
    _require(there, partition)
    for column in definitions():
        if column.name not in there:
            client.command(f"ALTER TABLE {TABLE} ADD COLUMN `{column.name}` {column.text}")
    has = made.rpartition(" SETTINGS ")[2].split(", ")  # whole: 3600 stands in 36000 too
    lacking = [setting for setting in SETTINGS.split(", ") if setting not in has]
    if lacking:
        client.command(f"ALTER TABLE {TABLE} MODIFY SETTING {', '.join(lacking)}")
    rollups.add(client, TABLE)


def _require(there: Mapping[str, str], partition: str) -> None:
    """See that a column is of the type that is written and read, and that a block of one day is one part."""
    wrong = [
        f"{column.name} {there[column.name]} ({column.type})"
        for column in definitions()
        if there.get(column.name, column.type) != column.type
    ]
    if partition != PARTITION:
        wrong.append(f"PARTITION BY {partition} ({PARTITION})")
    if wrong:
        raise StoreUnfit(Trouble.STORE_UNFIT.both(table=TABLE, wrong=", ".join(wrong)))


def _text(column: Column) -> str:
    codec = "Delta, ZSTD(1)" if column.name in _DELTA else "ZSTD(1)"
    return f"{column.type} CODEC({codec})"
