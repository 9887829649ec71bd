"""`/api/health`, `/api/status`, `/api/hindrances`, `/api/csp-report`, `/api/openapi.json`: the API about itself."""

from dataclasses import asdict
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, Request, Response

from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.permissions import Permission, public, requires
from tramgac_collector.api.services import Here
from tramgac_collector.api.standing import parked
from tramgac_collector.database import reading
from tramgac_collector.hindrances import hindrances
from tramgac_collector.ingest import holes

router: Final = APIRouter(prefix="/api", tags=["status"])
_LOG: Final = structlog.get_logger(__name__)
_LOGGED: Final = 100  # reports written to the log in one run; all are counted
_SHOWN: Final = 2_000


@router.get("/health", dependencies=[Depends(public("says that the API answers, and nothing else"))])
def health() -> Response:
    """Answer."""
    return answer({"ok": True})


@router.get("/status", dependencies=[Depends(requires(Permission.STATUS_READ))])
def status(here: Here) -> Response:
    """Give the address of the console, what the API counts about itself, what the ingest log lost, what is parked."""
    lost = [asdict(hole) for hole in holes.listing(here.paths)]
    with reading(here.engine) as s:
        stopped = parked(s)
    counts = {"csp_reports": 0, "logins_refused": 0, **here.counts.snapshot()}
    outbox = {"head": here.hub.head, "failures": here.hub.failures}
    return answer({"console": here.origin, **counts, "outbox": outbox, "log_holes": lost, "rules_parked": stopped})


@router.get("/hindrances", dependencies=[Depends(requires(Permission.ALERTS_READ))])
def in_the_way(here: Here) -> Response:
    """Give what keeps the collector from its work now (a full disk, no rules): who sees no alert must know why."""
    with reading(here.engine) as s:
        return answer({"items": hindrances(s, here.paths, here.config)})


@router.post(
    "/csp-report",
    dependencies=[Depends(public("browsers send it without a cookie; it is counted and nothing else"))],
)
async def csp_report(here: Here, request: Request) -> Response:
    """Count a report of the page's content security policy: one means that escaping missed something."""
    body = await request.body()
    here.counts.add("csp_reports")
    if here.counts["csp_reports"] <= _LOGGED:
        _LOG.warning("content security policy violated", report=body[:_SHOWN].decode("utf-8", "backslashreplace"))
    return done()


@router.get("/openapi.json")
def schema(request: Request, _actor: Annotated[Any, Depends(requires(Permission.SELF))]) -> Response:
    """Give the API's own description, OpenAPI."""
    return answer(request.app.openapi())
