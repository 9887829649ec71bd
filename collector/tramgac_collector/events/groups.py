"""Stored events counted by a field: how many, on how many hosts, from when to when; the most or the rarest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tramgac_proto.names import time_text

from tramgac_collector.errors import QueryError
from tramgac_collector.events.asking import ask
from tramgac_collector.events.query import bound, table_of
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.grouping import grouped_by
from tramgac_collector.search.meant import Named, by_id
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.sql import Conditions
from tramgac_collector.search.tree import Stage

MAX_GROUPS = 10_000
"""Groups of one answer."""


@dataclass(frozen=True, slots=True)
class Groups:
    """What was counted.

    `items`: `value`, `events`, `hosts`, `first`, `last` of each group, at most as many as were asked for. `groups` and
    `events`: how many there are in all; events in which the field is not known are none of them.
    """

    stage: Stage
    items: list[dict[str, object]]
    groups: int = 0
    events: int = 0


def count_by(  # noqa: PLR0913 - a bound each
    paths: StatePaths,
    text: str,
    *,
    by: Stage | None = None,
    since: int | None = None,
    until: int | None = None,
    host: str | None = None,
    kinds: Sequence[str] = (),
    limit: int = 100,
    cold: bool = False,
    named: Named | None = None,
) -> Groups:
    """Count what a search finds as it says behind its |, or as `by` says in place of that.

    Raises:
        QueryError: the search cannot be understood, says no field, takes too long or too much memory.
        EngineAway: the store does not answer.
    """
    query = parse(text)
    stage = by or query.stage
    if stage is None:
        raise QueryError("say by which field: `| count by FIELD`, `| rare FIELD`", "search_stage", at=len(text) + 1)
    conditions = Conditions()
    bound(conditions, since, until, host, kinds)
    conditions.ask(by_id(query.node, named) if named else query.node)
    value, known = grouped_by(conditions, stage.by)
    inner = (
        f"SELECT {value} AS g_value, count() AS g_events, uniqExact(host) AS g_hosts,"  # noqa: S608 - names are ours, values are parameters
        " min(toUnixTimestamp64Nano(time)) AS g_first, max(toUnixTimestamp64Nano(time)) AS g_last"
        f" FROM {table_of(cold)} WHERE {conditions.where} AND {known} GROUP BY g_value"
    )
    order = "g_events ASC, g_hosts ASC, g_value" if stage.rare else "g_events DESC, g_value"
    sql = (
        f"SELECT *, count() OVER (), sum(g_events) OVER () FROM ({inner}) ORDER BY {order}"  # noqa: S608 - as above
        f" LIMIT {min(limit, MAX_GROUPS):d}"
    )
    _, rows = ask(paths, sql, conditions)
    if not rows:
        return Groups(stage, [])
    return Groups(stage, [_item(*row[:5]) for row in rows], int(rows[0][5]), int(rows[0][6]))


def _item(value: str, events: int, hosts: int, first: int, last: int) -> dict[str, object]:
    return {
        "value": value,
        "events": int(events),
        "hosts": int(hosts),
        "first": time_text(max(0, first)),
        "last": time_text(max(0, last)),
    }
