"""The open alerts that an exception would have held back, closed with one verdict: they are as harmless as the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Session

from tramgac_collector import alert_verdicts
from tramgac_collector.schema import AlertRow


@dataclass(frozen=True, slots=True)
class Closing:
    """One verdict on these alerts, as far as they are open yet."""

    exception: int
    rule: str
    alerts: Sequence[str]
    verdict: str
    note: str
    action: ClassVar[str] = "exception.close"

    @property
    def object(self) -> str:
        """What it is about, for the audit trail."""
        return self.rule

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit trail keeps of it."""
        return {"exception": self.exception, "verdict": self.verdict}

    def wanted(self) -> list[ColumnElement[bool]]:
        """Tell of an alert whether it gets the verdict."""
        return [AlertRow.id.in_(self.alerts), AlertRow.status == "open"]

    def changed(self) -> ColumnElement[bool]:
        """Tell of an alert that it is to be left alone: of none, they were looked up a moment ago."""
        return false()

    def change(self, s: Session, rows: Sequence[Mapping[str, Any]], user: str, now: int) -> None:
        """Close them."""
        closed = alert_verdicts.write(s, rows, status="closed", verdict=self.verdict)
        alert_verdicts.record(s, closed, self.note, user, now)
