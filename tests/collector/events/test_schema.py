import random
import re

import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import StoreUnfit
from tramgac_collector.events import query, rollups, schema
from tramgac_collector.events.block import build, table
from tramgac_collector.ingest import Entry
from tramgac_proto.event_pb2 import Event, Process, ProcessStart
from tramgac_proto.rows import COLUMNS
from tramgac_wire.batch import pack


def test_every_field_has_a_column_of_its_own():
    names = [column.name for column in schema.definitions()]
    assert len(names) == len(set(names)) == len(COLUMNS) + len(schema.OWN)
    assert all("." not in name for name in names)
    assert schema.name_of("@timestamp") == "time"
    assert schema.BY_NAME["process_command_line"].name == "process.command_line"


@pytest.fixture
def client(engine_paths):
    """In a database of its own."""
    found = connect(engine_paths)
    database = f"d{random.getrandbits(60):x}"
    found.command(f"CREATE DATABASE {database}")
    found.database = database
    yield found
    found.command(f"DROP DATABASE {database}")
    found.close()


def made(client):
    return client.query(f"SHOW CREATE TABLE {schema.TABLE}").result_rows[0][0]


@pytest.mark.enable_socket
def test_a_table_that_a_newer_program_made_serves(client):
    schema.create(client)
    for change in (
        "ADD COLUMN `newer_text` LowCardinality(String) CODEC(ZSTD(1)) AFTER `host`",
        "ADD COLUMN `newer_map` Map(String, Array(UInt64))",
        "ADD INDEX ix_newer `newer_text` TYPE bloom_filter(0.01) GRANULARITY 1",
        "ADD PROJECTION by_newer (SELECT newer_text, count() GROUP BY newer_text)",
        "MODIFY SETTING min_age_to_force_merge_seconds = 36000, merge_max_block_size = 1024",
    ):
        client.command(f"ALTER TABLE {schema.TABLE} {change}")
    schema.create(client)
    now = made(client)
    assert all(word in now for word in ("newer_text", "newer_map", "ix_newer", "by_newer"))
    assert "merge_max_block_size = 1024" in now
    assert set(schema.SETTINGS.split(", ")) <= set(now.rpartition("SETTINGS ")[2].split(", "))
    started = Event(time=1, process_start=ProcessStart(process=Process(command_line="whoami"))).SerializeToString()
    entry = Entry(3, "ab" * 16, 1_790_000_000_000_000_000, 0, bytes(32), pack(9, 1, 1, bytes(32), [started]))
    client.insert_arrow(schema.TABLE, table(build(7, [entry])))
    (row,) = client.query(f"SELECT {query.SELECT}, newer_text FROM {schema.TABLE}").named_results()
    assert (row["process_command_line"], row["newer_text"]) == ("whoami", "")
    client.command(f"OPTIMIZE TABLE {schema.TABLE} FINAL")  # a merge makes the roll-ups, those of the newer one too
    assert not any(rollups.different(client, schema.TABLE).values())


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("`sequence` UInt64", "`sequence` UInt32", "sequence UInt32 (UInt64)"),
        ("PARTITION BY toDate(ingested)", "PARTITION BY toYYYYMM(ingested)", "toYYYYMM(ingested) (toDate(ingested))"),
    ],
)
def test_one_whose_rows_would_not_be_these_is_refused_and_not_touched(client, old, new, said):
    schema.create(client)
    text = made(client)
    assert old in text
    client.command(f"DROP TABLE {schema.TABLE}")
    client.command(text.replace(old, new).replace("min_age_to_force_merge_seconds = 3600", "ttl_only_drop_parts = 1"))
    before = made(client)
    with pytest.raises(StoreUnfit, match=re.escape(said)):
        schema.create(client)
    assert made(client) == before


@pytest.mark.enable_socket
def test_a_newer_program_adds_its_columns(engine_paths):
    client = connect(engine_paths)
    database = f"d{random.getrandbits(60):x}"
    client.command(f"CREATE DATABASE {database}")
    client.database = database
    schema.create(client)
    client.command(f"ALTER TABLE {schema.TABLE} DROP COLUMN process_command_line")
    for name in ("min_rows_to_fsync_after_merge", "min_age_to_force_merge_seconds"):
        client.command(f"ALTER TABLE {schema.TABLE} RESET SETTING {name}")
    schema.create(client)
    schema.create(client)
    sql = "SELECT name, type FROM system.columns WHERE database = {d:String} AND table = {t:String}"
    found = dict(client.query(sql, parameters={"d": database, "t": schema.TABLE}).result_rows)
    assert found.keys() == {column.name for column in schema.definitions()}
    assert found["process_command_line"] == "String"
    sql = "SELECT create_table_query FROM system.tables WHERE database = {d:String} AND name = {t:String}"
    ((made,),) = client.query(sql, parameters={"d": database, "t": schema.TABLE}).result_rows
    assert all(setting in made for setting in schema.SETTINGS.split(", "))
    client.close()
