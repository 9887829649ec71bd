"""`/api/exceptions`: what shall not alert although it meets a rule, what that held back, and what it would have."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool
from tramgac_proto.names import time_text

from tramgac_collector import (
    alert_pages,
    alert_reopenings,
    alert_verdicts,
    bell,
    exception_book,
    exception_closing,
    exception_sense,
    exception_trial,
    held_back,
    hosts,
)
from tramgac_collector.api.answers import answer
from tramgac_collector.api.errors import Forbidden, Refused
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here, Services
from tramgac_collector.api.standing import Rules, offered
from tramgac_collector.api.wanted import while_wanted
from tramgac_collector.database import reading, session
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.events import query
from tramgac_collector.exception_book import Wanted
from tramgac_collector.exception_schema import ExceptionRow, HeldRow
from tramgac_collector.exception_sense import Ground
from tramgac_collector.exception_trial import Past
from tramgac_collector.exceptions import ANY, OWN, Stated, read, says_nothing
from tramgac_collector.refusals import ExceptionContested, Refusal
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_lookup import find_rules, find_site

router: Final = APIRouter(prefix="/api/exceptions", tags=["rules"])

LONGEST_DAYS: Final = 366
"""Longer ones, and those without an end, are for those who manage rules."""
WEEK: Final = 7
LOOKED_DAYS: Final = 30
"""Alerts of so many days are looked at, unless somebody wants others."""
_Reader = Annotated[Actor, Depends(requires(Permission.RULES_READ))]
_Stater = Annotated[Actor, Depends(requires(Permission.EXCEPTIONS_MANAGE))]
_Number = Annotated[int, Path(ge=1, lt=1 << 63)]
_Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
_Told = Mapping[str, Any]


class TryBody(BaseModel):
    """A rule's id (or how it begins, `*` for every rule), a search, a site or everywhere; alerts of so many days."""

    model_config = ConfigDict(extra="forbid")

    rule: Annotated[str, Field(min_length=1, max_length=1_000)]
    query: Annotated[str, Field(max_length=4_000)]
    site: Annotated[str, Field(max_length=100)] = ""
    days: Annotated[int, Field(ge=1, le=366)] = LOOKED_DAYS


class StateBody(TryBody):
    """The same for good: why, for how long (null: without an end), whether also if it hides nearly everything."""

    why: _Why
    valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = 90
    force: bool = False


class ProlongBody(BaseModel):
    """Why it is to stand for so many days from now (null: without an end); `force` as for a new one."""

    model_config = ConfigDict(extra="forbid")

    why: _Why
    valid_days: Annotated[int, Field(ge=1, le=36_500)] | None = 90
    force: bool = False


class CloseBody(BaseModel):
    """A verdict on alerts, as for one."""

    model_config = ConfigDict(extra="forbid")

    verdict: Annotated[str, Field(max_length=32)]
    note: Annotated[str, Field(max_length=10_000)] = ""


class EndBody(BaseModel):
    """Why it ends."""

    model_config = ConfigDict(extra="forbid")

    why: _Why


