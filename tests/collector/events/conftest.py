"""A database of its own in each engine that runs here, with the table of events, empty for each test.

The session's engine always; a ClickHouse server where TRAMGAC_CLICKHOUSE names one (http://USER:PASSWORD@HOST:PORT).
Tests that take `client` are the store's contract: each holds for every engine.
"""

import os
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.events import schema

SERVER = os.environ.get("TRAMGAC_CLICKHOUSE", "")
ENGINES = ("embedded", *(("server",) if SERVER else ()))


def _server() -> Any:
    address = urlsplit(SERVER)
    return clickhouse_connect.get_client(
        host=address.hostname,
        port=address.port or 8123,
        secure=address.scheme == "https",
        username=address.username or "default",
        password=address.password or "",
        autogenerate_session_id=False,
    )


@pytest.fixture(scope="module", params=ENGINES)
def _client(request: pytest.FixtureRequest) -> Iterator[Any]:
    embedded = request.param == "embedded"
    found = connect(request.getfixturevalue("engine_paths")) if embedded else _server()
    database = f"d{random.getrandbits(60):x}"
    found.command(f"CREATE DATABASE {database}")
    found.database = database
    schema.create(found)
    yield found
    found.command(f"DROP DATABASE {database}")
    found.close()


@pytest.fixture
def client(_client: Any) -> Any:
    """A client of that database."""
    _client.command("TRUNCATE TABLE events")
    return _client
