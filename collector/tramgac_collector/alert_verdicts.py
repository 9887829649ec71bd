"""Verdicts: of one alert, and of all that a filter lets through.

Of many alerts some are decided in one transaction, and between two of these others have a turn: no writer waits
longer for it than for any other. What somebody else changed since the person looked is left alone.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from sqlalchemy import ColumnElement, Engine, exists, func, insert, select, update
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import alert_pages, audit, outbox
from tramgac_collector.alert_pages import Filters
from tramgac_collector.database import reading, session
from tramgac_collector.refusals import ReasonMissing, VerdictUnknown
from tramgac_collector.schema import AlertRow, Base, HistoryRow
from tramgac_collector.vocabulary import REASONED, VERDICTS

AIM_S = 0.01
"""How long one transaction is to hold the control store: less than half of the 50 ms allowed, for disks stumble."""
AT_FIRST, FEWEST, MOST = 50, 10, 500
"""Alerts in the first transaction, and in those that follow, as many as the aim allows."""
FOR_S = 1.5
"""How long one call works, seconds."""
COUNTED = 10_000
"""So many of those that stay open are counted: to count them all costs more than to decide some hundred."""
PAUSE = 3.0
"""How long the control store and the disk are left to others after each transaction, times what that took."""
_LOOK = 2_000
"""Alerts that are looked up together, before any transaction."""
# Below the ORM: an alert's events are many times its row.
_ALERTS = Base.metadata.tables["alerts"]
_ROW = [getattr(AlertRow, name) for name in alert_pages.ROW]
_HISTORY = insert(Base.metadata.tables["alert_history"])
_NOTES = insert(Base.metadata.tables["alert_notes"])


class Work(Protocol):
    """What is done to many alerts, some at a time."""

    action: ClassVar[str]
    """Its name in the audit trail."""

    @property
    def object(self) -> str:
        """What it is about, for the audit trail."""

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""

    def wanted(self) -> list[ColumnElement[bool]]:
        """Tell of an alert whether it is to be done to it."""

    def changed(self) -> ColumnElement[bool]:
        """Tell of an alert whether something else was done to it since the person looked: it is left alone."""

    def change(self, s: Session, rows: Sequence[Mapping[str, Any]], user: str, now: int) -> None:
        """Do it to alerts that are as these rows say."""


@dataclass(frozen=True, slots=True)
class Order:
    """One verdict for all open alerts that `filters` let through, its `until` being when the person looked."""

    filters: Filters
    verdict: str
    note: str
    action: ClassVar[str] = "alert.verdict_all"

    @property
    def object(self) -> str:
        """What it is about, for the audit trail: the filters that are given, `*` for every alert."""
        asked = self.filters
        given = {"rule": asked.rule, "host": asked.host, "severity": ",".join(asked.levels)}
        return " ".join(f"{name}:{value}" for name, value in given.items() if value) or "*"

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        asked = self.filters
        shown = {"severity": ",".join(asked.levels), "host": asked.host, "rule": asked.rule}
        return {"verdict": self.verdict, **shown, "until": time_text(asked.until or 0)}

    def wanted(self) -> list[ColumnElement[bool]]:
        """Tell of an alert whether it gets the verdict."""
        return alert_pages.wanted(replace(self.filters, status="open"))

    def changed(self) -> ColumnElement[bool]:
        """Tell of an alert whether something was done to it since the person looked: reopened, amended."""
        return exists().where(HistoryRow.alert == AlertRow.id, HistoryRow.time > self.filters.until)

    def change(self, s: Session, rows: Sequence[Mapping[str, Any]], user: str, now: int) -> None:
        """Close them."""
        record(s, write(s, rows, status="closed", verdict=self.verdict), self.note, user, now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call decided, how many are left for the next, and how many that stay open for others changed them.

    No more than COUNTED are left, and where there may be more, who changed what is not looked at yet.
    """

    decided: int
    left: int
    changed: int


def require(verdict: str, text: str) -> None:
    """Raise VerdictUnknown, or ReasonMissing for a verdict that says nothing without a note."""
    if verdict not in VERDICTS:
        message = f"{verdict!r} is no verdict; the words are {', '.join(VERDICTS)}"
        raise VerdictUnknown(message, field="verdict", value=verdict, allowed=VERDICTS)
    if verdict in REASONED and not text.strip():
        message = f"{verdict!r} needs a reason for the next person who meets this alert, as its note"
        raise ReasonMissing(message, verdict=verdict)


