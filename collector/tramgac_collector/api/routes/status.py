"""`/api/health`, `/api/status`, `/api/hindrances`, `/api/csp-report`, `/api/openapi.json`: the API about itself."""

from dataclasses import asdict
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import func, select

from tramgac_collector.api.answers import answer, done
from tramgac_collector.api.permissions import Permission, public, requires
from tramgac_collector.api.services import Here
from tramgac_collector.api.standing import parked
from tramgac_collector.backup import incarnation
from tramgac_collector.clock import Clocks
from tramgac_collector.database import reading
from tramgac_collector.hindrances import hindrances
from tramgac_collector.ingest import holes
from tramgac_collector.schema import HostRow

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
    """Give the console's address, what the API counts, holes of the ingest log, rules parked, clocks, hosts connected.

    `incarnation` tells restored copies apart: `id`, and of a restored one `from`, `taken`, `restored` (ns since 1970).
    `clock` compares hosts' clocks with ours: how many, the middle one's skew, how many agree with it, is it ours?
    """
    lost = [asdict(hole) for hole in holes.listing(here.paths)]
    with reading(here.engine) as s:
        stopped = parked(s)
        clocks = Clocks.of(s, here.now())
        enrolled = s.scalar(select(func.count()).select_from(HostRow).where(HostRow.active)) or 0
        connected = s.scalar(select(func.count()).select_from(HostRow).where(HostRow.connected.is_not(None))) or 0
    counts = {"csp_reports": 0, "logins_refused": 0, **here.counts.snapshot()}
    outbox = {"head": here.hub.head, "failures": here.hub.failures}
    compared = {"hosts": clocks.hosts, "median_s": clocks.median, "alike": clocks.alike, "ours": clocks.ours}
    own = {"console": here.origin, **counts, "outbox": outbox, "log_holes": lost, "rules_parked": stopped}
    which = incarnation.told(here.paths)
    return answer({**own, "clock": compared, "hosts": enrolled, "connected": connected, "incarnation": which})


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
