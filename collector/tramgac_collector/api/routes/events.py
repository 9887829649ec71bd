"""`/api/events`: searches over stored events, as JSON lines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from tramgac_proto.names import KINDS, parse_time

from tramgac_collector import hosts
from tramgac_collector.api.answers import NDJSON, answer, lines
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.database import reading
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import query

router: Final = APIRouter(
    prefix="/api/events", tags=["events"], dependencies=[Depends(requires(Permission.EVENTS_READ))]
)


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; times in nanoseconds since 1970 UTC."""

    text: str
    since: int | None
    until: int | None
    host: str | None
    kinds: tuple[str, ...]

    def arguments(self) -> dict[str, Any]:
        """Give the keyword arguments of `events.query`."""
        return {"since": self.since, "until": self.until, "host": self.host, "kinds": self.kinds}


def _search(
    here: Here,
    q: Annotated[str, Query(max_length=4_000, description="field:value tokens that must all hold.")] = "",
    since: Annotated[str, Query(max_length=40)] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    host: Annotated[str, Query(max_length=255, description="A host's id, how it begins, or its name.")] = "",
    kind: Annotated[str, Query(max_length=400, description="KIND,... of which any will do.")] = "",
) -> Search:
    kinds = tuple(filter(None, kind.split(",")))
    for odd in (each for each in kinds if each not in KINDS):
        raise Refused(field="kind", value=odd, allowed=list(KINDS))
    return Search(q, _time("since", since), _time("until", until), _host(here, host) if host else None, kinds)


def _host(here: Services, text: str) -> str:
    with reading(here.engine) as s:
        return hosts.find(s, text)


def _time(field: str, text: str) -> int | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        raise Refused(field=field, value=text) from None


_Search = Annotated[Search, Depends(_search)]


@router.get("")
def search(here: Here, wanted: _Search, limit: Annotated[int, Query(ge=1, le=query.MAX_LIMIT)] = 1_000) -> Response:
    """Give the newest `limit` events, oldest first, one JSON object a line.

    An answer that breaks off ends with `{"error", "params"}` instead of an event.
    """
    try:
        found = query.search(here.paths, wanted.text, limit=limit, **wanted.arguments())
        first = next(found, None)  # so that a search that fails at once has a status of its own
    except QueryError as error:
        raise Refused(field="q", reason=str(error), **error.params) from None
    except EngineAway as error:
        raise Unavailable(reason=str(error)) from None
    whole = () if first is None else chain((first,), found)
    return StreamingResponse(lines(_told(iter(whole))), media_type=NDJSON)


def _told(found: Iterator[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    try:
        yield from found
    except EngineAway as error:
        yield {"error": Unavailable.code, "params": {"reason": str(error)}}


@router.get("/count")
def count(here: Here, wanted: _Search) -> Response:
    """Count the events."""
    try:
        return answer({"count": query.count(here.paths, wanted.text, **wanted.arguments())})
    except QueryError as error:
        raise Refused(field="q", reason=str(error), **error.params) from None
    except EngineAway as error:
        raise Unavailable(reason=str(error)) from None
