"""How long events are kept: by kind, by the level of the systems at their site, and as long as a legal hold stands.

The law's levels keep everything (TCVN 14423:2026: logs of systems of level 2, 3, 4, 5 for 1, 3, 6, 12 months); a
setting for a kind never goes below that. Of a day of arrival of which nothing is to stay the partition is
dropped; else what is over its time is deleted, which writes that day's parts anew: once for each length of time that
the settings know.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import select

from tramgac_collector.events import hold
from tramgac_collector.events.schema import TABLE
from tramgac_collector.schema import HostRow
from tramgac_collector.search.sql import Conditions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tramgac_collector.config import CollectorConfig
    from tramgac_collector.logs import Counts

LEVEL_DAYS = (0, 0, 31, 92, 184, 366)
"""Days that systems of level 0 (none is said) to 5 keep events at least."""
_PARTITIONS = (
    "SELECT DISTINCT partition FROM system.parts"
    " WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY partition"
)
_BUSY = (
    "SELECT count() FROM system.mutations"
    " WHERE database = currentDatabase() AND table = {table:String} AND NOT is_done AND command LIKE '%DELETE%'"
)
_HELD = (
    "host = tupleElement({}, 1) AND toUnixTimestamp64Nano(time) >= tupleElement({}, 2)"
    " AND toUnixTimestamp64Nano(time) < tupleElement({}, 3)"
)
_HELD_TYPE = "Tuple(String, Int64, Int64)"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """Events of a host from a time to below another, nanoseconds since 1970 UTC."""

    host: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept, and how long, days after arrival."""

    days: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    """Kinds that are kept for another time."""
    level: int = 0
    hosts: Mapping[str, int] = field(default_factory=dict)
    """Hosts at sites that have a level of their own, and that level."""
    holds: tuple[Held, ...] = ()

    def keeps(self, host: str, kind: str) -> int:
        """Give how many days events of a host and kind are kept, holds aside."""
        return max(LEVEL_DAYS[self.hosts.get(host, self.level)], self.kinds.get(kind, self.days))

    @property
    def longest(self) -> int:
        """The most days that anything is kept, holds aside."""
        return max(
            self.days, *self.kinds.values(), *(LEVEL_DAYS[level] for level in (self.level, *self.hosts.values()))
        )

    def expired(self, age: int) -> Conditions | None:
        """Give the condition of rows that are not to stay when `age` days old; None if all stay."""
        conditions = Conditions()
        over_levels = {host for host, level in self.hosts.items() if LEVEL_DAYS[level] < age}
        over_kinds = {kind for kind, days in self.kinds.items() if days < age}
        for name, over, usual, known in (
            ("host", over_levels, LEVEL_DAYS[self.level] < age, self.hosts),
            ("kind", over_kinds, self.days < age, self.kinds),
        ):
            if not usual and not over:
                return None
            named = sorted(known.keys() - over) if usual else sorted(over)
            if named or not usual:
                conditions.add(f"{name} {'NOT IN' if usual else 'IN'} {{}}", "Array(String)", named)
        for held in self.holds:
            conditions.add(f"NOT ({_HELD})", _HELD_TYPE, (held.host, held.since, held.until))
        return conditions

    def held(self) -> Conditions | None:
        """Give the condition of rows that a hold is about; None if no hold stands."""
        conditions = Conditions()
        parts = [
            _HELD.replace("{}", conditions.parameter(_HELD_TYPE, (held.host, held.since, held.until)))
            for held in self.holds
        ]
        conditions.clauses.append(f"({' OR '.join(parts)})")
        return conditions if parts else None


def policy_of(s: Session, config: CollectorConfig) -> Policy:
    """Read the settings, which hosts they mean, and the holds."""
    sites = {site: level for site, level in _numbers(config.site_levels) if level != config.system_level}
    rows = s.execute(select(HostRow.id, HostRow.site).where(HostRow.site.in_(sites))) if sites else ()
    held = tuple(Held(row.host, row.since, row.until) for row in hold.standing(s))
    kinds = dict(_numbers(config.retention_kinds))
    return Policy(config.retention_days, kinds, config.system_level, {row.id: sites[row.site] for row in rows}, held)


def retain(client: Any, policy: Policy, today: dt.date, counts: Counts) -> bool:
    """Remove what is over its time. False: an earlier removal still works in the engine's background; ask again."""
    if client.query(_BUSY, parameters={"table": TABLE}).first_row[0]:
        return False
    for day in days(client):
        expired = policy.expired((today - day).days)
        if expired is not None:
            _remove(client, day, expired, counts)
    return True


def days(client: Any) -> list[dt.date]:
    """Give the days of arrival that the store holds, the oldest first."""
    rows = client.query(_PARTITIONS, parameters={"table": TABLE}).result_rows
    return [dt.date.fromisoformat(name) for (name,) in rows]


def _remove(client: Any, day: dt.date, expired: Conditions, counts: Counts) -> None:
    told = {**expired.parameters, "partition": f"{day:%Y%m%d}"}
    sql = f"SELECT count(), countIf({expired.where}) FROM {TABLE} WHERE _partition_id = {{partition:String}}"  # noqa: S608 - names are ours, values are parameters
    there, gone = client.query(sql, parameters=told).first_row
    if gone == there:
        client.command(f"ALTER TABLE {TABLE} DROP PARTITION ID {{partition:String}}", parameters=told)
        counts.add("partitions_dropped")
    elif gone:
        where = f"IN PARTITION ID {{partition:String}} WHERE {expired.where}"
        client.command(f"ALTER TABLE {TABLE} DELETE {where}", parameters=told, settings={"mutations_sync": 0})
    else:
        return
    counts.add("events_expired", int(gone))
    _log.info("events removed that were over their time", day=day.isoformat(), events=int(gone), of=int(there))


def _numbers(pairs: Iterable[str]) -> list[tuple[str, int]]:
    return [(name, int(number)) for name, _, number in (pair.rpartition("=") for pair in pairs)]
