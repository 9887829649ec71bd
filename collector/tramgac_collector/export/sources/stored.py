"""Events of the ingest log's past from the event store, in the log's order."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from tramgac_collector.engine.client import connect
from tramgac_collector.errors import EngineAway
from tramgac_collector.events import query
from tramgac_collector.events.schema import BY_NAME, OWN, TABLE
from tramgac_collector.export.places import Place
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.sql import Conditions

_WINDOW = 32
"""Batches that one question is about: the store sorts by something else."""
_NS = " ns"
_NO_TABLE = 60


@dataclass(slots=True)
class Found:
    """What the store has of some batches."""

    rows: list[dict[str, object]] = field(default_factory=list)
    after: Place | None = None
    """Where to go on; None if it has nothing more before the end that was asked for."""
    missing: int = 0
    """Of the batches before this position it has none, nor of any before: they are gone; 0: it has what follows."""


class Stored:
    """The events of one log in the event store."""

    def __init__(self, paths: StatePaths) -> None:
        """Remember where it is."""
        self._paths = paths

    def take(self, place: Place, until: int, most: int) -> Found:
        """Return up to `most` events after a place and before the batch at `until`, as searches present them.

        Raises:
            EngineAway: the store does not answer.

        """
        first = self._first(place, until)
        found = Found(missing=self._gone(place, until if first is None else first))
        if first is None:
            return found
        window = min(until, first + _WINDOW)
        rows = self._rows(place, window, most)
        found.rows = [query.present(row) for row in rows]
        if len(rows) < most:
            last = rows[-1]["ingested"] if rows else place.time
            found.after = Place(place.log, window, time=max(place.time, int(last)))
        else:
            found.after = Place(
                place.log, int(rows[-1]["offset"]), int(rows[-1]["sequence"]), time=int(rows[-1]["ingested"])
            )
        return found

    def _first(self, place: Place, until: int) -> int | None:
        """Return the first batch of which the store has something that was not told."""
        conditions = _conditions(place, until)
        sql = f"SELECT count() AS number, min(offset) AS first FROM {TABLE} WHERE {conditions.where}"  # noqa: S608 - names are ours, values are parameters
        found = self._ask(sql, conditions)
        return int(found[0]["first"]) if found and found[0]["number"] else None

    def _gone(self, place: Place, end: int) -> int:
        """Return `end` if retention took what stood between: then nothing of before is there either.

        One position alone is a snapshot of the log's watermarks, as each of its files begins with one; what the store
        never took stands aside, and is told there.
        """
        if end - place.position <= 1:
            return 0
        conditions = Conditions()
        conditions.add("log = {}", "UInt64", int(place.log, 16))
        conditions.add("offset < {}", "UInt64", place.position)
        sql = f"SELECT count() AS number FROM {TABLE} WHERE {conditions.where} LIMIT 1"  # noqa: S608 - names are ours, values are parameters
        found = self._ask(sql, conditions)
        return 0 if found and found[0]["number"] else end

    def _rows(self, place: Place, until: int, most: int) -> list[dict[str, Any]]:
        conditions = _conditions(place, until)
        sql = f"SELECT {_SELECT} FROM {TABLE} WHERE {conditions.where} ORDER BY offset, sequence LIMIT {most:d}"  # noqa: S608 - names are ours, values are parameters
        return self._ask(sql, conditions)

    def _ask(self, sql: str, conditions: Conditions) -> list[dict[str, Any]]:
        client = connect(self._paths, read_only=True)
        with contextlib.closing(client):
            try:
                found = client.query(sql, parameters=conditions.parameters)
                names = [name.removesuffix(_NS) for name in found.column_names]
                return [dict(zip(names, row, strict=True)) for row in found.result_rows]  # it may fail on its way
            except ClickHouseError as error:
                if error.code == _NO_TABLE:
                    return []
                raise EngineAway(f"the event store could not answer: {error}") from None


def _conditions(place: Place, until: int) -> Conditions:
    conditions = Conditions()
    conditions.add("log = {}", "UInt64", int(place.log, 16))
    conditions.add("offset >= {}", "UInt64", place.position)
    conditions.add("offset < {}", "UInt64", until)
    # Batches are in the order of their arrival, so this leaves out whole days.
    conditions.add("ingested >= fromUnixTimestamp64Nano({}, 'UTC')", "Int64", place.time)
    begun = "(offset > tupleElement({}, 1) OR sequence > tupleElement({}, 2))"
    conditions.add(begun, "Tuple(UInt64, UInt64)", (place.position, place.sequence))
    return conditions


def _selected(name: str, kind: str) -> str:
    return f"toUnixTimestamp64Nano(`{name}`) AS `{name}{_NS}`" if kind.startswith("DateTime64") else f"`{name}`"


_SELECT = ", ".join(
    _selected(name, kind) for name, kind in {**OWN, **{name: column.type for name, column in BY_NAME.items()}}.items()
)
