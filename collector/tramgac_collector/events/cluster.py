"""The table's twin on a ClickHouse cluster, as SQL that an operator runs: replicated shards and one table over all.

The sharding key is the ingest log's name. A block of rows is of one log and one day, so it goes to one shard as one
part: there or not there, as on one machine, and `max(offset)` of a log is its cursor. Roll-ups live in the shards'
parts. Not run against a cluster here: the engine on this machine parses it and runs all but replication and
distribution.
"""

from __future__ import annotations

import re

from tramgac_collector.errors import SettingsError
from tramgac_collector.events.schema import ORDER, SETTINGS, TABLE, columns, inside
from tramgac_collector.troubles import Trouble

DATABASE = "tramgac"
LOCAL = f"{TABLE}_local"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def ddl(cluster: str) -> list[str]:
    """Give the statements, in order; `{shard}` and `{replica}` are macros of each server.

    Raises:
        SettingsError: the cluster's name is no plain name.
    """
    if not _NAME.fullmatch(cluster):
        raise SettingsError(Trouble.NO_CLUSTER.both(text=cluster))
    where = f"'/clickhouse/tables/{{shard}}/{DATABASE}/{LOCAL}', '{{replica}}'"
    local = f"CREATE TABLE IF NOT EXISTS {DATABASE}.{LOCAL} ON CLUSTER {cluster} ({inside()})"
    over_all = f"CREATE TABLE IF NOT EXISTS {DATABASE}.{TABLE} ON CLUSTER {cluster} ({columns(codecs=False)})"
    return [
        f"CREATE DATABASE IF NOT EXISTS {DATABASE} ON CLUSTER {cluster}",
        f"{local} ENGINE = ReplicatedMergeTree({where}) {ORDER} SETTINGS {SETTINGS}",
        f"{over_all} ENGINE = Distributed({cluster}, {DATABASE}, {LOCAL}, log)",
    ]
