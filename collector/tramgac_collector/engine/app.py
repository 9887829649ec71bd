"""ClickHouse's HTTP protocol in front of the engine, as an ASGI application.

Enough for clickhouse-connect's ordinary client: handshake, parameters, settings, inserts, forms, bodies in gzip or
zstd.
Searches come in parts, as they are found (streaming.py). Not there: sessions, temporary tables, external data,
compressed answers.
"""

from __future__ import annotations

import asyncio
import base64
import email.parser
import gzip
import hmac
import sys
import urllib.parse
import uuid
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from typing import Any

from tramgac_collector.engine.execute import Answer, Engine, refusal
from tramgac_collector.engine.statement import StatementError, read
from tramgac_collector.engine.streaming import Stream, flow

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]

MAX_BODY = 256 << 20
"""Bytes of a request, as sent and unpacked; our own blocks are far smaller."""


def application(engine: Engine, key: str, executor: Executor) -> Application:
    """Make the application; `key` is the password that each request must bring, `executor` runs statements."""

    async def answer(scope: Mapping[str, Any], receive: Receive) -> Answer | Stream:
        headers = {bytes(k): bytes(v) for k, v in scope["headers"]}
        if scope["path"] in {"/ping", "/replicas_status"}:
            return Answer(200, {}, b"Ok.\n")
        if not hmac.compare_digest(_password(headers), key.encode()):
            return refusal("Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
        request = dict(urllib.parse.parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        try:
            body = _unpack(await _body(receive), headers.get(b"content-encoding", b""))
            if headers.get(b"content-type", b"").startswith(b"multipart/form-data"):
                request |= _form(headers[b"content-type"], body)
                body = b""
            statement = read(request, body)
        except StatementError as error:
            return refusal(str(error))
        return await asyncio.get_running_loop().run_in_executor(executor, engine.answer, statement)

    async def app(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        found = await answer(scope, receive)
        query = urllib.parse.parse_qs(scope["query_string"].decode()).get("query_id", [""])[0]
        headers = {**found.headers, "X-ClickHouse-Query-Id": query or str(uuid.uuid4())}
        if isinstance(found, Stream):
            await send(_start(200, headers))
            await flow(found, executor, receive, send)
        else:
            await send(_start(found.status, {**headers, "Content-Length": str(len(found.body))}))
            await send({"type": "http.response.body", "body": found.body})

    return app


def _start(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": pairs}


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise StatementError(307, f"a request of more than {MAX_BODY} bytes (TOO_MANY_BYTES)")
        if not event.get("more_body"):
            return b"".join(parts)


def _unpack(body: bytes, encoding: bytes) -> bytes:
    try:
        match encoding:
            case b"" | b"identity":
                return body
            case b"gzip":
                return gzip.decompress(body)
            case b"zstd":
                return bytes(zstd.decompress(body))
    except (OSError, EOFError, zlib.error, RuntimeError, zstd.ZstdError) as error:
        raise StatementError(354, f"the request's body does not unpack: {error} (CANNOT_DECOMPRESS)") from None
    raise StatementError(354, f"unknown content encoding {encoding!r} (UNKNOWN_COMPRESSION_METHOD)")


def _form(content_type: bytes, body: bytes) -> dict[str, str]:
    """Read multipart/form-data: the client sends long parameters so."""
    message = email.parser.BytesParser().parsebytes(b"Content-Type: " + content_type + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(payload, bytes):
            fields[name] = payload.decode()
    return fields


def _password(headers: Mapping[bytes, bytes]) -> bytes:
    basic = headers.get(b"authorization", b"")
    if not basic.startswith(b"Basic "):
        return headers.get(b"x-clickhouse-key", b"")
    try:
        return base64.b64decode(basic[6:], validate=True).partition(b":")[2]
    except ValueError:
        return b""
