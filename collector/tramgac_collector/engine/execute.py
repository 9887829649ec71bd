"""Running statements on the embedded engine, each on a connection of its own."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import chdb

from tramgac_collector.engine.statement import Statement, StatementError, identifier, quote, without_format
from tramgac_collector.engine.streaming import Stream, comes_in_parts

_CODE = re.compile(r"Code: (\d+)")
_STATUS = {192: 403, 193: 403, 194: 403, 497: 403, 516: 403, 60: 404, 81: 404}
"""HTTP status by ClickHouse's error code; 500 for all others (src/Server/HTTPHandler.cpp)."""
_FORM = {"X-ClickHouse-Timezone": "UTC"}
_UNKNOWN = 1001
"""ClickHouse's code for an exception of the standard library."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Engine:
    """The embedded engine over one folder. One process at a time may hold it."""

    def __init__(self, address: str) -> None:
        """Open it; `address` is chDB's connection string. RuntimeError if another process has the folder."""
        self._address = address
        self._keep = chdb.connect(address)  # the engine lives as long as one connection is open

    def close(self) -> None:
        """Close it."""
        self._keep.close()

    def answer(self, statement: Statement) -> Answer | Stream:
        """Run a statement; give its answer in parts, if it can come so."""
        return self.stream(statement) if comes_in_parts(statement) else self.run(statement)

    def stream(self, statement: Statement) -> Answer | Stream:
        """Begin a search on a connection of its own; an Answer if it fails at once."""
        connection = chdb.connect(self._address)
        try:
            _prepare(connection, statement)
            result = connection.send_query(statement.text, statement.output, params=dict(statement.parameters))
            return Stream(connection, result, _FORM | {"X-ClickHouse-Format": statement.output})
        except RuntimeError as error:
            connection.close()
            return refusal(str(error))

    def run(self, statement: Statement) -> Answer:
        """Run a statement, on a connection of its own (0.2 ms): settings cannot leak, and requests run in parallel."""
        began = time.perf_counter_ns()
        connection = chdb.connect(self._address)
        try:
            _prepare(connection, statement)
            with _data(statement) as source:
                text = without_format(statement.text) + source if source else statement.text
                parameters = dict(statement.parameters)
                result = connection.query(text, statement.output, params=parameters)
                return Answer(200, _headers(result, statement.output, began), _bytes(result))
        except RuntimeError as error:  # all of chDB's errors
            return refusal(str(error))
        finally:
            connection.close()


def refusal(text: str) -> Answer:
    """Make ClickHouse's answer to a failed statement; the code stands in the text."""
    text = text[max(text.find("Code: "), 0) :]
    found = _CODE.search(text)
    code = int(found[1]) if found else _UNKNOWN
    return Answer(_STATUS.get(code, 500), {"X-ClickHouse-Exception-Code": str(code)}, text.encode() + b"\n")


def _prepare(connection: Any, statement: Statement) -> None:
    try:
        if statement.database:
            connection.query(f"USE {identifier(statement.database)}")
    except StatementError as error:
        raise RuntimeError(str(error)) from None
    if statement.settings:
        settings = ", ".join(f"{name} = {quote(value)}" for name, value in statement.settings.items())
        connection.query(f"SET {settings}")


@contextmanager
def _data(statement: Statement) -> Iterator[str]:
    """Give the clause that reads the statement's data from memory; empty if there are none."""
    if not statement.data_format:
        yield ""
        return
    descriptor = os.memfd_create("insert", os.MFD_CLOEXEC)
    try:
        view = memoryview(statement.data)
        while view:
            view = view[os.write(descriptor, view) :]
        yield f" FROM INFILE '/proc/self/fd/{descriptor}' FORMAT {statement.data_format}"
    finally:
        os.close(descriptor)


def _bytes(result: Any) -> bytes:
    return bytes(result.bytes()) if hasattr(result, "bytes") else bytes(result or b"")


def _headers(result: Any, output: str, began: int) -> dict[str, str]:
    summary = {
        "read_rows": str(result.storage_rows_read()),
        "read_bytes": str(result.storage_bytes_read()),
        "written_rows": str(result.rows_written()),
        "result_rows": str(result.rows_read()),
        "elapsed_ns": str(time.perf_counter_ns() - began),
    }
    return _FORM | {"X-ClickHouse-Summary": json.dumps(summary), "X-ClickHouse-Format": output}
