"""Answers that come in parts: a search of any size takes a block of rows in memory, and ends with its reader."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from tramgac_collector.engine.statement import Statement

_ASKS = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)
_PARTS = frozenset({"Native", "RowBinary", "JSONEachRow"})
"""Formats whose parts make the whole when they stand one after the other."""


def comes_in_parts(statement: Statement) -> bool:
    """Tell whether a statement's answer can be given in parts."""
    return statement.output in _PARTS and not statement.data_format and _ASKS.match(statement.text) is not None


class Stream:
    """An answer whose first part is there. For one thread at a time; close it."""

    def __init__(self, connection: Any, result: Any, headers: Mapping[str, str]) -> None:
        """Fetch the first part. RuntimeError if the statement fails before it has one."""
        self.headers = {**headers, "X-ClickHouse-Exception-Tag": secrets.token_hex(8)}
        self._connection = connection
        self._result = result
        self._over = False
        self.first = self.next()

    def next(self) -> bytes:
        """Give the next part; nothing at the end. RuntimeError if the statement fails."""
        if self._over:
            return b""
        part = self._result.fetch()
        found = bytes(part.bytes()) if part is not None else b""
        self._over = not found
        return found

    def failure(self, error: Exception) -> bytes:
        """Write an error as ClickHouse tells it when parts of the answer are gone already."""
        tag = self.headers["X-ClickHouse-Exception-Tag"].encode()
        text = str(error)
        text = text[max(text.find("Code: "), 0) :] + "\n"
        said = text.encode()
        return b"__exception__\r\n%b\r\n%b%d %b\r\n__exception__\r\n" % (tag, said, len(said), tag)

    def close(self) -> None:
        """End the statement, wherever it is."""
        if not self._over:
            self._over = True
            self._result.cancel()
        self._connection.close()


async def flow(
    stream: Stream,
    executor: Executor,
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Send an answer's parts as the reader takes them; end it when the reader goes away."""
    loop = asyncio.get_running_loop()
    gone = asyncio.ensure_future(receive())  # the request is read: all that can come is its end
    try:
        part = stream.first
        while part and not gone.done():
            await send({"type": "http.response.body", "body": part, "more_body": True})
            part = await loop.run_in_executor(executor, stream.next)
    except RuntimeError as error:  # all of chDB's errors
        await send({"type": "http.response.body", "body": stream.failure(error), "more_body": True})
    finally:
        gone.cancel()
        await loop.run_in_executor(executor, stream.close)
    await send({"type": "http.response.body", "body": b""})
