import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from tramgac_collector.engine.client import connect
from tramgac_collector.errors import EngineAway
from tramgac_collector.paths import StatePaths

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def client(engine_paths):
    opened = connect(engine_paths)
    yield opened
    opened.close()


def test_the_ordinary_client_works(client):
    client.command(
        "CREATE OR REPLACE TABLE t (a UInt32, s String, l LowCardinality(String)) ENGINE = MergeTree ORDER BY a"
    )
    client.insert_arrow(
        "t", pa.table({"a": pa.array(range(1_000), pa.uint32()), "s": ["é"] * 1_000, "l": ["x"] * 1_000})
    )
    client.insert("t", [[5_000, "Trạm", "y"]], column_names=["a", "s", "l"])
    assert client.query_arrow("SELECT count() AS n FROM t")["n"].to_pylist() == [1_001]
    asked = client.query(
        "SELECT s, l FROM t WHERE a = {a:UInt32} AND l = {l:String}", parameters={"a": 5_000, "l": "y"}
    )
    assert asked.result_rows == [("Trạm", "y")]
    assert client.query("SELECT {x:String}", parameters={"x": "' OR 1=1 \\ --"}).result_rows == [("' OR 1=1 \\ --",)]


def test_errors_carry_their_code(client):
    for sql, code in (
        ("SELECT * FROM nosuch", 60),
        ("SELEC 1", 62),
        ("SELECT sleep(3) SETTINGS max_execution_time = 1", 159),
    ):
        with pytest.raises(DatabaseError) as caught:
            client.query(sql)
        assert caught.value.code == code


def test_a_reader_can_neither_write_nor_read_files(engine_paths):
    reader = connect(engine_paths, read_only=True)
    for sql in (
        "CREATE TABLE x (a UInt8) ENGINE = Memory",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
        "SELECT 1 SETTINGS readonly = 0",
    ):
        with pytest.raises(DatabaseError, match=r"readonly|READONLY"):
            reader.query(sql)
    assert reader.query("SELECT 1").result_rows == [(1,)]
    reader.close()


def test_an_engine_that_does_not_run_is_said(tmp_path):
    with pytest.raises(EngineAway, match="role `engine`"):
        connect(StatePaths(tmp_path))
    paths = StatePaths(tmp_path)
    paths.make()
    paths.engine.write_text('{"port": 1, "key": "x"}')
    with pytest.raises(EngineAway):
        connect(paths)
