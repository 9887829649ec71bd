import asyncio
import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from tramgac_collector.engine.client import connect
from tramgac_collector.engine.statement import Statement
from tramgac_collector.engine.streaming import Stream, comes_in_parts, flow


@pytest.mark.parametrize(
    ("text", "output", "parts"),
    [
        ("SELECT 1", "Native", True),
        ("  with 1 AS a select a", "Native", True),
        ("SELECT 1", "Parquet", False),
        ("SHOW TABLES", "Native", False),
        ("INSERT INTO a SELECT 1", "Native", False),
    ],
)
def test_what_can_come_in_parts(text, output, parts):
    assert comes_in_parts(Statement(text, output)) is parts


class Part:
    def __init__(self, data):
        self.data = data

    def bytes(self):
        return self.data


class Result:
    """An engine's result of so many parts; what it was told."""

    def __init__(self, *parts):
        self.parts, self.told = list(parts), []

    def fetch(self):
        part = self.parts.pop(0) if self.parts else b""
        if isinstance(part, Exception):
            raise part
        return Part(part)

    def cancel(self):
        self.told.append("cancel")

    def close(self):
        self.told.append("close")


def sent(result, after=99):
    """What goes out, where the reader leaves after so many parts."""
    out = []

    async def run():
        left = asyncio.Event()

        async def receive():
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            out.append(message["body"])
            if len(out) >= after:
                left.set()
                await asyncio.sleep(0)

        with ThreadPoolExecutor(1) as executor:
            await flow(Stream(result, result, {}), executor, receive, send)

    asyncio.run(run())
    return out


def test_parts_go_out_one_by_one_and_the_end_is_told():
    result = Result(b"a", b"b")
    assert (sent(result), result.told) == ([b"a", b"b", b""], ["close"])
    assert sent(Result()) == [b""]


def test_a_reader_who_goes_away_ends_the_statement():
    result = Result(*[b"x"] * 1_000)
    assert len(sent(result, after=3)) < 10
    assert result.told == ["cancel", "close"]


def test_what_fails_later_is_told_in_the_body():
    *_, failure, end = sent(Result(b"a", RuntimeError("Streaming failed: Code: 159. DB::Exception: too slow")))
    assert failure.startswith(b"__exception__\r\n")
    assert b"\r\nCode: 159. DB::Exception: too slow\n" in failure
    assert end == b""


@pytest.mark.enable_socket
def test_a_long_answer_a_short_one_none_and_one_that_fails(engine_paths):
    client = connect(engine_paths)
    found = client.query("SELECT number FROM numbers(200000)").result_rows
    assert (len(found), found[-1]) == (200_000, (199_999,))
    assert sum(len(block) for block in _blocks(client, 200_000)) == 200_000
    assert client.query("SELECT 1 AS a WHERE 0").result_rows == []
    late = client.query("SELECT throwIf(number = 300000) FROM numbers(400000)", settings={"max_block_size": 1_000})
    with pytest.raises(StreamFailureError) as failed:
        list(late.result_rows)
    assert failed.value.code == 395
    with pytest.raises(DatabaseError, match="nothing_such"):
        client.query("SELECT nothing_such")
    client.close()


def _blocks(client, rows):
    with client.query_row_block_stream(f"SELECT number FROM numbers({rows})") as stream:
        yield from stream


@pytest.mark.enable_socket
def test_a_closed_connection_ends_what_the_engine_does(engine_paths):
    told = json.loads(engine_paths.engine.read_text())
    connection = http.client.HTTPConnection("127.0.0.1", told["port"])
    sql = "SELECT number AS left_alone FROM numbers(1000000000000) FORMAT Native"
    connection.request("POST", "/", sql.encode(), {"X-ClickHouse-Key": told["key"]})
    response = connection.getresponse()
    assert len(response.read(100_000)) == 100_000
    client = connect(engine_paths)
    running = "SELECT count() FROM system.processes WHERE query LIKE '%left_alone%' AND query NOT LIKE '%processes%'"
    assert client.query(running).first_row == (1,)
    response.close()
    connection.close()
    deadline = time.monotonic() + 20
    while client.query(running).first_row != (0,):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    client.close()
