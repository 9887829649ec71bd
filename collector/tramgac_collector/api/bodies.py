"""Bounds what a request may send before anything reads it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from tramgac_collector.api.answers import problem
from tramgac_collector.content import MAX_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 256 * 1024
"""Largest body of a request, bytes."""
LARGER: Final = {"/api/content": MAX_BYTES, "/api/rules/backtest": 16 << 20}
"""Routes that take more: a signed repository, compiled rules."""


class BoundedBodies:
    """ASGI middleware that answers 413 to what says it is too large, and stops reading what turns out to be."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = LARGER.get(scope["path"], MAX_BODY)
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdecimal() or int(said) > limit:
            too_large = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", {"limit": limit})
            await too_large(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self._app(scope, bounded, send)
