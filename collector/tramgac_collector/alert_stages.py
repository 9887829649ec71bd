"""Alerts that may still change: those of correlations, whose events can come in any order and late.

One is provisional as soon as it fires, and confirmed, amended or withdrawn when all that may change it is there.
What a person decided meanwhile stays.
"""

from sqlalchemy.orm import Session

from tramgac_collector import alert_pages, alerts, outbox
from tramgac_collector.alerts import Detection
from tramgac_collector.columns import clean_document
from tramgac_collector.schema import AlertRow, HistoryRow, NoteRow

BY = "tramgac"
"""Who writes that an alert changed."""
_MAY_CHANGE = ("time", "received", "host", "hostname", "user", "summary", "why", "events")
_INSTEAD = (
    "Events that came later changed what happened: see alert {other} in its place. / "
    "Có sự kiện đến muộn: kết quả đúng là cảnh báo {other}."
)
_GONE = "Events that came later changed what happened: this did not. / Có sự kiện đến muộn: điều này đã không xảy ra."


def put(s: Session, detection: Detection, hostname: str, now: int, *, final: bool) -> bool:
    """Write the alert of a detection as it is now; True if it is new. One that is confirmed stays so."""
    stage = "confirmed" if final else "provisional"
    row = s.get(AlertRow, detection.number)
    if row is None:
        return alerts.raise_alert(s, detection, hostname, now, stage=stage)
    if not final and row.stage != "withdrawn":
        return False
    told = clean_document(alerts.columns(detection, hostname))
    changed = [name for name in _MAY_CHANGE if getattr(row, name) != told[name]]
    if not changed and row.stage == stage:
        return False
    for name in changed:
        setattr(row, name, told[name])
    if row.stage == "withdrawn" and row.verdict is None:
        row.status = "open"
    row.stage = stage
    _tell(s, row, "amended" if changed else stage, now)
    return False


def withdraw(s: Session, number: str, instead: str, now: int) -> bool:
    """Close an alert that did not come true, unless a person has; `instead`: the alert in its place, "" for none."""
    row = s.get(AlertRow, number)
    if row is None or row.stage == "withdrawn":
        return False
    row.stage, row.status = "withdrawn", "closed"
    text = _INSTEAD.format(other=instead) if instead else _GONE
    s.add(NoteRow(alert=number, time=now, by=BY, text=text))
    _tell(s, row, "withdrawn", now)
    return True


def _tell(s: Session, row: AlertRow, action: str, now: int) -> None:
    s.add(HistoryRow(alert=row.id, time=now, by=BY, action=action))
    s.flush()
    outbox.add(s, "alert_changed", alert_pages.row(row), now)
