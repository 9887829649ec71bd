import datetime as dt
import random

import pyarrow.parquet as pq
import pytest
from tramgac_collector.events import cold, query, retention, schema
from tramgac_collector.events.block import build, table
from tramgac_collector.events.retention import Held, Policy
from tramgac_collector.events.schema import COLD_TABLE
from tramgac_collector.ingest import consume
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS, parse_time

from tests.collector.events.made import full_event
from tests.collector.events.test_rollups import ROWS
from tests.collector.events.test_store import fill_log

pytestmark = pytest.mark.enable_socket
NOVEMBER_1 = dt.date(2026, 11, 1)
TODAY = dt.date(2026, 12, 1)


@pytest.fixture
def paths(tmp_path):
    """A state directory whose name needs quoting."""
    made = StatePaths(tmp_path / "it's")
    made.make()
    made.log_id.write_text("1")
    return made


def counted(client, of):
    return client.query(f"SELECT count(), uniqExact(sequence) FROM {of}").first_row


def test_a_day_is_in_one_file_and_searched_there(client, paths):
    client.command(ROWS, parameters={"from": 0})
    counts = Counts()
    assert cold.freeze(client, paths, 0, TODAY, counts) == 0
    assert cold.freeze(client, paths, 30, TODAY, counts) == 1
    [(day, path)] = cold.held(paths)
    there = pq.read_metadata(path).num_rows
    cold.show(client, paths)
    assert (day, counted(client, COLD_TABLE)) == (NOVEMBER_1, (there, there))
    assert counted(client, schema.TABLE) == (500 - there, 500 - there)
    assert not list(paths.cold.glob("*.new"))
    assert cold.freeze(client, paths, 1, TODAY, counts) == 1
    cold.show(client, paths)
    assert (counted(client, COLD_TABLE), counts["days_frozen"]) == ((500, 500), 2)


def test_killed_before_the_day_leaves_the_table_and_what_comes_late(client, paths):
    client.command(ROWS, parameters={"from": 0})
    client.command("ALTER TABLE events DROP PARTITION '2026-11-02'")
    (there, _) = counted(client, schema.TABLE)
    told = {"partition": "20261101"}
    cold._write(client, paths.cold / "events-2026-11-01.001.parquet", "_partition_id = {partition:String}", told, there)
    client.command(ROWS, parameters={"from": 1_000})  # late, and of two days again
    cold.freeze(client, paths, 30, TODAY, Counts())
    assert [path.name for _, path in cold.held(paths)] == [f"events-2026-11-01.00{n}.parquet" for n in (1, 2)]
    cold.show(client, paths)
    (rows, distinct) = counted(client, COLD_TABLE)
    assert rows == distinct > there
    assert retention.days(client) == [dt.date(2026, 11, 2)]


def test_a_file_that_is_not_whole_takes_no_place(client, paths):
    client.command(ROWS, parameters={"from": 0})
    with pytest.raises(OSError, match="the day stays"):
        cold._write(client, paths.cold / "events-2026-11-01.001.parquet", "_partition_id = {partition:String}",
                    {"partition": "20261101"}, 7)  # fmt: skip
    assert cold.held(paths) == []


def test_cold_days_end_unless_they_are_held(client, paths):
    client.command(ROWS, parameters={"from": 0})
    counts = Counts()
    assert cold.freeze(client, paths, 1, TODAY, counts) == 2
    cold.show(client, paths)
    begin = parse_time("2026-11-01T00:00:00Z")
    held = Policy(20, holds=(Held("h5", begin, begin + 20 * 3_600_000_000_000), Held("h77", 0, 1 << 62)))
    assert cold.expire(client, paths, held, TODAY, counts) == 1
    assert [day for day, _ in cold.held(paths)] == [NOVEMBER_1]
    assert cold.expire(client, paths, Policy(31), TODAY, counts) == 0
    assert cold.expire(client, paths, Policy(29), TODAY, counts) == 1
    assert counts["days_expired"] == 2


def test_every_event_is_the_same_after_parquet(client, paths):
    rng = random.Random(5)
    blobs = [full_event(kind, rng).SerializeToString() for kind in KINDS for _ in range(3)]
    fill_log(paths, [blobs[i : i + 50] for i in range(0, len(blobs), 50)])
    block = build(1, list(consume(paths, 0)))
    client.insert_arrow(schema.TABLE, table(block))
    cold.freeze(client, paths, 1, dt.date(2100, 1, 1), Counts())
    cold.show(client, paths)
    found = client.query(f"SELECT {query.SELECT} FROM {COLD_TABLE} ORDER BY offset, sequence")
    names = [name.removesuffix(query._NS) for name in found.column_names]
    events = [query.event_of(dict(zip(names, row, strict=True))) for row in found.result_rows]
    assert events == [Event.FromString(blob) for blob in blobs]
