"""What the collector relies on in whatever engine holds its events; see conftest.py for which ones run."""

import datetime as dt
import random

import pytest
from tramgac_collector.events import query, schema
from tramgac_collector.events.block import build, table
from tramgac_collector.ingest import consume
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS

from tests.collector.events.made import full_event
from tests.collector.events.test_store import NOW, fill_log

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def blobs(tmp_path):
    """Events of every kind, and the block that they make."""
    rng = random.Random(3)
    made = [full_event(kind, rng).SerializeToString() for kind in KINDS]
    paths = StatePaths(tmp_path)
    paths.make()
    paths.log_id.write_text("5")
    fill_log(paths, [made[i : i + 20] for i in range(0, len(made), 20)])
    return made, build(5, list(consume(paths, 0)))


def test_what_is_asked_for_is_what_came_in(client, blobs):
    made, block = blobs
    client.insert_arrow(schema.TABLE, table(block))
    found = client.query(f"SELECT {query.SELECT} FROM {schema.TABLE} ORDER BY offset, sequence")
    names = [name.removesuffix(query._NS) for name in found.column_names]
    rows = [dict(zip(names, row, strict=True)) for row in found.result_rows]
    assert [query.event_of(row) for row in rows] == [Event.FromString(blob) for blob in made]


def test_a_block_is_one_part_and_its_last_offset_is_the_cursor(client, blobs):
    _, block = blobs
    client.insert_arrow(schema.TABLE, table(block))
    sql = "SELECT uniqExact(_part), uniqExact(_partition_id), any(_partition_id), max(offset) FROM events WHERE log = 5"
    parts, partitions, day, last = client.query(sql).first_row
    assert (parts, partitions, last + 1) == (1, 1, block.next)
    assert day == f"{dt.datetime.fromtimestamp(NOW // 10**9, dt.UTC):%Y%m%d}"


def test_a_block_that_is_refused_leaves_nothing(client, blobs):
    _, block = blobs
    whole = table(block)
    odd = whole.append_column("no_such_column", whole["log"])
    with pytest.raises(Exception, match="Code: "):
        client.insert_arrow(schema.TABLE, odd)
    assert client.query("SELECT count() FROM events").first_row == (0,)


def test_a_reader_can_neither_write_nor_read_files(client):
    reading = {"readonly": 1}
    for sql in (
        "INSERT INTO events (log) SELECT 1",
        "SELECT * FROM file('/etc/passwd', LineAsString)",
        "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)",
        "DROP TABLE events",
    ):
        with pytest.raises(Exception, match=r"READONLY|ACCESS_DENIED|readonly"):
            client.query(sql, settings=reading)
