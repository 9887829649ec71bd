"""`/api/events`: searches over stored events, as JSON lines; `/groups`: the same counted by a field.

A search in words looks back LOOK_BACK from its end, or from now, unless it says since when. Two kinds do not, and are
held by the limits of every question alone (events/asking.py): lists and counts without words, which are of all that is
stored since other tools count and page by them; and words that say no time at all about cold days, which are all older.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from tramgac_proto.names import KINDS, parse_time, time_text

from tramgac_collector import host_names, hosts
from tramgac_collector.api.answers import NDJSON, answer, lines
from tramgac_collector.api.errors import Refused, Unavailable
from tramgac_collector.api.permissions import Permission, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.api.wanted import while_wanted
from tramgac_collector.database import reading
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import query
from tramgac_collector.events.groups import MAX_GROUPS, count_by
from tramgac_collector.search.meant import Named
from tramgac_collector.search.tree import Equal, Like, Stage

router: Final = APIRouter(
    prefix="/api/events", tags=["events"], dependencies=[Depends(requires(Permission.EVENTS_READ))]
)

LOOK_BACK: Final = 86_400_000_000_000
"""How far back a search looks that says no time, nanoseconds."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; times in nanoseconds since 1970 UTC."""

    text: str
    since: int | None
    until: int | None
    host: str | None
    kinds: tuple[str, ...]
    named: Named
    cold: bool = False

    def arguments(self) -> dict[str, Any]:
        """Give the keyword arguments of `events.query`."""
        given = {"since": self.since, "until": self.until, "host": self.host, "kinds": self.kinds, "named": self.named}
        return given | ({"cold": True} if self.cold else {})

    def bounded(self, now: int) -> "Search":
        """Give the search with a beginning: what it says, else LOOK_BACK before its end or `now`.

        Cold days without any time stay whole: nobody knows beforehand which there are.
        """
        if self.since is not None or (self.cold and self.until is None):
            return self
        return replace(self, since=max(0, (now if self.until is None else self.until) - LOOK_BACK))


def _search(
    here: Here,
    q: Annotated[str, Query(max_length=4_000, description="See docs/operating.md, Searching.")] = "",
    since: Annotated[str, Query(max_length=40)] = "",
    until: Annotated[str, Query(max_length=40)] = "",
    host: Annotated[str, Query(max_length=255, description="A host's id, how it begins, or its name.")] = "",
    kind: Annotated[str, Query(max_length=400, description="KIND,... of which any will do.")] = "",
    cold: Annotated[bool, Query(description="Of cold days, and no others.")] = False,  # noqa: FBT002 - FastAPI's form
) -> Search:
    kinds = tuple(filter(None, kind.split(",")))
    for odd in (each for each in kinds if each not in KINDS):
        raise Refused(field="kind", value=odd, allowed=list(KINDS))
    only = _host(here, host) if host else None
    found = Search(q, _time("since", since), _time("until", until), only, kinds, partial(_named, here), cold)
    return found.bounded(here.now()) if q.strip() else found


def _host(here: Services, text: str) -> str:
    with reading(here.engine) as s:
        return hosts.find(s, text)


def _named(here: Services, check: Equal | Like) -> list[str]:
    with reading(here.engine) as s:
        return host_names.fitting(s, check)


def _time(field: str, text: str) -> int | None:
    try:
        return parse_time(text) if text else None
    except ValueError:
        raise Refused(field=field, value=text) from None


_Search = Annotated[Search, Depends(_search)]


@router.get("")
async def search(
    here: Here, request: Request, wanted: _Search, limit: Annotated[int, Query(ge=1, le=query.MAX_LIMIT)] = 1_000
) -> Response:
    """Give the newest `limit` events, oldest first, one JSON object a line.

    An answer that breaks off ends with `{"error", "params"}` instead of an event.
    """

    def begin() -> tuple[Mapping[str, object] | None, Iterator[Mapping[str, object]]]:
        found = query.search(here.paths, wanted.text, limit=limit, **wanted.arguments())
        return next(found, None), found  # so that a search that fails at once has a status of its own

    try:
        first, found = await while_wanted(request, here.paths, begin)
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
async def count(here: Here, request: Request, wanted: _Search) -> Response:
    """Count the events."""
    work = partial(query.count, here.paths, wanted.text, **wanted.arguments())
    try:
        return answer({"count": await while_wanted(request, here.paths, work)})
    except QueryError as error:
        raise Refused(field="q", reason=str(error), **error.params) from None
    except EngineAway as error:
        raise Unavailable(reason=str(error)) from None


@router.get("/groups")
async def groups(
    here: Here,
    request: Request,
    wanted: _Search,
    by: Annotated[str, Query(max_length=200, description="A field, in place of what the search says.")] = "",
    *,
    rare: Annotated[bool, Query(description="With `by`: the rarest first.")] = False,
    limit: Annotated[int, Query(ge=1, le=MAX_GROUPS)] = 100,
) -> Response:
    """Count the events by a field: value, events, hosts, first and last of each group."""
    asked = wanted.bounded(here.now())
    stage = Stage(by, rare) if by else None
    work = partial(count_by, here.paths, asked.text, by=stage, limit=limit, **asked.arguments())
    try:
        found = await while_wanted(request, here.paths, work)
    except QueryError as error:
        raise Refused(field="q", reason=str(error), **error.params) from None
    except EngineAway as error:
        raise Unavailable(reason=str(error)) from None
    return answer(
        {
            "by": found.stage.by,
            "rare": found.stage.rare,
            "since": None if asked.since is None else time_text(asked.since),
            "until": None if asked.until is None else time_text(asked.until),
            "groups": found.groups,
            "events": found.events,
            "items": found.items,
        }
    )
