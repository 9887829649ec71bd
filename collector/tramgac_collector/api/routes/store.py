"""`/api/store`: how common values are, events by hour, and how the store itself stands."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from tramgac_proto.names import KINDS, parse_time

from tramgac_collector import hosts
from tramgac_collector.api.answers import answer
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import prevalence

router: Final = APIRouter(prefix="/api/store", tags=["store"])
_EVENTS: Final = [Depends(requires(Permission.EVENTS_READ))]
_LOOK_BACK_NS: Final = 7 * 86_400_000_000_000


@router.get("/prevalence", dependencies=_EVENTS)
def how_common(
    here: Here,
    field: Annotated[str, Query(max_length=100, description="process.executable, a hash, or destination.ip.")],
    value: Annotated[str, Query(max_length=4_000, description="As it is stored; without it the rarest values.")] = "",
    parent: Annotated[str, Query(max_length=4_000, description="Of a program: only as this program's child.")] = "",
    limit: Annotated[int, Query(ge=1, le=prevalence.MAX_VALUES)] = 100,
) -> Response:
    """Give `items`: of the value, or of the rarest ones, events, hosts, and when it was first and last seen."""
    if value:
        return answer({"items": [_asked(lambda: prevalence.prevalence(here.paths, field, value, parent))]})
    return answer({"items": _asked(lambda: prevalence.rarest(here.paths, field, limit))})


@router.get("/hours", dependencies=_EVENTS)
def by_hour(
    here: Here,
    since: Annotated[str, Query(max_length=40, description="Seven days ago if not given.")] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    host: Annotated[str, Query(max_length=255, description="A host's id, how it begins, or its name.")] = "",
    kind: Annotated[str, Query(max_length=400, description="KIND,... of which any will do.")] = "",
) -> Response:
    """Give `items`: how many events of each kind there were in each hour that has any."""
    kinds = tuple(filter(None, kind.split(",")))
    for odd in (each for each in kinds if each not in KINDS):
        raise Refused(field="kind", value=odd, allowed=list(KINDS))
    last = _time("until", until, here.now())
    first = _time("since", since, last - _LOOK_BACK_NS)
    meant = None
    if host:
        with reading(here.engine) as s:
            meant = hosts.find(s, host)
    return answer({"items": _asked(lambda: prevalence.hours(here.paths, first, last, meant, kinds))})


def _asked(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except QueryError as error:
        raise Refused(field="field", reason=str(error), **error.params) from None
    except EngineAway as error:
        raise Unavailable(reason=str(error)) from None


def _time(field: str, text: str, otherwise: int) -> int:
    try:
        return parse_time(text) if text else otherwise
    except ValueError:
        raise Refused(field=field, value=text) from None
