"""A verdict on many alerts, taken back by whoever gave it. Where somebody did anything since, it stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, exists, func, insert, select
from sqlalchemy.orm import Session

from tramgac_collector import alert_verdicts, outbox
from tramgac_collector.schema import AlertRow, Base, HistoryRow

_HISTORY = insert(Base.metadata.tables["alert_history"])


def mark(s: Session) -> int:
    """Return the number of the last step of any alert's history: between two marks lies what was done meanwhile."""
    return s.scalar(select(func.max(HistoryRow.id))) or 0


@dataclass(frozen=True, slots=True)
class Reopening:
    """Alerts that a person closed with a verdict between two marks."""

    by: str
    verdict: str
    after: int
    until: int
    action: ClassVar[str] = "alert.reopen_all"

    @property
    def object(self) -> str:
        """What it is about, for the audit trail."""
        return f"verdict:{self.verdict}"

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {"verdict": self.verdict, "after": self.after, "until": self.until}

    def wanted(self) -> list[ColumnElement[bool]]:
        """Tell of an alert whether it was closed so, and still is."""
        meanwhile = (HistoryRow.id > self.after, HistoryRow.id <= self.until)
        theirs = (HistoryRow.by == self.by, HistoryRow.action == "decided", HistoryRow.verdict == self.verdict)
        closed = select(HistoryRow.alert).where(*meanwhile, *theirs)
        # Only a closed one has a verdict: to ask for the status too would lead through all that were ever closed.
        return [AlertRow.id.in_(closed), AlertRow.verdict == self.verdict]

    def changed(self) -> ColumnElement[bool]:
        """Tell of an alert whether something was done to it since."""
        return exists().where(HistoryRow.alert == AlertRow.id, HistoryRow.id > self.until)

    def change(self, s: Session, rows: Sequence[Mapping[str, Any]], user: str, now: int) -> None:
        """Open them again; their history keeps the verdict."""
        s.execute(_HISTORY, [{"alert": row["id"], "time": now, "by": user, "action": "reopened"} for row in rows])
        outbox.add_many(s, "alert_changed", alert_verdicts.write(s, rows, status="open", verdict=None), now)
