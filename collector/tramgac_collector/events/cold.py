"""Cold days: days of arrival that are rarely asked for, as Parquet, one file a day in `cold/`.

A file is written beside its place by the engine, counted, synced and renamed; then the day leaves the table. Whoever
kills us in between leaves a day in both, and the next look writes only what no file has, then drops the day. What comes
for a day that is cold already (a store that was long behind) gets a file of its own. The table `events_cold` reads all
files, so a search only names another table; its columns are those of this program, whatever those of a file are.
Works with the engine on this machine alone: a cluster has tiers of its own.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import structlog

from tramgac_collector.events.retention import Policy, days
from tramgac_collector.events.schema import COLD_TABLE, TABLE, columns
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

_NAME = re.compile(r"events-(\d{4}-\d{2}-\d{2})\.\d{3}\.parquet")
_FRESH = (
    f"(log, offset, sequence) NOT IN (SELECT log, offset, sequence FROM {COLD_TABLE}"  # noqa: S608 - a constant
    " WHERE _file LIKE concat('events-', toString(toDate(parseDateTimeBestEffort({partition:String}))), '.%'))"
)
_FORM = {
    "output_format_parquet_compression_method": "zstd",
    "output_format_parquet_row_group_size": 200_000,
    "output_format_parquet_string_as_string": 1,
}
_log = structlog.get_logger(__name__)


def held(paths: StatePaths) -> list[tuple[dt.date, Path]]:
    """Give the files with their day of arrival, the oldest first."""
    found = ((_NAME.fullmatch(path.name), path) for path in sorted(paths.cold.glob("events-*.parquet")))
    return [(dt.date.fromisoformat(name[1]), path) for name, path in found if name]


def freeze(client: Any, paths: StatePaths, after: int, today: dt.date, counts: Counts) -> int:
    """Move days that are `after` days old or older out of the table; how many it were. 0 days: none ever.

    Raises:
        ClickHouseError: the engine refused; the day stays where it was.
        OSError: the disk refused.
    """
    moved = 0
    for day in days(client):
        if after and (today - day).days >= after:
            show(client, paths)
            _move(client, paths, day)
            counts.add("days_frozen")
            moved += 1
    return moved


def expire(client: Any, paths: StatePaths, policy: Policy, today: dt.date, counts: Counts) -> int:
    """Remove files of which nothing is to stay; how many. A file with one event that is held stays whole."""
    gone = 0
    for day, path in held(paths):
        if (today - day).days > policy.longest and not _is_held(client, path, policy):
            path.unlink()
            counts.add("days_expired")
            _log.info("a cold day is over its time", day=day.isoformat())
            gone += 1
    return gone


def show(client: Any, paths: StatePaths) -> None:
    """Have `events_cold` read the files that are there now."""
    glob = f"{paths.cold}/events-*.parquet".replace("\\", "\\\\").replace("'", "\\'")
    client.command(f"CREATE OR REPLACE TABLE {COLD_TABLE} ({columns(codecs=False)}) ENGINE = File(Parquet, '{glob}')")


def _move(client: Any, paths: StatePaths, day: dt.date) -> None:
    told = {"partition": f"{day:%Y%m%d}"}
    before = sum(found == day for found, _ in held(paths))
    where = "_partition_id = {partition:String}" + (f" AND {_FRESH}" if before else "")
    (rows,) = client.query(f"SELECT count() FROM {TABLE} WHERE {where}", parameters=told).first_row  # noqa: S608 - constants
    if rows:
        path = paths.cold / f"events-{day.isoformat()}.{before + 1:03}.parquet"
        _write(client, path, where, told, int(rows))
        _log.info("a day is cold", day=day.isoformat(), events=int(rows), bytes=path.stat().st_size)
    client.command(f"ALTER TABLE {TABLE} DROP PARTITION ID {{partition:String}}", parameters=told)


def _write(client: Any, path: Path, where: str, told: dict[str, str], rows: int) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    sql = (
        f"INSERT INTO FUNCTION file({{path:String}}, Parquet) SELECT * FROM {TABLE} WHERE {where}"  # noqa: S608 - constants
        " ORDER BY kind, host, time"
    )
    client.command(sql, parameters={**told, "path": str(fresh)}, settings=_FORM)
    written = int(pq.read_metadata(fresh).num_rows)
    if written != rows:
        message = f"{fresh} has {written} events, not {rows}: the day stays in the store; look at the disk"
        raise OSError(message)
    _sync(fresh)
    fresh.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_held(client: Any, path: Path, policy: Policy) -> bool:
    conditions = policy.held()
    if conditions is None:
        return False
    sql = f"SELECT count() FROM {COLD_TABLE} WHERE _file = {{file:String}} AND {conditions.where}"  # noqa: S608 - names are ours, values are parameters
    return bool(client.query(sql, parameters={**conditions.parameters, "file": path.name}).first_row[0])
