"""One request that breaks stays one request: logged with a reference, answered with it, counted."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog

from tramgac_collector.api.answers import problem
from tramgac_collector.database import disk_full

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from tramgac_collector.logs import Counts

_LOG: Final = structlog.get_logger(__name__)


class Bulkhead:
    """ASGI middleware inside that of the headers, so that this answer has them too."""

    def __init__(self, app: ASGIApp, *, counts: Counts) -> None:
        """Wrap the application; failures are counted as `requests_failed`."""
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; an answer that has begun is broken off, so that its reader notices."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except Exception as error:  # bulkhead: api request
            reference = secrets.token_hex(4)
            self._counts.add("requests_failed")
            told = {"reference": reference, "method": scope.get("method"), "path": scope.get("path")}
            if full := disk_full(error):
                _LOG.error("request failed: the disk is full", **told, error=str(error))
            else:
                _LOG.exception("request failed", **told)
            if begun:
                raise ConnectionAbortedError(reference) from error
            status = HTTPStatus.INSUFFICIENT_STORAGE if full else HTTPStatus.INTERNAL_SERVER_ERROR
            answer = problem(status, "disk_full" if full else "internal", {"reference": reference})
            await answer(scope, receive, send)
