"""How common a value is in all that is stored, and how many events there were by hour; from roll-ups alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tramgac_proto.names import time_text

from tramgac_collector.errors import QueryError
from tramgac_collector.events.asking import ask
from tramgac_collector.events.rollups import HOUR, PARENT, PREVALENT
from tramgac_collector.events.schema import TABLE
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.sql import Conditions

MAX_VALUES = 10_000
MAX_HOURS = 24 * 400
PARENT_FIELD = "process.parent.executable"
_HOUR_NS = 3_600_000_000_000
_SEEN = (
    "count() AS events, uniq(host) AS hosts, toUnixTimestamp64Nano(min(time)) AS first,"
    " toUnixTimestamp64Nano(max(time)) AS last"
)


def prevalence(paths: StatePaths, field: str, value: str, parent: str = "") -> dict[str, object]:
    """Give `events` and `hosts` that had the value, its `first` and `last` time (null if there is none).

    `field` is one of `rollups.PREVALENT`; `parent` is a program, and then `field` is process.executable.

    Raises:
        QueryError: it is not known how common the values of such a field are.
        EngineAway: the store does not answer.
    """
    conditions = Conditions()
    conditions.add(f"`{_column(field)}` = {{}}", "String", value)
    told: dict[str, object] = {"field": field, "value": value}
    if parent:
        if field != "process.executable":
            raise QueryError(f"a parent goes with process.executable, not {field}", "prevalence_parent", name=field)
        conditions.add(f"`{PARENT}` = {{}}", "String", parent)
        told["parent"] = parent
    sql = f"SELECT {_SEEN} FROM {TABLE} WHERE {conditions.where}"  # noqa: S608 - names are ours, values are parameters
    (row, *_) = [*_rows(paths, sql, conditions), _NEVER]
    return told | _seen(row)


def rarest(paths: StatePaths, field: str, limit: int = 100) -> list[dict[str, object]]:
    """Give the values that the fewest hosts have, as `prevalence` does, rarest first. Raises as it does."""
    if not 0 < limit <= MAX_VALUES:
        raise QueryError(f"limit is 1 to {MAX_VALUES}, not {limit}")
    column = _column(field)
    sql = (
        f"SELECT `{column}` AS value, {_SEEN} FROM {TABLE} WHERE `{column}` != '' GROUP BY `{column}`"  # noqa: S608 - names are ours
        f" ORDER BY hosts, events, value LIMIT {limit:d}"
    )
    return [{"field": field, "value": row["value"]} | _seen(row) for row in _rows(paths, sql, Conditions())]


def hours(
    paths: StatePaths, since: int, until: int, host: str | None = None, kinds: Sequence[str] = ()
) -> list[dict[str, object]]:
    """Give `hour` (its begin), `kind` and `events`, in their order, of the hours that `since` to `until` touch (ns).

    Raises:
        QueryError: these are more than MAX_HOURS.
        EngineAway: the store does not answer.
    """
    first, last = since // _HOUR_NS, (until - 1) // _HOUR_NS
    if last - first >= MAX_HOURS:
        raise QueryError(f"at most {MAX_HOURS} hours", "hours_many", most=MAX_HOURS)
    conditions = Conditions()
    conditions.add("hour >= {}", "Int64", first)
    conditions.add("hour <= {}", "Int64", last)
    if host:
        conditions.add("host = {}", "String", host)
    if kinds:
        conditions.add("kind IN {}", "Array(String)", list(kinds))
    sql = (
        f"SELECT {HOUR} AS hour, kind, count() AS events FROM {TABLE} WHERE {conditions.where}"  # noqa: S608 - names are ours, values are parameters
        " GROUP BY hour, kind ORDER BY hour, kind"
    )
    return [row | {"hour": time_text(row["hour"] * _HOUR_NS)} for row in _rows(paths, sql, conditions)]


_NEVER: Mapping[str, Any] = {"events": 0, "hosts": 0, "first": 0, "last": 0}


def _column(field: str) -> str:
    if field not in PREVALENT:
        known = ", ".join(PREVALENT)
        raise QueryError(f"prevalence is known of {known}; not of {field}", "prevalence_field", known=known)
    return PREVALENT[field]


def _seen(row: Mapping[str, Any]) -> dict[str, object]:
    events = row["events"]
    first, last = (time_text(row[name]) if events else None for name in ("first", "last"))
    return {"events": events, "hosts": row["hosts"], "first": first, "last": last}


def _rows(paths: StatePaths, sql: str, conditions: Conditions) -> Iterator[dict[str, Any]]:
    names, rows = ask(paths, sql, conditions)
    return (dict(zip(names, row, strict=True)) for row in rows)
