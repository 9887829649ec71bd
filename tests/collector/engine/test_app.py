import gzip
import json
import urllib.error
import urllib.request

import pytest
from tramgac_collector.engine.client import connect

pytestmark = pytest.mark.enable_socket


def ask(paths, path, data=None, key=None, headers=None):
    told = json.loads(paths.engine.read_text())
    request = urllib.request.Request(f"http://127.0.0.1:{told['port']}{path}", data=data, headers=headers or {})
    if key is not False:
        request.add_header("X-ClickHouse-Key", key or told["key"])
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def test_ping_needs_no_key_and_everything_else_does(engine_paths):
    assert ask(engine_paths, "/ping", key=False)[:2] == (200, b"Ok.\n")
    for key in (False, "wrong"):
        status, body, headers = ask(engine_paths, "/?query=SELECT+1", key=key)
        assert (status, headers["X-ClickHouse-Exception-Code"]) == (403, "516")
        assert b"Authentication failed" in body


def test_answers_carry_the_protocols_headers(engine_paths):
    status, body, headers = ask(engine_paths, "/?query=SELECT+1&query_id=mine")
    assert (status, body) == (200, b"1\n")
    assert headers["X-ClickHouse-Query-Id"] == "mine"
    assert headers["X-ClickHouse-Format"] == "TabSeparated"
    assert json.loads(headers["X-ClickHouse-Summary"])["read_rows"]


def test_compressed_bodies_are_read_and_garbage_is_refused(engine_paths):
    from backports import zstd

    for name, data in (("gzip", gzip.compress(b"SELECT 2")), ("zstd", zstd.compress(b"SELECT 2"))):
        assert ask(engine_paths, "/", data, headers={"Content-Encoding": name})[1] == b"2\n"
        status, _, headers = ask(engine_paths, "/", b"garbage", headers={"Content-Encoding": name})
        assert (status, headers["X-ClickHouse-Exception-Code"]) == (500, "354")
    assert ask(engine_paths, "/", b"x", headers={"Content-Encoding": "br"})[0] == 500


def test_long_parameters_come_as_a_form(engine_paths):
    client = connect(engine_paths)
    values = list(range(20_000))
    assert client.query("SELECT length({x:Array(UInt32)})", parameters={"x": values}).result_rows == [(20_000,)]
    client.close()


def test_settings_do_not_leak_to_the_next_request(engine_paths):
    client = connect(engine_paths)
    client.query("SELECT 1", settings={"max_threads": 1, "readonly": 1})
    client.command("CREATE DATABASE IF NOT EXISTS leak")  # would be refused if readonly had stayed
    client.close()