def record(s: Session, rows: Sequence[Mapping[str, Any]], text: str, user: str, now: int) -> None:
    """Write what goes with a verdict, for alerts that have it now: history, note unless `text` is empty, outbox."""
    steps = {"time": now, "by": user, "action": "decided"}
    s.execute(_HISTORY, [{"alert": row["id"], "verdict": row["verdict"], **steps} for row in rows])
    if text:
        s.execute(_NOTES, [{"alert": row["id"], "time": now, "by": user, "text": text} for row in rows])
    outbox.add_many(s, "alert_changed", rows, now)


def decide_all(
    engine: Engine,
    order: Order,
    user: str,
    clock: Callable[[], int],
    turn: AbstractContextManager[Any],
    for_s: float = FOR_S,
) -> Outcome:
    """Close alerts with a verdict, the oldest first, for so many seconds; say what was done and what is left.

    `turn` is held for each transaction and the pause after it, so that several calls at once are no more of a
    burden than one. One audit row tells of the call, also of one that fails. Raises VerdictUnknown, ReasonMissing.
    """
    require(order.verdict, order.note)
    return sweep(engine, order, user, clock, turn, for_s)


def sweep(
    engine: Engine,
    work: Work,
    user: str,
    clock: Callable[[], int],
    turn: AbstractContextManager[Any],
    for_s: float = FOR_S,
) -> Outcome:
    """Do some work for so many seconds, as `decide_all`."""
    end, decided, size = time.monotonic() + for_s, 0, AT_FIRST
    try:
        while time.monotonic() < end and (seen := _next(engine, work)):
            before, at = decided, 0
            while at < len(seen) and (at == 0 or time.monotonic() < end):  # however long it took to look them up
                with turn:
                    some, held_s = _block(engine, work, seen[at : at + size], user, clock())
                    time.sleep(PAUSE * held_s)
                decided, at = decided + some, at + size
                size = max(FEWEST, min(MOST, 2 * size, int(size * AIM_S / held_s)))
            if decided == before:  # others hold them all
                break
    finally:
        with session(engine) as s:
            audit.write(s, user, work.action, work.object, {**work.detail, "decided": decided}, clock())
    with reading(engine) as s:
        left = _count(s, work, ~work.changed())
        return Outcome(decided, left, _count(s, work, work.changed()) if left < COUNTED else 0)


def write(s: Session, rows: Sequence[Mapping[str, Any]], **values: Any) -> list[dict[str, Any]]:
    """Give alerts other values; return their rows as they are then."""
    query = update(_ALERTS).where(_ALERTS.c.id.in_([row["id"] for row in rows]))
    s.execute(query.values(**values, version=_ALERTS.c.version + 1))
    return [{**row, **values, "version": row["version"] + 1} for row in rows]


def _next(engine: Engine, work: Work) -> list[dict[str, Any]]:
    """Give the rows of the oldest alerts that it is still to be done to."""
    query = select(*_ROW).where(*work.wanted(), ~work.changed())
    with reading(engine) as s:
        found = s.execute(query.order_by(AlertRow.created, AlertRow.id).limit(_LOOK))
        return [alert_pages.row(each) for each in found]


def _count(s: Session, work: Work, also: ColumnElement[bool]) -> int:
    found = select(AlertRow.id).where(*work.wanted(), also).limit(COUNTED).subquery()
    return s.scalar(select(func.count()).select_from(found)) or 0


def _block(engine: Engine, work: Work, seen: Sequence[Mapping[str, Any]], user: str, now: int) -> tuple[int, float]:
    """Do it to those that are as they were; how many, and for how many seconds others had to wait."""
    with session(engine) as s:
        # The judge takes a number and then changes alerts. Here too the number comes first and no alert is waited
        # for: neither can stand in the other's way for good.
        outbox.next_number(s, "outbox", 0)
        began = time.monotonic()
        query = select(AlertRow.id, AlertRow.version).where(AlertRow.id.in_([row["id"] for row in seen]))
        now_there = {row.id: row.version for row in s.execute(query.with_for_update(skip_locked=True))}
        ours = [row for row in seen if now_there.get(row["id"]) == row["version"]]
        if ours:
            work.change(s, ours, user, now)
    return len(ours), time.monotonic() - began