@router.get("")
def listing(here: Here, _actor: _Reader, *, all: Annotated[bool, Query()] = False) -> Response:  # noqa: A002 - its name for people
    """Give the exceptions in force (`all`: those that ended too), the newest first."""
    now = here.now()
    known = offered(here.rulebook)
    with reading(here.engine) as s:
        rows = [row for row in exception_book.listing(s) if all or exception_book.standing(row, now) == "active"]
        week, faults = held_back.since(s, now // DAY - WEEK + 1), exception_book.load(s).faults
    return answer({"items": [_form(row, now, week, faults, known.get(row.name)) for row in rows]})


@router.get("/{number}")
def detail(
    here: Here, _actor: Annotated[Actor, Depends(requires(Permission.ALERTS_READ))], number: _Number
) -> Response:
    """Give one exception, what it held back by rule, and the newest few with their first event."""
    now = here.now()
    with reading(here.engine) as s:
        row = exception_book.get(s, number)
        week, faults = held_back.since(s, now // DAY - WEEK + 1), exception_book.load(s).faults
        rules, recent = held_back.by_rule(s, number), [_held(held) for held in held_back.recent(s, number)]
    told = _form(row, now, week, faults, offered(here.rulebook).get(row.name))
    return answer({**told, "rules": rules, "recent": recent})


@router.post("/try")
async def trial(here: Here, _actor: _Stater, request: Request, body: TryBody) -> Response:
    """Tell what an exception would have held back, and of how many stored events its search is true (null: unknown).

    `same`: the number of one in force that says all of it, null for none.
    """
    wanted, past = await run_in_threadpool(_tried, here, body)
    since = here.now() - body.days * DAY
    same = await run_in_threadpool(_same, here, wanted)
    try:
        events = await while_wanted(request, here.paths, lambda: query.count(here.paths, body.query, since=since))
    except (QueryError, EngineAway):  # it was read before: the store is away, or takes too long
        events = None
    told = {"rule": wanted.rule, "site": wanted.site, "days": body.days, "events": events, "same": same}
    return answer({**told, "wide": says_nothing(read(wanted.query)), "alerts": past.as_json()})


@router.post("")
def state(here: Here, actor: _Stater, body: StateBody) -> Response:
    """Put an exception in force; give it, with what it would have held back."""
    _may_be(actor, body)
    now = here.now()
    wanted, past = _tried(here, body, actor)
    _uncontested(past, body)
    with session(here.engine) as s:
        row = exception_book.state(s, wanted, now)
        told = _form(row, now, {}, {})
    bell.ring_judges(here.paths.run)
    return answer({**told, "alerts": past.as_json()}, 201)


@router.post("/{number}/prolong")
def prolong(here: Here, actor: _Stater, number: _Number, body: ProlongBody) -> Response:
    """Give an exception a later end. Who may not state it anew may not prolong it."""
    _may_be(actor, body)
    now = here.now()
    with reading(here.engine) as s:
        row = exception_book.get(s, number)
        wanted = Wanted(row.name, row.query, actor.name, body.why, row.site, _expires(body, now), body.force)
        _uncontested(exception_trial.look(s, row.name, wanted.stated, now - LOOKED_DAYS * DAY), body)
    with session(here.engine) as s:
        told = _form(exception_book.prolong(s, number, wanted, now), now, {}, {})
    bell.ring_judges(here.paths.run)
    return answer(told)


@router.post("/{number}/close")
def close(
    here: Here, actor: Annotated[Actor, Depends(requires(Permission.ALERTS_DECIDE))], number: _Number, body: CloseBody
) -> Response:
    """Close the open alerts of the last days that an exception in force would have held back.

    For a second or two; as `/api/alerts/verdict`, to be asked again while any are `left` and some were `decided`.
    """
    alert_verdicts.require(body.verdict, body.note)
    now = here.now()
    with reading(here.engine) as s:
        row, after = exception_book.in_force(s, number, now), alert_reopenings.mark(s)
        stated = Stated(0, row.rule, row.site, row.query, 0)
        found = exception_trial.fitting(s, row.name, stated, now - LOOKED_DAYS * DAY)
    work = exception_closing.Closing(row.id, row.name, found, body.verdict, body.note)
    done = alert_verdicts.sweep(here.engine, work, actor.name, here.now, here.verdicts)
    here.hub.nudge()
    with reading(here.engine) as s:
        undo = {"after": after, "until": alert_reopenings.mark(s)}
    return answer({"decided": done.decided, "left": done.left, "undo": undo})


@router.post("/{number}/end")
def end(here: Here, actor: _Stater, number: _Number, body: EndBody) -> Response:
    """End an exception: from now on its rule alerts again."""
    now = here.now()
    with session(here.engine) as s:
        row = exception_book.end(s, number, by=actor.name, why=body.why, now=now)
        told = _form(row, now, {}, {})
    bell.ring_judges(here.paths.run)
    return answer(told)


def _may_be(actor: Actor, body: StateBody | ProlongBody) -> None:
    """Raise Forbidden for what only those who manage rules may want."""
    valid = body.valid_days
    if Permission.RULES_MANAGE not in actor.permissions and (valid is None or valid > LONGEST_DAYS or body.force):
        raise Forbidden(permission=Permission.RULES_MANAGE.value)


def _uncontested(past: Past, body: StateBody | ProlongBody) -> None:
    """Raise ExceptionContested where people found true what it would hold back, and nobody insists."""
    if past.against and not body.force:
        message = f"it would hold back alerts that people found true: {', '.join(past.against)}"
        raise ExceptionContested(message, found=past.against, count=past.contested)


def _expires(body: StateBody | ProlongBody, now: int) -> int:
    return 0 if body.valid_days is None else now + body.valid_days * DAY


def _tried(here: Services, body: TryBody, actor: Actor | None = None) -> tuple[Wanted, Past]:
    """Read what somebody wants, and look what it would have held back. Raises Refused and what the control store does.

    `actor`: who states it; without one it is only tried.
    """
    now, known = here.now(), offered(here.rulebook)
    with reading(here.engine) as s:
        named = body.rule == ANY or body.rule.startswith(OWN)
        rule = body.rule if named else find_rules(s, known, [body.rule])[0]
        site = find_site(s, body.site)
    wanted = Wanted(rule, body.query, "", "", site, 0, force=True)
    if actor is not None and isinstance(body, StateBody):
        wanted = Wanted(rule, body.query, actor.name, body.why, site, _expires(body, now), body.force)
    try:
        exception_book.check(wanted, now)
        if not (isinstance(body, StateBody) and body.force):
            exception_sense.require(body.query, read(body.query), _ground(here, rule, known))
    except QueryError as error:
        raise Refused(field="q", reason=str(error), **_with_id(here, error.params)) from None
    with reading(here.engine) as s:
        return wanted, exception_trial.look(s, rule, wanted.stated, now - body.days * DAY)


def _with_id(here: Services, params: dict[str, object]) -> dict[str, object]:
    """Add the id of the host whose name stands where an id must."""
    if params.get("refusal") != "search_host":
        return params
    with reading(here.engine) as s:
        try:
            return {**params, "value": f"{params['value']} ({hosts.find(s, str(params['value']))})"}
        except Refusal:
            return params


def _same(here: Services, wanted: Wanted) -> int | None:
    with reading(here.engine) as s:
        return exception_book.same(s, wanted, here.now()) or None


def _ground(here: Services, rule: str, known: Rules) -> Ground:
    """Give what is known of the events that a rule looks at; what is in their data the store is asked, once a name."""
    names = frozenset[str]().union(*(about.get("fields", ()) for about in known.values()))
    since = here.now() - LOOKED_DAYS * DAY

    def stored(name: str) -> bool:
        try:
            return query.count(here.paths, f"winlog.event_data.{name}:?*", since=since, kinds=("event_log",)) > 0
        except (QueryError, EngineAway):
            return False

    return Ground(exception_sense.kinds_of(known.get(rule, {}), known), names, stored)


def _form(
    row: ExceptionRow, now: int, week: Mapping[int, int], faults: Mapping[int, QueryError], rule: _Told | None = None
) -> dict[str, Any]:
    """Give an exception as the API tells it; `rule`: what is on offer under its rule's id."""
    days, rule = min(WEEK, 1 + now // DAY - row.time // DAY), rule or {}
    return {
        "id": row.id,
        "rule": row.name,
        "title": rule.get("title", ""),
        "title_vi": rule.get("title_vi") or "",
        "site": row.site,
        "query": row.query,
        "by": row.by,
        "why": row.why,
        "time": time_text(row.time),
        "expires": time_text(row.expires) if row.expires else None,
        "state": exception_book.standing(row, now),
        "fault": str(faults.get(row.id, "")),
        "fault_params": faults[row.id].params if row.id in faults else {},
        "held": row.held,
        "last": time_text(row.last) if row.last else None,
        "held_a_day": round(week.get(row.id, 0) / max(1, days), 1),
        "ended": time_text(row.ended) if row.ended else None,
        "ended_by": row.ended_by,
        "ended_why": row.ended_why,
        "prolonged": time_text(row.prolonged) if row.prolonged else None,
        "prolonged_by": row.prolonged_by,
        "prolonged_why": row.prolonged_why,
    }


def _held(row: HeldRow) -> dict[str, Any]:
    event = row.told["event"]
    about = {"summary": alert_pages.summary(event["kind"], event["fields"]), "time": time_text(event["time"])}
    return {**row.told, **about, "alert": row.number, "seen": time_text(row.seen)}
