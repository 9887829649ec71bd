import random

import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.events import schema
from tramgac_proto.rows import COLUMNS


def test_every_field_has_a_column_of_its_own():
    names = [column.name for column in schema.definitions()]
    assert len(names) == len(set(names)) == len(COLUMNS) + len(schema.OWN)
    assert all("." not in name for name in names)
    assert schema.name_of("@timestamp") == "time"
    assert schema.BY_NAME["process_command_line"].name == "process.command_line"


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
