"""What people may do: the permissions, the roles that hold them, and the declaration that every route carries.

A route says `Depends(requires(Permission.X))` or `Depends(public("why"))`; `check_routes` refuses an
application in which some route says neither, or says two things (law 9, docs/architecture.md).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from fastapi import Request
from fastapi.routing import APIRoute

from tramgac_collector import access_tokens
from tramgac_collector.api.errors import Forbidden, NotSignedIn, RouteUndeclared

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute


class Permission(enum.StrEnum):
    """One thing that a route lets a person do."""

    SELF = "self"  # look at the own session and end it
    ALERTS_READ = "alerts.read"
    ALERTS_DECIDE = "alerts.decide"  # verdicts, notes, reopening
    HOSTS_READ = "hosts.read"
    HOSTS_MANAGE = "hosts.manage"  # whether a host may speak
    EVENTS_READ = "events.read"
    RULES_READ = "rules.read"
    EXCEPTIONS_MANAGE = "exceptions.manage"  # what shall not alert, for a while
    RULES_MANAGE = "rules.manage"  # what becomes of events that meet a rule
    CONTENT_PUSH = "content.push"
    TOKENS_MANAGE = "tokens.manage"  # enrolment tokens: create, see, revoke
    USERS_MANAGE = "users.manage"
    AUDIT_READ = "audit.read"
    RETENTION_MANAGE = "retention.manage"  # legal holds
    STATUS_READ = "status.read"  # counters of the collector itself
    METRICS_READ = "metrics.read"  # the same for a monitoring system
    NOTIFY_MANAGE = "notify.manage"  # what becomes of notifications that were given up


_READ: Final = frozenset({
    Permission.SELF, Permission.ALERTS_READ, Permission.HOSTS_READ, Permission.EVENTS_READ, Permission.RULES_READ,
})  # fmt: skip
_DECIDE: Final = _READ | {Permission.ALERTS_DECIDE, Permission.EXCEPTIONS_MANAGE}

ROLES: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {
        "viewer": _READ,
        "analyst": _DECIDE,
        "responder": _DECIDE | {Permission.HOSTS_MANAGE},
        "author": _READ | {Permission.CONTENT_PUSH, Permission.RULES_MANAGE, Permission.EXCEPTIONS_MANAGE},
        "auditor": _READ | {Permission.AUDIT_READ, Permission.STATUS_READ, Permission.METRICS_READ},
        "admin": frozenset(Permission),
    }
)
"""The permissions of each role; a role that is not here holds none."""
PROGRAMS: Final[Mapping[str, frozenset[Permission]]] = MappingProxyType(
    {access_tokens.MONITOR: frozenset({Permission.METRICS_READ})}
)
"""What programs with an access token may do, by the token's role; no person can have one of these."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a request: a person with a session, a command on the collector's own machine, a program's token."""

    name: str
    role: str
    program: bool = False

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the actor's role allows; nothing for an unknown role."""
        return (PROGRAMS if self.program else ROLES).get(self.role, frozenset())


class Authenticator(Protocol):
    """Tells who makes a request (see `api/identity.py`)."""

    def actor(self, request: Request) -> Actor | None:
        """Give the actor, or None if the request carries no valid session or credential."""

    def still(self, request: Request) -> bool:
        """Tell whether the session behind a long answer still stands."""


@dataclass(frozen=True, slots=True)
class Requires:
    """A dependency of a route: the actor, if its role holds the permission."""

    permission: Permission

    def __call__(self, request: Request) -> Actor:
        """Find the actor. Raises NotSignedIn (401) or Forbidden (403)."""
        authenticator: Authenticator = request.app.state.authenticator
        actor = authenticator.actor(request)
        if actor is None:
            raise NotSignedIn
        if self.permission not in actor.permissions:
            raise Forbidden(permission=self.permission.value)
        return actor


@dataclass(frozen=True, slots=True)
class Public:
    """A dependency of a route that anybody may call; says why that is right."""

    reason: str

    def __call__(self) -> None:
        """Let everybody through."""


def requires(permission: Permission) -> Requires:
    """Declare the permission that a route needs."""
    return Requires(permission)


def public(reason: str) -> Public:
    """Declare that a route needs no session, and why."""
    return Public(reason)


def declared(route: APIRoute) -> Requires | Public:
    """Give the declaration of a route. Raises RouteUndeclared if it has none, or more than one."""
    found = set(_declarations(route.dependant))
    if len(found) != 1:
        raise RouteUndeclared(sorted(route.methods or ()), route.path, len(found))
    return found.pop()


def check_routes(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], Requires | Public]:
    """Give the declaration by (method, path) of every API route. Raises RouteUndeclared."""
    table: dict[tuple[str, str], Requires | Public] = {}
    for route in routes:
        if not isinstance(route, APIRoute):
            raise RouteUndeclared([], getattr(route, "path", repr(route)), 0)
        declaration = declared(route)
        table.update({(method, route.path): declaration for method in route.methods or ()})
    return table


def _declarations(dependant: Dependant) -> Iterator[Requires | Public]:
    if isinstance(dependant.call, Requires | Public):
        yield dependant.call
    for below in dependant.dependencies:
        yield from _declarations(below)
