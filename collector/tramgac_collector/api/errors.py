"""What the API answers when it does not do what was asked.

```
ApiError                    {"error": code, "params": {...}}, with a status; the page has the sentences
├── NotSignedIn        401  no session, or it ended
├── Forbidden          403  the role does not hold the permission
├── CrossSite          403  a request that another site's page made
├── NotFound           404  no such alert, host, rule, token, user
├── Refused            422  a value is not acceptable
└── Unavailable        503  a part that the answer needs does not run
(what the control store refuses, `refusals.py`, is answered in the same shape: `api/answers.py` has the table)
StartError                  the role api cannot start: what, where, how to mend
├── RouteUndeclared         a route declares no permission, or two
└── ExposureError           listening beyond loopback without TLS, or with a demo's keys
```
"""

from __future__ import annotations

from typing import ClassVar

from tramgac_collector.errors import CollectorError, Told


class ApiError(Exception):
    """An answer other than success. `params` is what the page's sentence needs; never a sentence itself."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, **params: object) -> None:
        """Keep the parameters, JSON-able values by name."""
        super().__init__(self.code, params)
        self.params = params


class NotSignedIn(ApiError):
    """No session cookie, or its session ended."""

    status, code = 401, "not_signed_in"


class Forbidden(ApiError):
    """The actor's role does not hold the permission."""

    status, code = 403, "forbidden"


class CrossSite(ApiError):
    """A request that changes something came from another site's page."""

    status, code = 403, "cross_site"


class NotFound(ApiError):
    """No such thing."""

    status, code = 404, "not_found"


class Refused(ApiError):
    """A value that cannot be accepted."""

    status, code = 422, "refused"


class Unavailable(ApiError):
    """A part of the collector that the answer needs does not answer."""

    status, code = 503, "unavailable"


class StartError(CollectorError):
    """The API cannot start."""


class RouteUndeclared(StartError):
    """A route without exactly one declaration of who may call it."""

    def __init__(self, methods: list[str], path: str, count: int) -> None:
        """Name the route and the number of declarations found."""
        super().__init__(
            f"{'/'.join(methods)} {path}: {count} declarations of a permission, needs exactly one: "
            "add Depends(requires(Permission.X)) or Depends(public(reason)) to the route"
        )


class ExposureError(Told, StartError):
    """The configuration would expose the console unsafely."""
