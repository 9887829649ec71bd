"""Alerts as the console and the command line see them: rows, pages, details."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector.schema import AlertRow, HistoryRow, NoteRow

_BEGINNING = re.compile(r"[0-9a-f]{8,31}")
"""How a host's id may begin where the whole is meant, as in `hosts.find`."""

ROW = (
    "id", "title", "title_vi", "level", "rule_id", "host", "hostname", "user", "time", "created", "status", "stage",
    "verdict", "tags", "summary", "version",
)  # fmt: skip
"""The columns that a row needs: the others are long."""

SHORTEST = 8
"""Characters of a rule's id that are enough, as in `rule_lookup`."""

SUMMARY = 500
"""Longest summary, characters."""

ABOUT = ("process.command_line", "file.path", "destination.ip", "message", "process.executable", "winlog.channel")
"""What an alert is about: the first of these fields that its event has; a file's path first for events of files."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a page of alerts is to hold. Empty means all; `status` is open, closed or all.

    `host` is an id, the first 8 digits of one or more, or a name, which several hosts may have. `until`: none that
    was raised later, nanoseconds since 1970.
    """

    status: str = "all"
    levels: Sequence[str] = ()
    host: str = ""
    rule: str = ""
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the cursor of the next page (None at the end), and how many rows all pages hold."""

    items: list[dict[str, Any]]
    next: str | None
    total: int


def row(alert: AlertRow | Row[Any]) -> dict[str, Any]:
    """Return an alert's row (AlertRow of the API) from its columns ROW: JSON-able, times as RFC 3339 text."""
    return {
        "id": alert.id,
        "title": alert.title,
        "title_vi": alert.title_vi,
        "level": alert.level,
        "rule": alert.rule_id,
        "host": alert.host,
        "hostname": alert.hostname,
        "user": alert.user,
        "time": time_text(alert.time),
        "created": time_text(alert.created),
        "status": alert.status,
        "stage": alert.stage,
        "verdict": alert.verdict,
        "tags": alert.tags,
        "summary": alert.summary,
        "version": alert.version,
    }


def page(s: Session, filters: Filters, cursor: str | None, limit: int) -> Page:
    """Return a page of alerts, newest created first. ValueError if the cursor is none of ours."""
    conditions = wanted(filters)
    query = select(AlertRow).where(*conditions).order_by(AlertRow.created.desc(), AlertRow.id.desc())
    found = s.scalars(_from(query, cursor).limit(limit + 1)).all()
    total = s.scalar(select(func.count()).select_from(AlertRow).where(*conditions)) or 0
    items = found[:limit]
    more = f"{items[-1].created}.{items[-1].id}" if len(found) > limit and items else None
    return Page([row(alert) for alert in items], more, total)


def wanted(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions of alerts that `filters` let through."""
    conditions: list[ColumnElement[bool]] = []
    if filters.status != "all":
        conditions.append(AlertRow.status == filters.status)
    if filters.levels:
        conditions.append(AlertRow.level.in_(filters.levels))
    if filters.host:
        meant = [AlertRow.host == filters.host, AlertRow.hostname == filters.host]
        if _BEGINNING.fullmatch(filters.host):
            meant.append(AlertRow.host.between(filters.host, filters.host + "g"))  # g follows every digit
        conditions.append(or_(*meant))
    if filters.rule:
        of_rule = [AlertRow.rule_id == filters.rule]
        if len(filters.rule) >= SHORTEST:
            of_rule.append(AlertRow.rule_id.startswith(filters.rule, autoescape=True))
        conditions.append(or_(*of_rule))
    if filters.until is not None:
        conditions.append(AlertRow.created <= filters.until)
    return conditions


def _from(query: Select[AlertRow], cursor: str | None) -> Select[AlertRow]:
    if cursor is None:
        return query
    created, _, number = cursor.partition(".")
    if not (created.isascii() and created.isdigit() and number.isalnum()):
        message = f"{cursor[:60]!r} is not where a page of alerts begins; start without a cursor"
        raise ValueError(message)
    time = int(created)
    return query.where(or_(AlertRow.created < time, and_(AlertRow.created == time, AlertRow.id < number)))


def detail(s: Session, alert: AlertRow) -> dict[str, Any]:
    """Return an alert's row with its rule, why, events, notes, history and latency (receipt to alert, ms)."""
    notes = s.scalars(select(NoteRow).where(NoteRow.alert == alert.id).order_by(NoteRow.id))
    history = s.scalars(select(HistoryRow).where(HistoryRow.alert == alert.id).order_by(HistoryRow.id))
    return {
        **row(alert),
        "rule": {**alert.rule, "version": alert.rule_version},
        "why": alert.why,
        "events": [_event(event) for event in alert.events],
        "notes": [{"by": note.by, "time": time_text(note.time), "text": note.text} for note in notes],
        "history": [_step(step) for step in history],
        "latency_ms": latency_ms(alert),
    }


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {**event, "time": time_text(event["time"]), "received": time_text(event["received"])}


def _step(step: HistoryRow) -> dict[str, Any]:
    return {"by": step.by, "time": time_text(step.time), "action": step.action, "verdict": step.verdict}


def latency_ms(alert: AlertRow) -> int:
    """Return how long it took from the last event's time to the alert, milliseconds."""
    last: int = max(event["time"] for event in alert.events)
    return max(0, alert.created - last) // 1_000_000


def summary(kind: str, fields: Mapping[str, Any]) -> str:
    """Return what an event is about in one line."""
    names = ("file.path", *ABOUT) if kind.startswith(("file_", "scan_")) else ABOUT
    return next((str(fields[name])[:SUMMARY] for name in names if fields.get(name)), "")
