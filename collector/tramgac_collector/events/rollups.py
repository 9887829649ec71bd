"""Roll-ups: counts by hour, and how common hashes, programs, their parents and destinations are.

They are projections of the table: ClickHouse keeps them inside each part, so they come, merge and go with the rows, in
one rename. A crash at any moment leaves both or neither, and dropping a day drops its counts; a materialised view is a
table of its own and can differ. Questions are asked of the table; the engine answers from the projections, and parts
that have none (fresh from an insert, or of an older program) from their rows: right in any case. What merges leave
without, `repair` gives them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HOUR = "intDiv(toUnixTimestamp64Nano(time), 3600000000000)"
"""Hours since 1970: no date type of ClickHouse reaches as far as a wrong clock."""
_SEEN = "count(), min(time), max(time), uniq(host)"
_OF_VALUES = " WITH SETTINGS (index_granularity = 256)"
"""Who asks of one value reads one granule a day, and of each of its rows a state of `uniq`: with the usual 8,192 rows
that takes three times as long as all else.
"""


@dataclass(frozen=True, slots=True)
class Projection:
    """One of them: `keys` and `sums` as SQL."""

    name: str
    keys: str
    sums: str = _SEEN

    @property
    def text(self) -> str:
        """Its definition."""
        settings = _OF_VALUES if self.sums == _SEEN else ""
        return f"PROJECTION {self.name} (SELECT {self.keys}, {self.sums} GROUP BY {self.keys}){settings}"


PREVALENT: Mapping[str, str] = {
    "process.hash.sha256": "process_hash_sha256",
    "file.hash.sha256": "file_hash_sha256",
    "process.executable": "process_executable",
    "destination.ip": "destination_ip",
}
"""Fields of which it is known how common each value is, and their columns."""
PARENT = "process_parent_executable"
PROJECTIONS = (
    Projection("by_hour", f"{HOUR}, kind", "count()"),
    Projection("by_hour_and_host", f"{HOUR}, host, kind", "count()"),
    Projection("by_process_hash", "process_hash_sha256"),
    Projection("by_file_hash", "file_hash_sha256"),
    Projection("by_program", f"process_executable, {PARENT}"),
    Projection("by_destination", "destination_ip"),
)
"""Sorted by what each is looked up by; of a program also by its parent, so that pairs are known."""
SETTINGS = "materialize_projections_on_insert = 0, materialize_projections_on_merge = 1"
"""Of the table. An insert makes rows alone, the first merge makes their roll-ups: files of five more parts, each to be
synced, would make an insert of few rows three times as dear and seven times as slow."""
_THERE = "SELECT name FROM system.projections WHERE database = currentDatabase() AND table = {table:String}"
_LACKING = """SELECT DISTINCT projection, partition_id FROM (
    SELECT name, partition_id FROM system.parts
    WHERE active AND database = currentDatabase() AND table = {table:String} AND partition_id < {today:String}) AS part
CROSS JOIN (SELECT arrayJoin({names:Array(String)}) AS projection) AS wanted
WHERE (name, projection) NOT IN (
    SELECT parent_name, name FROM system.projection_parts
    WHERE active AND NOT is_broken AND database = currentDatabase() AND table = {table:String})
ORDER BY partition_id, projection"""
_DIFFERENT = {
    "by_hour": f"{HOUR} AS a, kind AS b, count() AS c",
    "by_hour_and_host": f"{HOUR} AS a, host AS b, kind AS c, count() AS d",
    **{
        projection.name: f"{projection.keys}, count() AS d, min(time) AS e, max(time) AS f, uniq(host) AS g"
        for projection in PROJECTIONS
        if projection.sums == _SEEN
    },
}


def add(client: Any, table: str) -> None:
    """Give a table that an older program made the projections that it lacks; new parts have them from now on."""
    there = {row[0] for row in client.query(_THERE, parameters={"table": table}).result_rows}
    lacking = [projection for projection in PROJECTIONS if projection.name not in there]
    if lacking:
        client.command(f"ALTER TABLE {table} MODIFY SETTING {SETTINGS}")
    for projection in lacking:
        client.command(f"ALTER TABLE {table} ADD {projection.text}")


def repair(client: Any, table: str, today: dt.date) -> int:
    """Have the engine make the projections that parts of days before `today` lack or have broken, in its background.

    Gives how many it were; one of one day of arrival counts as one. Today's parts get theirs by merges.
    """
    names = [projection.name for projection in PROJECTIONS]
    told = {"table": table, "names": names, "today": f"{today:%Y%m%d}"}
    found = client.query(_LACKING, parameters=told).result_rows
    for name, partition in found:
        client.command(
            f"ALTER TABLE {table} MATERIALIZE PROJECTION `{name}` IN PARTITION ID {{partition:String}}",
            parameters={"partition": partition},
            settings={"mutations_sync": 0},
        )
    return len(found)


def different(client: Any, table: str) -> dict[str, int]:
    """Count, by projection, the groups in which it is not what a count of the rows says; slow: it reads every row.

    While events come in, those of the last moment may differ, since the two are asked one after the other.
    """
    found = {}
    for projection in PROJECTIONS:
        asked = f"SELECT {_DIFFERENT[projection.name]} FROM {table} GROUP BY {projection.keys}"  # noqa: S608 - constants
        kept, counted = (_digests(client, asked, {"optimize_use_projections": use}) for use in (1, 0))
        found[projection.name] = len(kept ^ counted)
    return found


def _digests(client: Any, asked: str, settings: Mapping[str, int]) -> set[int]:
    sql = f"SELECT sipHash64(*) FROM ({asked})"  # noqa: S608 - constants
    return {row[0] for row in client.query(sql, settings=settings).result_rows}
