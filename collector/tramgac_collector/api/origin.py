"""Refuses requests that another site's page makes a browser send (CSRF), without tokens.

The rule is that of Go's net/http `CrossOriginProtection`: browsers say where a request comes from in
`Sec-Fetch-Site` (Fetch Metadata, only on https and loopback) or at least in `Origin`; a request with neither is no
browser's, so no person's cookie is being borrowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from tramgac_collector.api.answers import problem
from tramgac_collector.api.errors import CrossSite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CSP_REPORT: Final = "/api/csp-report"  # sent by the browser itself, in some with `Origin: null`; it only counts


def crosses_sites(method: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a request that may change something comes from another site's page."""
    if method in SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")


class SameSiteOnly:
    """ASGI middleware that answers 403 `cross_site` to such requests."""

    def __init__(self, app: ASGIApp) -> None:
        """Guard the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        guarded = scope["type"] == "http" and scope["path"] != CSP_REPORT
        if guarded and crosses_sites(scope["method"], Headers(scope=scope)):
            await problem(CrossSite.status, CrossSite.code, {})(scope, receive, send)
        else:
            await self._app(scope, receive, send)
