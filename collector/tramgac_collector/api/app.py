"""The ASGI application of the role api."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import Mount

from tramgac_collector.api.answers import install_handlers
from tramgac_collector.api.bodies import BoundedBodies
from tramgac_collector.api.bulkhead import Bulkhead
from tramgac_collector.api.exposure import secure
from tramgac_collector.api.headers import SecurityHeaders
from tramgac_collector.api.identity import Identity
from tramgac_collector.api.origin import SameSiteOnly
from tramgac_collector.api.page import Page
from tramgac_collector.api.permissions import check_routes
from tramgac_collector.api.routes import (
    alerts,
    audit,
    backtest,
    content,
    events,
    exceptions,
    exports,
    hosts,
    metrics,
    notify,
    rule_states,
    session,
    status,
    store,
    stream,
    tokens,
    users,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fastapi import APIRouter

    from tramgac_collector.api.services import Services

ROUTERS: Final = tuple(
    module.router
    for module in (
        session,
        alerts,
        hosts,
        events,
        store,
        content,
        backtest,
        rule_states,
        exceptions,
        tokens,
        users,
        exports,
        metrics,
        notify,
        audit,
        stream,
        status,
    )
)
"""Every router of the API."""


def create_app(services: Services, page: Path | None = None, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """Put the application together: routers, sessions, headers, the page's files (`page`: another folder of them).

    Raises RouteUndeclared when a route declares no permission.
    """
    from tramgac_dashboard import static_path

    app = FastAPI(
        title="Trạm Gác",
        openapi_url=None,  # the schema has a route of its own, which asks who wants it
        middleware=[
            Middleware(SecurityHeaders, tls=secure(services.config)),
            Middleware(Bulkhead, counts=services.counts),
            Middleware(BoundedBodies),
            Middleware(SameSiteOnly),
        ],
    )
    app.state.services = services
    app.state.authenticator = Identity(services)
    install_handlers(app)
    check_routes([*app.routes, *chain.from_iterable(router.routes for router in routers)])
    for router in routers:
        app.include_router(router)
    app.router.routes.append(Mount("/", Page(page or static_path()), name="page"))
    return app
