"""One HTTP request of ClickHouse's protocol, read: which SQL, which data, which settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PARAMETER = "param_"
_TRANSPORT = frozenset(
    [
        "query",
        "database",
        "default_format",
        "session_id",
        "session_timeout",
        "session_check",
        "query_id",
        "wait_end_of_query",
        "buffer_size",
        "compress",
        "decompress",
        "client_protocol_version",
        "role",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "enable_http_compression",
        "cancel_http_readonly_queries_on_client_close",
    ]
)
"""Parameters of the transport: all others are settings of the query."""
_INSERT = re.compile(rb"\s*INSERT\s[^;]{0,60000}?\sFORMAT\s+(?!Values)(\w+)[ \t]*(?:\r?\n|;|$)", re.IGNORECASE)
"""An INSERT whose data follow: everything up to the end of `FORMAT name`. `[^;]` spans lines."""
_FORMAT = re.compile(r"\sFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class StatementError(ValueError):
    """The request cannot be read; `code` is ClickHouse's number for it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {text}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that can be run."""

    text: str
    output: str
    """Name of the format of the answer."""
    data: bytes = b""
    data_format: str = ""
    """Name of the format of `data`; empty if the statement brings none."""
    database: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)


def read(request: Mapping[str, str], body: bytes) -> Statement:
    """Read a request: `request` are the URL's (and form's) parameters.

    The SQL is in `query`, and the body its data; or both are in the body, as the server's documentation has it.

    Raises:
        StatementError: a setting's name is no identifier.

    """
    sql, data = (request["query"].encode(), body) if request.get("query") else (body, b"")
    data_format = ""
    insert = _INSERT.match(sql)
    if insert:
        data_format = insert[1].decode()
        data = data or sql[insert.end() :]
        sql = sql[: insert.end(1)]
    text = sql.decode("utf-8", "surrogateescape")
    written = None if insert else _FORMAT.search(text)
    return Statement(
        text=text,
        output=written[1] if written else request.get("default_format", "TabSeparated"),
        data=data if insert else b"",
        data_format=data_format if data else "",
        database=request.get("database", ""),
        settings=_settings(request),
        parameters={k.removeprefix(PARAMETER): v for k, v in request.items() if k.startswith(PARAMETER)},
    )


def without_format(text: str) -> str:
    """Take `FORMAT name` from the end of an INSERT."""
    return _FORMAT.sub("", text)


def quote(text: str) -> str:
    """Write a text as an SQL literal; used for settings' values, which SET takes in no other way."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def identifier(text: str) -> str:
    """Write a database's name as a quoted identifier.

    Raises:
        StatementError: it is no plain identifier.

    """
    if not _IDENTIFIER.fullmatch(text):
        raise StatementError(81, f"Database {text!r} does not exist. (UNKNOWN_DATABASE)")
    return f"`{text}`"


def _settings(request: Mapping[str, str]) -> dict[str, str]:
    found = {k: v for k, v in request.items() if k not in _TRANSPORT and not k.startswith(PARAMETER)}
    for name in found:
        if not _IDENTIFIER.fullmatch(name):
            raise StatementError(115, f"Unknown setting {name!r}. (UNKNOWN_SETTING)")
    return found
