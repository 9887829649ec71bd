"""Alerts: raised once, decided by people, never forgotten.

An alert's id is a hash of its rule and its events: the same detection, however often it is made, is one alert.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from tramgac_collector import alert_pages, alert_verdicts, outbox
from tramgac_collector.alert_pages import Filters, Page
from tramgac_collector.columns import clean
from tramgac_collector.database import insert_new
from tramgac_collector.refusals import AlertAmbiguous, AlertChanged, AlertUnknown
from tramgac_collector.schema import AlertRow, Base, HistoryRow, NoteRow
from tramgac_collector.vocabulary import LEVELS, VERDICTS

__all__ = [
    "LEVELS",
    "VERDICTS",
    "Detection",
    "EventCopy",
    "Filters",
    "Page",
    "alert_id",
    "columns",
    "decide",
    "detail",
    "find",
    "note",
    "page",
    "raise_alert",
    "reopen",
]

_SOME = 5  # of several alerts that were meant so many are named


@dataclass(frozen=True, slots=True)
class EventCopy:
    """One event of a detection: its id, when it happened and was received (ns), and its ECS fields."""

    host: str
    epoch: int
    lane: int
    sequence: int
    kind: str
    time: int
    received: int
    fields: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The event's id as text: HOST/EPOCH/LANE/SEQUENCE."""
        return f"{self.host}/{self.epoch:016x}/{self.lane}/{self.sequence}"

    def as_json(self) -> dict[str, Any]:
        """Return the form that alerts and sightings keep."""
        where = {"host": self.host, "epoch": f"{self.epoch:016x}", "lane": self.lane, "sequence": self.sequence}
        times = {"time": self.time, "received": self.received}
        return {"id": where, "kind": self.kind, **times, "fields": dict(self.fields)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "EventCopy":
        """Return what `as_json` wrote."""
        where = told["id"]
        return cls(
            host=where["host"],
            epoch=int(where["epoch"], 16),
            lane=where["lane"],
            sequence=where["sequence"],
            kind=told["kind"],
            time=told["time"],
            received=told["received"],
            fields=told["fields"],
        )


@dataclass(frozen=True, slots=True)
class Detection:
    """The fact that events met a rule.

    `rule` holds id, title, title_vi, description, description_vi, level, tags, falsepositives, references, triage;
    `version` names its text; `why` is a list of {"selection", "field", "value", "pattern", "spans", "negated"}.
    A correlation says its own `id`, since its events may still change, and its `time`, that of its last event.
    """

    rule: Mapping[str, Any]
    version: str
    events: Sequence[EventCopy]
    why: Sequence[Mapping[str, Any]] = field(default=())
    id: str = ""
    time: int | None = None

    @property
    def number(self) -> str:
        """The id of its alert."""
        return self.id or alert_id(str(self.rule["id"]), (event.text for event in self.events))


_RAISED = insert(Base.metadata.tables["alert_history"])


def alert_id(rule_id: str, events: Iterable[str]) -> str:
    """Return the id of the alert of a rule and the texts of its events, in whatever order they are given."""
    told = "\n".join([rule_id, *sorted(events)])
    return hashlib.sha256(clean(told).encode()).hexdigest()[:32]


def raise_alert(s: Session, detection: Detection, hostname: str, now: int, *, stage: str = "confirmed") -> bool:
    """Write the alert of a detection and its outbox row; False if it was there, whatever became of it since.

    `stage`: "provisional" for one that events which are still to come may change (alert_stages.py).
    """
    number, action = detection.number, "raised" if stage == "confirmed" else stage
    values = {**columns(detection, hostname), "id": number, "created": now, "stage": stage}
    if not insert_new(s, AlertRow, values):
        return False
    s.execute(_RAISED, {"alert": number, "time": now, "by": "", "action": action})
    outbox.add(s, "alert", alert_pages.row(AlertRow(**values)), now)
    return True


def page(s: Session, filters: Filters, cursor: str | None, limit: int = 100) -> Page:
    """Return up to `limit` alerts that `filters` let through, newest first, and where the next page begins."""
    return alert_pages.page(s, filters, cursor, limit)


def find(s: Session, start: str) -> str:
    """Return the id of the one alert whose id begins so. Raises AlertUnknown, AlertAmbiguous."""
    query = select(AlertRow.id).where(AlertRow.id.between(start, start + "g"))  # g follows every hexadecimal digit
    found = s.scalars(query.order_by(AlertRow.id).limit(_SOME)).all()
    if not found:
        message = f"there is no alert {start!r}; `tramgac alerts` lists them"
        raise AlertUnknown(message, id=start)
    if len(found) > 1:
        message = f"more than one alert begins with {start!r}: {', '.join(found)}; give more of the id"
        raise AlertAmbiguous(message, id=start, found=found)
    return found[0]


def detail(s: Session, number: str) -> dict[str, Any]:
    """Return all that is known of one alert. Raises AlertUnknown."""
    return alert_pages.detail(s, _get(s, number))


def decide(
    s: Session, number: str, verdict: str, text: str, user: str, now: int, *, version: int | None = None
) -> dict[str, Any]:
    """Close an alert with a verdict, and a note unless `text` is empty; return its row.

    With `version` it is refused when someone else changed the alert since. Raises AlertUnknown, VerdictUnknown,
    ReasonMissing for a verdict that says nothing without a note, AlertChanged.
    """
    alert_verdicts.require(verdict, text)
    row = _get(s, number, version)
    row.status, row.verdict = "closed", verdict
    told = _flush(s, row)
    alert_verdicts.record(s, [told], text, user, now)
    return told


def reopen(s: Session, number: str, user: str, now: int, *, version: int | None = None) -> dict[str, Any]:
    """Open an alert again, without a verdict; its history keeps the old one. Raises AlertUnknown, AlertChanged."""
    row = _get(s, number, version)
    if row.status == "closed":
        row.status, row.verdict = "open", None
        s.add(HistoryRow(alert=number, time=now, by=user, action="reopened"))
    return _store(s, row, now)


def note(s: Session, number: str, text: str, user: str, now: int) -> dict[str, Any]:
    """Add a note to an alert; return its row. Raises AlertUnknown."""
    row = _get(s, number)
    s.add(NoteRow(alert=number, time=now, by=user, text=text))
    return _store(s, row, now)


def columns(detection: Detection, hostname: str) -> dict[str, Any]:
    """Return what a new alert's columns are but its id: its first event in time says host, user, what it is about."""
    events = sorted(detection.events, key=lambda event: (event.time, event.text))
    first, rule = events[0], detection.rule
    level = str(rule.get("level") or "medium")
    return {
        "rule_id": str(rule["id"]),
        "rule_version": detection.version,
        "rule": dict(rule),
        "title": str(rule["title"]),
        "title_vi": str(rule.get("title_vi") or ""),
        "level": level if level in LEVELS else "medium",
        "tags": [str(tag) for tag in rule.get("tags", ())],
        "host": first.host,
        "hostname": hostname,
        "user": str(first.fields.get("user.name", "")),
        "summary": alert_pages.summary(first.kind, first.fields),
        "time": first.time if detection.time is None else detection.time,
        "received": max(event.received for event in events),
        "status": "open",
        "verdict": None,
        "version": 1,
        "why": [dict(condition) for condition in detection.why],
        "events": [event.as_json() for event in events],
    }


def _get(s: Session, number: str, version: int | None = None) -> AlertRow:
    row = s.get(AlertRow, number)
    if row is None:
        message = f"there is no alert {number!r}"
        raise AlertUnknown(message, id=number)
    if version is not None and row.version != version:
        message = f"alert {number} was changed by someone else; look at it again"
        raise AlertChanged(message, id=number)
    return row


def _store(s: Session, row: AlertRow, now: int) -> dict[str, Any]:
    told = _flush(s, row)
    outbox.add(s, "alert_changed", told, now)
    return told


def _flush(s: Session, row: AlertRow) -> dict[str, Any]:
    try:
        s.flush()
    except StaleDataError as error:
        message = f"alert {row.id} was changed by someone else; look at it again"
        raise AlertChanged(message, id=row.id) from error
    return alert_pages.row(row)
