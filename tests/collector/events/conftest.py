"""A database of its own in the session's engine, with the table of events, empty for each test."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from tramgac_collector.engine.client import connect
from tramgac_collector.events import schema
from tramgac_collector.paths import StatePaths


@pytest.fixture(scope="module")
def _client(engine_paths: StatePaths) -> Iterator[Any]:
    found = connect(engine_paths)
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
