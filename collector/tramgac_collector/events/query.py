"""Searches over stored events."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import compress
from typing import Any

from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ecs, parse_entity, time_text
from tramgac_proto.rows import from_row

from tramgac_collector.errors import QueryError
from tramgac_collector.events.asking import ask
from tramgac_collector.events.schema import BY_NAME, COLD_TABLE, OWN, TABLE
from tramgac_collector.events.terms import Conditions, read
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.meant import Named

MAX_LIMIT = 100_000
MAX_ANCESTORS = 32
MAX_CHILDREN = 200
MANY = 1_000
"""Of more events of a host or a time it pays to ask first which kinds there are: columns of the others would cost as
much again.
"""
_NS = " ns"


def search(  # noqa: PLR0913 - a bound each
    paths: StatePaths,
    text: str = "",
    *,
    since: int | None = None,
    until: int | None = None,
    host: str | None = None,
    kinds: Sequence[str] = (),
    limit: int = 1_000,
    cold: bool = False,
    named: Named | None = None,
) -> Iterator[dict[str, object]]:
    """Give events, oldest first: host, epoch, lane, sequence, time, ingested, kind and ECS fields by dotted name.

    `text`: see `search.parsing`. `since` and `until` (not included) are nanoseconds since 1970 UTC
    of the event's time; `kinds` are any of which will do. Of more than `limit` events the newest are given.
    `cold`: of days that are Parquet files, and no others. `named`: knows the hosts that `text` calls by name.

    Raises:
        QueryError: a token or field is unknown, or the search takes too long.
        EngineAway: the store does not answer.
    """
    if not 0 < limit <= MAX_LIMIT:
        raise QueryError(f"limit is 1 to {MAX_LIMIT}, not {limit}; narrow the time instead")
    conditions = bounded(text, since, until, host, kinds, named)
    if not kinds and not text and limit > MANY:  # words are looked for in all rows, once
        kinds = _kinds(paths, f"{table_of(cold)} WHERE {conditions.where}", conditions)
        bound(conditions, None, None, None, kinds)  # one that comes meanwhile would lack its columns
    place = f"{table_of(cold)} WHERE {conditions.where}"
    sql = f"SELECT {selected(kinds or None)} FROM {place} ORDER BY time DESC, sequence DESC LIMIT {limit:d}"  # noqa: S608 - names are ours, values are parameters
    rows = rows_of(paths, sql, conditions)
    return (present(row) for row in reversed(rows))


def _kinds(paths: StatePaths, place: str, conditions: Conditions) -> list[str]:
    _, rows = ask(paths, f"SELECT DISTINCT kind FROM {place}", conditions, of_rows=True)  # noqa: S608 - names are ours, values are parameters
    return [str(kind) for (kind,) in rows]


def count(
    paths: StatePaths,
    text: str = "",
    *,
    since: int | None = None,
    until: int | None = None,
    host: str | None = None,
    kinds: Sequence[str] = (),
    cold: bool = False,
    named: Named | None = None,
) -> int:
    """Count what `search` would give without a limit. Raises as `search` does."""
    conditions = bounded(text, since, until, host, kinds, named)
    sql = f"SELECT count() AS number FROM {table_of(cold)} WHERE {conditions.where}"  # noqa: S608 - names are ours, values are parameters
    _, rows = ask(paths, sql, conditions, of_rows=True)
    return int(rows[0][0]) if rows else 0


def table_of(cold: bool) -> str:  # noqa: FBT001 - the flag of its callers
    """Give where events of days are that are Parquet files, or of the others."""
    return COLD_TABLE if cold else TABLE


def process_tree(
    paths: StatePaths, host: str, boot: str, entity_id: str, parent_id: str = ""
) -> list[dict[str, object]]:
    """Give a process, its ancestors and its children: dicts as `search` gives, kind process_start, oldest first.

    `boot` and the ids in text form (16 hexadecimal digits). What the store does not hold is not there: a process that
    began before the agent, or that never ran a program of its own, has no process_start; `parent_id` says then whose
    child it is, if that is known.

    Raises:
        QueryError: one of them is no such text.
        EngineAway: the store does not answer.
    """
    try:
        boot_number, entity = parse_entity(boot), parse_entity(entity_id)
        parent = parse_entity(parent_id) if parent_id else 0
    except ValueError as error:
        raise QueryError(str(error)) from None
    line = _line(paths, host, boot_number, entity, parent)
    found = {int(row["process_entity_id"]): row for row in _starts(paths, host, boot_number, "process_entity_id", line)}
    for row in _starts(paths, host, boot_number, "process_parent_entity_id", [entity]):
        found.setdefault(int(row["process_entity_id"]), row)
    return [present(row) for row in sorted(found.values(), key=lambda row: int(row["time"]))]


def _line(paths: StatePaths, host: str, boot: int, entity: int, parent: int) -> list[int]:
    """Give the process and its ancestors, as far as their starts are stored."""
    # One column of each, for it takes a third of what a whole row does; the rows come later in one answer.
    line: list[int] = []
    at = entity
    while at and at not in line and len(line) < MAX_ANCESTORS:
        conditions = _of_process(host, boot, "process_entity_id", [at])
        sql = f"SELECT process_parent_entity_id FROM {TABLE} WHERE {conditions.where} ORDER BY time DESC LIMIT 1"  # noqa: S608 - names are ours, values are parameters
        _, rows = ask(paths, sql, conditions, of_rows=True)
        if rows:
            line.append(at)
            at, parent = int(rows[0][0]), 0
        else:
            at, parent = parent, 0
    return line


def event_of(row: dict[str, Any]) -> Event:
    """Give the event that was stored as this row, equal to what came in."""
    return from_row(str(row["kind"]), {_ECS[name]: value for name, value in row.items() if value and name in _ECS})


def present(row: dict[str, Any]) -> dict[str, object]:
    """Give a row as people and programs read it."""
    event = event_of(row)
    fields = ecs(event)
    at = fields.pop("@timestamp", None) or time_text(event.time)
    return {
        "host": row["host"],
        "epoch": f"{row['epoch']:016x}",
        "lane": row["lane"],
        "sequence": row["sequence"],
        "time": at,
        "ingested": time_text(row["ingested"]),
        "kind": row["kind"],
        **fields,
    }


def _selected(name: str, kind: str) -> str:
    # As nanoseconds, since a client's date type would round to microseconds; under another name, since an alias would
    # stand for the column in conditions too.
    return f"toUnixTimestamp64Nano(`{name}`) AS `{name}{_NS}`" if kind.startswith("DateTime64") else f"`{name}`"


_ECS = {name: column.name for name, column in BY_NAME.items()}
_COLUMNS = {**OWN, **{name: column.type for name, column in BY_NAME.items()}}


def selected(kinds: Collection[str] | None = None) -> str:
    """Give the columns that make events of these kinds (None: of any) and say whose they are."""
    names = [name for name in OWN if name not in ("log", "offset")]
    for name, column in BY_NAME.items():
        if kinds is None or not column.fields or "" in column.fields or not column.fields.keys().isdisjoint(kinds):
            names.append(name)
    return ", ".join(_selected(name, _COLUMNS[name]) for name in names)


SELECT = selected()
"""All of them."""
_OF_STARTS = selected(("process_start",))


def bounded(
    text: str,
    since: int | None,
    until: int | None,
    host: str | None,
    kinds: Sequence[str],
    named: Named | None = None,
) -> Conditions:
    """Give the conditions of a search. Raises QueryError."""
    conditions = Conditions()
    bound(conditions, since, until, host, kinds)
    read(text, conditions, named)
    return conditions


def bound(conditions: Conditions, since: int | None, until: int | None, host: str | None, kinds: Sequence[str]) -> None:
    """Add what stands beside a search's text."""
    if kinds:
        conditions.add("kind IN {}", "Array(String)", list(kinds))
    if host:
        conditions.add("host = {}", "String", host)
    if since is not None:
        conditions.add("time >= fromUnixTimestamp64Nano({}, 'UTC')", "Int64", since)
    if until is not None:
        conditions.add("time < fromUnixTimestamp64Nano({}, 'UTC')", "Int64", until)


