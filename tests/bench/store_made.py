"""Made-up events for `./dev bench store`, made by the engine itself; and what is planted among them. Not a lane.

A thousand machines, thirty days: few of them busy (Zipf), as are programs and addresses; command lines of 150 bytes,
most of them unlike each other; Vietnamese paths; identities of processes as agents make them.
"""

import datetime as dt
import time
from typing import Any

from tramgac_collector.events import rollups, schema

HOSTS, DAYS, PROGRAMS = 1_000, 30, 2_000
FIRST = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
BOOT = 0xB007
NEEDLE = "zx9-needle-4711"
RARE_HASH = "ab" * 32
TREE = 0x77 << 22
PIECE = {"min_insert_block_size_rows": 250_000}
"""Rows that the engine makes a part of at a time: a million with their roll-ups do not fit into its memory."""
_DAY = """INSERT INTO events (log, offset, ingested, host, epoch, lane, sequence, kind, time, agent_version,
 event_provider, host_boot_id, process_entity_id, process_parent_entity_id, process_pid, process_executable,
 process_parent_executable, process_command_line, process_hash_sha256, user_name, file_path, destination_ip,
 destination_port, network_transport)
WITH
 toUInt32(pow({hosts:UInt32}, bitAnd(cityHash64(batch, 1), 65535) / 65536)) AS h,
 toUInt32(pow({programs:UInt32}, bitAnd(cityHash64(n, 2), 65535) / 65536)) AS p,
 cityHash64(n, 3) AS r,
 {begin:Int64} + toInt64((batch - intDiv({from:UInt64}, 40)) * (86300000000000 / ({rows:UInt64} / 40 + 1))) AS sent,
 sent + n % 40 * 700000000 + r % 700000000 AS at,
 ['process_start', 'process_exit', 'file_create', 'file_write', 'network_connection', 'file_delete'][
   multiIf(r % 100 < 18, 1, r % 100 < 36, 2, r % 100 < 56, 3, r % 100 < 71, 4, r % 100 < 94, 5, 6)] AS k,
 intDiv(at - {boot:Int64}, 10000000) AS tick,
 400 + bitAnd(bitShiftRight(r, 20), 32767) AS pid,
 kind LIKE 'process%' AS is_process,
 concat('/usr/', ['bin', 'sbin', 'lib/office', 'local/bin'][1 + p % 4], '/prog', toString(p)) AS exe
SELECT {log:UInt64}, batch, fromUnixTimestamp64Nano(sent + 30000000000, 'UTC'),
 lower(hex(sipHash128(h))), 7, 1, n, k AS kind, fromUnixTimestamp64Nano(at, 'UTC'), '0.1.0', 'ebpf', 45063,
 bitShiftLeft(toUInt64(if(is_process, tick, intDiv(tick, 6000) * 6000)), 22) + if(is_process, pid, 900 + p),
 if(k = 'process_start', bitShiftLeft(toUInt64(intDiv(tick, 360000) * 360000), 22) + 800 + p % 20, 0),
 if(is_process, pid, 900 + p), exe, if(k = 'process_start', concat('/usr/bin/prog', toString(p % 37)), ''),
 if(k = 'process_start', concat(exe, ' --session=', lower(hex(intHash32(n))), ' --config /etc/prog', toString(p),
   '/main.conf --input "/home/', toString(h % 50), '/Tài liệu/Báo cáo ', toString(r % 9000), '.docx" --lang vi',
   ' --log /var/log/prog', toString(p % 60), '.log'), ''),
 if(k = 'process_start', lower(hex(concat(sipHash128(p), sipHash128(p + 1)))), ''), concat('user', toString(h % 50)),
 if(k LIKE 'file%', concat('/home/user', toString(h % 50), '/Tài liệu/',
   ['Công văn', 'Kế hoạch', 'tmp', '.cache'][1 + r % 4], '/', toString(intDiv(r, 7) % 100000),
   ['.docx', '.tmp', '.xlsx'][1 + r % 3]), ''),
 if(k = 'network_connection', concat('10.', toString(q % 6), '.', toString(q % 250), '.', toString(q % 240)), ''),
 if(k = 'network_connection', [443, 80, 53, 8080][1 + r % 4], 0), if(k = 'network_connection', 'tcp', '')
FROM (SELECT number + {from:UInt64} AS n, intDiv(n, 40) AS batch,
 toUInt32(pow(20000, bitAnd(cityHash64(number, 9), 65535) / 65536)) AS q
      FROM numbers({rows:UInt64}))"""
_PLANTED = """INSERT INTO events (log, offset, ingested, host, sequence, kind, time, host_boot_id, process_entity_id,
 process_parent_entity_id, process_pid, process_executable, process_command_line, process_hash_sha256)
SELECT 9, n, fromUnixTimestamp64Nano({begin:Int64} + n, 'UTC') AS at, lower(hex(sipHash128({host:UInt32}))), n,
 'process_start', at, 45063, {tree:UInt64} + n, {tree:UInt64} + if(n > 8, 8, n - 1), n, '/usr/bin/planted',
 if(n = 3, {needle:String}, ''), if(n IN (2, 4), {hash:String}, '') FROM (SELECT number + 1 AS n FROM numbers(28))"""
_PARTS = f"""SELECT count() - uniqExact(partition) FROM system.parts
 WHERE active AND database = currentDatabase() AND table = '{schema.TABLE}'"""


_UNDER_WAY = f"""SELECT count() FROM system.mutations
 WHERE NOT is_done AND database = currentDatabase() AND table = '{schema.TABLE}'"""


def begin(day: int) -> int:
    """Give the first nanosecond of a day."""
    return int((FIRST + dt.timedelta(day)).timestamp()) * 10**9


def fill(client: Any, log: int, already: int, rows: int) -> None:
    """Put in so many events, spread over all days, numbered from `already` on."""
    each = rows // DAYS
    for day in range(DAYS):
        told = {
            "hosts": HOSTS,
            "programs": PROGRAMS,
            "begin": begin(day),
            "boot": begin(0) - 86_400_000_000_000,
            "rows": each,
            "log": log,
            "from": already + day * each,
        }
        client.command(_DAY, parameters=told, settings=PIECE)


def plant(client: Any, rank: int) -> None:
    """Put in a chain of eight processes and twenty children of the last, a rare hash, a text that stands once."""
    told = {"begin": begin(DAYS // 2), "host": rank, "tree": TREE, "needle": NEEDLE, "hash": RARE_HASH}
    client.command(_PLANTED, parameters=told)


def settle(client: Any) -> None:
    """Merge each day to one part, and have all roll-ups made, as they are an hour after its end (schema.WHOLE).

    A part with roll-ups and one without are not merged with each other: where nothing else is left they are made first.
    """
    before = None
    while more := client.query(_PARTS).first_row[0]:  # a day of which parts are merged already is passed by
        if more == before:
            _roll_up(client)
        before = more
        client.command(f"OPTIMIZE TABLE {schema.TABLE} FINAL")
    _roll_up(client)


def _roll_up(client: Any) -> None:
    rollups.repair(client, schema.TABLE, dt.date(2100, 1, 1))
    while client.query(_UNDER_WAY).first_row[0]:
        time.sleep(0.1)
