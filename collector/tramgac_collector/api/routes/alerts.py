"""`/api/alerts`: the queue, one alert, and what people decide about it."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from tramgac_proto.names import parse_time, time_text

from tramgac_collector import alert_filters, alert_reopenings, alert_verdicts, alerts, audit
from tramgac_collector.api.answers import NDJSON, answer, lines
from tramgac_collector.api.errors import Refused
from tramgac_collector.api.export import exported
from tramgac_collector.api.permissions import Actor, Permission, requires
from tramgac_collector.api.services import Here
from tramgac_collector.api.standing import offered
from tramgac_collector.api.tree import ancestry, nodes, subject
from tramgac_collector.database import reading, session
from tramgac_collector.errors import CollectorError
from tramgac_collector.events import query as events
from tramgac_collector.vocabulary import STATUSES

router: Final = APIRouter(prefix="/api/alerts", tags=["alerts"])

_Id = Annotated[str, Path(pattern="^[0-9a-f]{8,32}$", description="An alert's id, or how it begins.")]
_Reader = Annotated[Actor, Depends(requires(Permission.ALERTS_READ))]
_Decider = Annotated[Actor, Depends(requires(Permission.ALERTS_DECIDE))]
_Text = Annotated[str, Field(max_length=10_000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VerdictBody(_Body):
    """A decision. `version` is that of the row that the person saw; without it the newest is decided."""

    verdict: str = Field(max_length=32)
    note: _Text = ""
    version: int | None = None


class VerdictOnAllBody(_Body):
    """A decision about all open alerts that the filters let through.

    `until`: the `time` of the page that the person saw. What was raised, reopened or changed since is left alone.
    """

    verdict: str = Field(max_length=32)
    note: _Text = ""
    severity: str = Field(default="", max_length=100)
    host: str = Field(default="", max_length=255)
    rule: str = Field(default="", max_length=255)
    until: str = Field(min_length=1, max_length=40)


class ReopenAllBody(_Body):
    """A verdict on many alerts that is taken back: its word, and `undo` of the answers to it, the first to the last."""

    verdict: str = Field(max_length=32)
    after: int = Field(ge=0, lt=1 << 63)
    until: int = Field(ge=0, lt=1 << 63)


class NoteBody(_Body):
    """A note."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]


def _filters(
    status: Annotated[str, Query(max_length=16, description="open, closed or all.")] = "open",
    severity: Annotated[str, Query(max_length=100, description="Levels, separated by commas.")] = "",
    host: Annotated[str, Query(max_length=255)] = "",
    rule: Annotated[str, Query(max_length=255)] = "",
    until: Annotated[str, Query(max_length=40, description="None that was raised later than this.")] = "",
) -> alerts.Filters:
    if status not in STATUSES:
        raise Refused(field="status", value=status, allowed=STATUSES)
    return alerts.Filters(status, _levels(severity), host, rule, _until(until) if until else None)


def _levels(severity: str) -> tuple[str, ...]:
    levels = tuple(filter(None, severity.split(",")))
    if unknown := set(levels) - set(alerts.LEVELS):
        raise Refused(field="severity", value=min(unknown), allowed=alerts.LEVELS)
    return levels


def _until(text: str) -> int:
    try:
        return parse_time(text)
    except ValueError as error:
        raise Refused(field="until", reason=str(error)) from None


def _mark(here: Here) -> int:
    with reading(here.engine) as s:
        return alert_reopenings.mark(s)


_Filters = Annotated[alerts.Filters, Depends(_filters)]
_Known = Annotated[bool, Query(description="Refuse a host or a rule that there is none of.")]


def _resolved(here: Here, filters: alerts.Filters) -> alerts.Filters:
    """Hold filters against what there is. Raises HostUnknown, RuleUnknown, RuleAmbiguous."""
    with reading(here.engine) as s:
        return alert_filters.resolved(s, filters, offered(here.rulebook))


@router.get("")
def page(
    here: Here,
    _actor: _Reader,
    filters: _Filters,
    cursor: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    *,
    known: _Known = False,
) -> Response:
    """Give a page of the queue, newest first, and when it was looked at."""
    now, filters = here.now(), _resolved(here, filters) if known else filters
    with reading(here.engine) as s:
        try:
            found = alerts.page(s, filters, cursor or None, limit)
        except ValueError:
            raise Refused(field="cursor") from None
    return answer({"items": found.items, "next": found.next, "total": found.total, "time": time_text(now)})


