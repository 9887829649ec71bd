import datetime as dt

import pytest
from tramgac_collector.events import rollups, schema

pytestmark = pytest.mark.enable_socket
ROWS = """INSERT INTO events (ingested, host, kind, time, sequence, process_executable, process_parent_executable,
    process_hash_sha256, destination_ip)
SELECT toDateTime64('2026-11-01 00:00:00', 9, 'UTC') + toIntervalHour(n % 40) AS at, concat('h', toString(n % 13)),
    if(n % 3, 'process_start', 'network_connection'), at - toIntervalMinute(n % 100), n,
    concat('/bin/', toString(n % 7)), concat('/bin/', toString(n % 3)), if(n % 3, hex(n % 5), ''),
    if(n % 3, '', concat('10.0.0.', toString(n % 4)))
FROM (SELECT number + {from:UInt32} AS n FROM numbers(500))"""
FORCED = {"force_optimize_projection": 1}


def test_the_engine_answers_from_them_and_they_are_what_a_recount_says(client):
    for first in (0, 500):
        client.command(ROWS, parameters={"from": first})
    client.command("OPTIMIZE TABLE events FINAL")
    client.command(ROWS, parameters={"from": 1_000})  # parts with and parts without are both there
    for sql in (
        f"SELECT {rollups.HOUR} AS hour, kind, count() FROM events WHERE hour > 0 GROUP BY hour, kind",
        "SELECT count(), min(time), max(time), uniq(host) FROM events WHERE process_executable = '/bin/1'",
        "SELECT uniq(host) FROM events WHERE process_executable = '/bin/1' AND process_parent_executable = '/bin/1'",
        "SELECT destination_ip, uniq(host) FROM events GROUP BY destination_ip",
    ):
        assert client.query(sql, settings=FORCED).result_rows
    assert rollups.different(client, schema.TABLE) == dict.fromkeys((p.name for p in rollups.PROJECTIONS), 0)
    client.command("ALTER TABLE events DELETE WHERE host = 'h3'", settings={"mutations_sync": 1})
    client.command("ALTER TABLE events DROP PARTITION '2026-11-02'")
    assert client.query("SELECT uniq(host) FROM events", settings={"optimize_use_projections": 0}).first_row == (12,)
    assert not any(rollups.different(client, schema.TABLE).values())


def test_what_lacks_them_is_answered_rightly_and_repaired(client):
    client.command("ALTER TABLE events DROP PROJECTION by_hour", settings={"mutations_sync": 1})
    client.command(ROWS, parameters={"from": 0})
    client.command("OPTIMIZE TABLE events FINAL")
    schema.create(client)
    client.command(ROWS, parameters={"from": 500})
    assert rollups.repair(client, schema.TABLE, dt.date(2026, 11, 2)) == len(rollups.PROJECTIONS)
    while client.query("SELECT count() FROM system.mutations WHERE NOT is_done AND table = 'events'").first_row[0]:
        pass
    assert rollups.repair(client, schema.TABLE, dt.date(2026, 11, 2)) == 0
    assert not any(rollups.different(client, schema.TABLE).values())


def test_a_difference_is_seen(client):
    client.command(ROWS, parameters={"from": 0})
    client.command("OPTIMIZE TABLE events FINAL")

    class Lying:
        """Counts one row less in the rows themselves."""

        def query(self, sql, settings):
            less = sql.replace("FROM events", "FROM (SELECT * FROM events WHERE sequence != 7)")
            return client.query(less if not settings["optimize_use_projections"] else sql, settings=settings)

    assert all(rollups.different(Lying(), schema.TABLE)[name] for name in ("by_hour", "by_program", "by_process_hash"))
