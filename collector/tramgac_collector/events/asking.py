"""Questions to the event store that are bounded: in time and memory, and ended when nobody waits for the answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from clickhouse_connect.driver.exceptions import Error as ClickHouseError

from tramgac_collector.engine.client import connect
from tramgac_collector.engine.spare import Spares
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.sql import Conditions

_TIMED_OUT = 159
_TOO_LARGE = 241
_NO_TABLE = 60
_ENDED = 394
_TAG: ContextVar[str] = ContextVar("tag", default="")
"""What the statements of this thread are called by, for `end`."""
_SPARES = Spares()
_Result = TypeVar("_Result")


def tagged(tag: str, work: Callable[[], _Result]) -> _Result:
    """Give what `work` returns; what it asks meanwhile is ended by `end` with the same tag."""
    before = _TAG.set(tag)
    try:
        return work()
    finally:
        _TAG.reset(before)


def end(paths: StatePaths, tag: str) -> None:
    """End what was asked under a tag, if it still runs; the one who waits for it is told with a QueryError."""
    conditions = Conditions()
    conditions.add("Settings['log_comment'] = {}", "String", tag)
    with contextlib.suppress(EngineAway, ClickHouseError), contextlib.closing(connect(paths)) as client:
        client.command(f"KILL QUERY WHERE {conditions.where} ASYNC", parameters=conditions.parameters)


def ask(
    paths: StatePaths, sql: str, conditions: Conditions, *, of_rows: bool = False
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Give the names of columns and the rows; none where no event was ever stored.

    `of_rows`: no roll-up has the answer, and not to look takes a third from that of a small question.

    Raises:
        QueryError: it takes too long, or too much memory, or was ended.
        EngineAway: the store does not answer.
    """
    settings: dict[str, Any] = {"log_comment": tag} if (tag := _TAG.get()) else {}
    if of_rows:
        settings["optimize_use_projections"] = 0
    with _SPARES.lend(paths, connect) as client:
        try:
            found = client.query(sql, parameters=conditions.parameters, settings=settings)
            return list(found.column_names), list(found.result_rows)  # read here: a search may fail on its way
        except ClickHouseError as error:
            if error.code == _NO_TABLE:
                return [], []
            if error.code == _TIMED_OUT:
                raise QueryError("the search took too long: narrow its time, host or kind", "search_slow") from None
            if error.code == _TOO_LARGE:
                raise QueryError("the search takes too much memory: narrow its time", "search_large") from None
            if error.code == _ENDED:
                raise QueryError("the search was ended before it was done", "search_ended") from None
            raise EngineAway(f"the event store could not answer: {error}") from None