@router.get("/export")
def export(
    here: Here,
    _actor: _Reader,
    filters: _Filters,
    limit: Annotated[int, Query(ge=1, le=1_000_000)] = 1_000,
    *,
    known: _Known = False,
) -> Response:
    """Give alerts with rule, events' ids and why, newest first, one JSON object a line."""
    filters = _resolved(here, filters) if known else filters
    return StreamingResponse(lines(exported(here.engine, filters, limit)), media_type=NDJSON)


@router.get("/{alert}")
def detail(here: Here, _actor: _Reader, alert: _Id) -> Response:
    """Give all that is known of one alert."""
    with reading(here.engine) as s:
        found = alerts.detail(s, alerts.find(s, alert))
    text = here.rulebook.source(found["rule"]["id"], found["rule"]["version"])
    return answer(found if text is None else {**found, "rule": {**found["rule"], "source_text": text}})


@router.get("/{alert}/tree")
def tree(here: Here, _actor: _Reader, alert: _Id) -> Response:
    """Give the processes around an alert; what its events say by themselves while the store does not answer."""
    with reading(here.engine) as s:
        copies: list[dict[str, Any]] = alerts.detail(s, alerts.find(s, alert))["events"]
    told = ancestry(copies)
    about = subject(copies)
    complete = about is None
    if about is not None:
        try:
            told = nodes(events.process_tree(here.paths, *about), copies)
            complete = True
        except CollectorError:  # the store is away: the events' own ancestry is shown
            complete = False
    return answer({"nodes": told, "complete": complete})


@router.post("/verdict")
def verdict_on_all(here: Here, actor: _Decider, body: VerdictOnAllBody) -> Response:
    """Close open alerts with one verdict, the oldest first, for a second or two; gives how many, and what is left.

    Whoever asks does so again while any are `left` (no more than 10,000 are counted) and some were `decided`.
    """
    asked = alerts.Filters("open", _levels(body.severity), body.host, body.rule, _until(body.until))
    order = alert_verdicts.Order(_resolved(here, asked), body.verdict, body.note)
    after = _mark(here)
    done = alert_verdicts.decide_all(here.engine, order, actor.name, here.now, here.verdicts)
    here.hub.nudge()
    told = {"decided": done.decided, "left": done.left, "changed": done.changed}
    return answer({**told, "undo": {"after": after, "until": _mark(here)}})


@router.post("/verdict/undo")
def reopen_all(here: Here, actor: _Decider, body: ReopenAllBody) -> Response:
    """Open again what one's own verdict on all closed, for a second or two; gives how many, and what is left.

    What somebody did anything to since stays as it is: `changed`. To be asked again as a verdict on all is.
    """
    work = alert_reopenings.Reopening(actor.name, body.verdict, body.after, body.until)
    done = alert_verdicts.sweep(here.engine, work, actor.name, here.now, here.verdicts)
    here.hub.nudge()
    return answer({"reopened": done.decided, "left": done.left, "changed": done.changed})


@router.post("/{alert}/verdict")
def verdict(here: Here, actor: _Decider, alert: _Id, body: VerdictBody) -> Response:
    """Close an alert with a verdict; gives its row."""
    with session(here.engine) as s:
        found = alerts.find(s, alert)
        row = alerts.decide(s, found, body.verdict, body.note, actor.name, here.now(), version=body.version)
        audit.write(s, actor.name, "alert.verdict", found, {"verdict": body.verdict}, here.now())
    here.hub.nudge()
    return answer(row)


@router.post("/{alert}/reopen")
def reopen(here: Here, actor: _Decider, alert: _Id) -> Response:
    """Open an alert again; gives its row."""
    with session(here.engine) as s:
        row = alerts.reopen(s, alerts.find(s, alert), actor.name, here.now())
        audit.write(s, actor.name, "alert.reopen", row["id"], {}, here.now())
    here.hub.nudge()
    return answer(row)


@router.post("/{alert}/notes")
def note(here: Here, actor: _Decider, alert: _Id, body: NoteBody) -> Response:
    """Add a note; gives the alert's row."""
    with session(here.engine) as s:
        row = alerts.note(s, alerts.find(s, alert), body.text, actor.name, here.now())
        audit.write(s, actor.name, "alert.note", row["id"], {}, here.now())
    here.hub.nudge()
    return answer(row)
