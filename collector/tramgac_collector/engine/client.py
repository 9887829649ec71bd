"""Clients of the event store: clickhouse-connect's ordinary HTTP client, nothing of our own."""

from __future__ import annotations

import json
from typing import Any

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from tramgac_collector.errors import EngineAway
from tramgac_collector.paths import StatePaths

TIMEOUT_S = 60
SEARCH_S, SEARCH_BYTES = 30, 1 << 30
"""What one search of a read-only client may take, seconds and bytes of the engine's memory."""


def connect(paths: StatePaths, *, read_only: bool = False) -> Any:
    """Give a client of the engine that runs now; a read-only one may neither write nor change settings or read files.

    A client is for one thread. When the engine was started again, make a new one.

    Raises:
        EngineAway: it does not run, or not yet.

    """
    common.set_setting("autogenerate_session_id", False)
    try:
        told = json.loads(paths.engine.read_text())
        client = clickhouse_connect.get_client(
            host="127.0.0.1",
            port=int(told["port"]),
            username="default",
            password=str(told["key"]),
            compress=False,
            connect_timeout=5,
            send_receive_timeout=TIMEOUT_S,
            autogenerate_session_id=False,
        )
    except (OSError, ValueError, KeyError, ClickHouseError) as error:
        message = f"the event store's engine does not answer: {error}; is the role `engine` running?"
        raise EngineAway(message) from None
    if read_only:
        client.set_client_setting("max_execution_time", SEARCH_S)
        client.set_client_setting("max_memory_usage", SEARCH_BYTES)
        client.set_client_setting("readonly", 1)
    return client