def _of_process(host: str, boot: int, column: str, entities: Sequence[int]) -> Conditions:
    conditions = Conditions()
    conditions.add("kind = {}", "String", "process_start")
    conditions.add("host = {}", "String", host)
    conditions.add("host_boot_id = {}", "UInt64", boot)
    conditions.add(f"`{column}` IN {{}}", "Array(UInt64)", list(entities))
    return conditions


def _starts(paths: StatePaths, host: str, boot: int, column: str, entities: Sequence[int]) -> list[dict[str, Any]]:
    """Give of each process the last program that it ran, MAX_CHILDREN at most, the first ones."""
    conditions = _of_process(host, boot, column, entities)
    sql = (
        f"SELECT {_OF_STARTS} FROM (SELECT * FROM {TABLE} WHERE {conditions.where}"  # noqa: S608 - names are ours, values are parameters
        f" ORDER BY time DESC LIMIT 1 BY process_entity_id) ORDER BY time LIMIT {MAX_CHILDREN:d}"
    )
    return rows_of(paths, sql, conditions)


def rows_of(paths: StatePaths, sql: str, conditions: Conditions) -> list[dict[str, Any]]:
    """Give the rows of a question that selects SELECT, by column; of an event's fields those that are known.

    Raises as `ask` does.
    """
    names, found = ask(paths, sql, conditions, of_rows=True)
    names = [name.removesuffix(_NS) for name in names]
    own = [name for name in names if name in OWN]  # these come first
    # Nine of ten columns of a row are empty: to put them in as well would double what an answer takes.
    return [dict(zip(own, row, strict=False)) | dict(compress(zip(names, row, strict=True), row)) for row in found]
