"""Questions to the event store that are bounded: in time and memory, and ended when nobody waits for the answer."""

from __future__ import annotations

import contextlib
from typing import Any

from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from tramgac_collector.engine.client import connect
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.sql import Conditions

_TIMED_OUT = 159
_TOO_LARGE = 241
_NO_TABLE = 60


def ask(paths: StatePaths, sql: str, conditions: Conditions) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Give the names of columns and the rows; none where no event was ever stored.

    Raises:
        QueryError: it takes too long, or too much memory.
        EngineAway: the store does not answer.
    """
    client = connect(paths, read_only=True)
    with contextlib.closing(client):
        try:
            found = client.query(sql, parameters=conditions.parameters)
        except ClickHouseError as error:
            if error.code == _NO_TABLE:
                return [], []
            if error.code == _TIMED_OUT:
                raise QueryError("the search took too long: narrow its time, host or kind", "search_slow") from None
            if error.code == _TOO_LARGE:
                raise QueryError("the search takes too much memory: narrow its time", "search_large") from None
            raise EngineAway(f"the event store could not answer: {error}") from None
    return list(found.column_names), list(found.result_rows)
