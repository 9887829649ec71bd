"""Who makes a request: a person by a cookie, a command on this machine by its credential, a program by its token."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final

from tramgac_wire import whole

from tramgac_collector import access_tokens, logins
from tramgac_collector.api.exposure import secure
from tramgac_collector.api.permissions import Actor
from tramgac_collector.database import reading, session

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import Request, Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tramgac_collector.api.services import Services
    from tramgac_collector.config import CollectorConfig

_LOCAL: Final = "tramgac.local"
"""Set in the scope of requests that came by `run/api.sock`: only there does the credential count."""


class LocalSocket:
    """The application as it is served on `run/api.sock`."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Mark the request as local."""
        await self._app({**scope, _LOCAL: True}, receive, send)


class Identity:
    """Finds the actor of a request."""

    def __init__(self, services: Services) -> None:
        """Look sessions up in the control store of these services."""
        self._services = services

    def actor(self, request: Request) -> Actor | None:
        """Give the actor, None for a stranger. Writes down now and then that a session was used."""
        if request.scope.get(_LOCAL):
            return self._local(request)
        token = cookie_of(request, self._services.config)
        if token is None:
            return self._program(request)
        now = self._services.now()
        with reading(self._services.engine) as s:
            found = logins.find_session(s, token, now)
        if found is None:
            return None
        if found.touch:
            with session(self._services.engine) as s:
                logins.touch_session(s, token, now)
        return Actor(found.person.name, found.person.role)

    def _program(self, request: Request) -> Actor | None:
        """Give the program that an access token lets in. Browsers send none by themselves: no other site uses it."""
        secret = _bearer(request)
        if secret is None:
            return None
        now = self._services.now()
        with reading(self._services.engine) as s:
            row = access_tokens.find(s, secret, now)
        if row is None:
            self._services.counts.add("access_tokens_refused")
            return None
        if access_tokens.unused(row, now):
            with session(self._services.engine) as s:
                access_tokens.touch(s, row.id, now)
        return Actor(f"token:{row.id}", row.role, program=True)

    def still(self, request: Request) -> bool:
        """Tell whether the session behind a long answer still stands, without counting that as use."""
        if request.scope.get(_LOCAL):
            return True
        token = cookie_of(request, self._services.config)
        with reading(self._services.engine) as s:
            return token is not None and logins.find_session(s, token, self._services.now()) is not None

    def _local(self, request: Request) -> Actor | None:
        # Bytes, since a header may hold what compare_digest refuses in texts.
        right = hmac.compare_digest((_bearer(request) or "").encode(), self._services.credential.encode())
        return Actor("local", "admin") if right else None


def _bearer(request: Request) -> str | None:
    scheme, _, shown = request.headers.get("authorization", "").partition(" ")
    return shown if scheme.lower() == "bearer" else None


def cookie_name(config: CollectorConfig) -> str:
    """Give the cookie's name: with TLS the prefix by which browsers themselves refuse a cookie of any other origin."""
    return "__Host-tramgac" if secure(config) else "tramgac"


def cookie_of(request: Request, config: CollectorConfig) -> str | None:
    """Give the secret of the session cookie, if there is one."""
    return request.cookies.get(cookie_name(config))


def set_cookie(response: Response, config: CollectorConfig, token: str) -> None:
    """Put a new session into the browser; gone when the browser closes, or when the session ends here."""
    response.set_cookie(cookie_name(config), token, path="/", secure=secure(config), httponly=True, samesite="strict")


def clear_cookie(response: Response, config: CollectorConfig) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(cookie_name(config), path="/", secure=secure(config), httponly=True, samesite="strict")


def new_credential(path: Path) -> str:
    """Make the credential of this run and write it where only the collector's own user reads it (0600)."""
    credential = secrets.token_hex(32)
    whole.write(path, f"{credential}\n".encode(), durable=False)
    return credential
