"""`/api/store`: how common values are, events by hour, and how the store itself stands."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from tramgac_proto.names import KINDS, parse_time, time_text

from tramgac_collector import hosts
from tramgac_collector.api.answers import answer
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.database import reading, session
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import cold, forecast, hold, prevalence
from tramgac_collector.hold_schema import HoldRow

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


@router.get("", dependencies=[Depends(requires(Permission.STATUS_READ))])
def stands(here: Here) -> Response:
    """Give `forecast` (null until it is measured) and `cold`, the days that are Parquet files."""
    told = forecast.told(here.paths)
    files = [{"day": day.isoformat(), "bytes": path.stat().st_size} for day, path in cold.held(here.paths)]
    return answer({"forecast": None if told is None else asdict(told), "cold": files})


class HoldBody(BaseModel):
    """A hold on events of a host; times of the events, empty for no bound."""

    model_config = ConfigDict(extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=255)]
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    since: Annotated[str, Field(max_length=40)] = ""
    until: Annotated[str, Field(max_length=40)] = ""


class ReleaseBody(BaseModel):
    """Why a hold is taken back."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]


_Keeper = Annotated[Actor, Depends(requires(Permission.RETENTION_MANAGE))]


@router.get("/holds")
def holds(here: Here, _actor: _Keeper) -> Response:
    """Give all legal holds, those that stand first."""
    with reading(here.engine) as s:
        return answer({"items": [_form(row) for row in hold.listing(s)]})


@router.post("/holds")
def place(here: Here, actor: _Keeper, body: HoldBody) -> Response:
    """Keep events of a host, however old they grow."""
    since, until = _time("since", body.since, 0), _time("until", body.until, hold.ALWAYS)
    with session(here.engine) as s:
        host = hosts.find(s, body.host)
        row = hold.place(s, host=host, since=since, until=until, by=actor.name, why=body.why, now=here.now())
        return answer(_form(row), 201)


@router.post("/holds/{number}/release")
def release(here: Here, actor: _Keeper, number: Annotated[int, Path(ge=1, lt=1 << 63)], body: ReleaseBody) -> Response:
    """Take a hold back."""
    with session(here.engine) as s:
        return answer(_form(hold.release(s, number, by=actor.name, why=body.why, now=here.now())))


def _form(row: HoldRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "host": row.host,
        "since": time_text(row.since) if row.since else None,
        "until": time_text(row.until) if row.until < hold.ALWAYS else None,
        "by": row.by,
        "why": row.why,
        "time": time_text(row.time),
        "released": time_text(row.released) if row.released else None,
        "released_by": row.released_by,
        "released_why": row.released_why,
    }


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
