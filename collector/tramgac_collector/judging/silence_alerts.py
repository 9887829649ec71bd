"""Alerts of silent hosts: one host's, or one story for many."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import alerts
from tramgac_collector.alerts import Detection, EventCopy, alert_id
from tramgac_collector.schema import AlertRow, HostRow

BY = "tramgac"
"""Who writes the notes."""
MAX_NAMED = 200
"""Hosts of one alert that it holds one by one; all are counted."""
_SOME = 10
_MINUTE = 60_000_000_000


def tell(s: Session, rule: Mapping[str, Any], rows: Sequence[HostRow], now: int) -> None:
    """Raise one alert for hosts of one site that fell silent; `silent` of each says since when."""
    events = tuple(_event(row, now) for row in rows[:MAX_NAMED])
    hostname = rows[0].hostname if len(rows) == 1 else f"{rows[0].hostname} +{len(rows) - 1}"
    alerts.raise_alert(s, Detection(rule, "1", events, _why(rows)), hostname, now)
    number = alert_id(str(rule["id"]), [event.text for event in events])
    for row in rows:
        row.silence_alert = number


def join(s: Session, alert: str, rows: Sequence[HostRow], now: int) -> None:
    """Add hosts to the story of a site that is dark already."""
    for row in rows:
        row.silence_alert = alert
    names = ", ".join(row.hostname for row in rows[:_SOME]) + (", ..." if len(rows) > _SOME else "")
    alerts.note(s, alert, f"{len(rows)} more / thêm {len(rows)} máy: {names}", BY, now)


def over(s: Session, alert: str, length: int) -> str:
    """Return the note for a silence of `length` ns whose last host is back."""
    minutes, hosts = length // _MINUTE, len(s.get_one(AlertRow, alert).events)
    if hosts == 1:
        return f"The host speaks again; it was silent for {minutes} min. / Máy gửi dữ liệu trở lại sau {minutes} phút."
    english = f"All hosts speak again, the last after {minutes} min."
    return f"{english} / Tất cả các máy gửi dữ liệu trở lại, máy cuối cùng sau {minutes} phút."


def _event(row: HostRow, now: int) -> EventCopy:
    """Give what stands for the event that did not come; its id is the host's and the time's, one a silence."""
    since = row.silent or 0
    ended = "its stream is open" if row.connected else "its stream ended"
    fields = {"host.name": row.hostname, "message": f"last heard at {time_text(since)}; {ended}"}
    return EventCopy(row.id, 0, 0, since // 1_000_000, "silence", since, now, fields)


def _why(rows: Sequence[HostRow]) -> list[dict[str, Any]]:
    first = min(row.silent or 0 for row in rows)
    condition = {"selection": "silence", "field": "last_seen", "value": time_text(first), "spans": [], "negated": False}
    said = "nothing since, and no last words"
    return [{**condition, "pattern": said if len(rows) == 1 else f"{len(rows)} hosts of site '{rows[0].site}': {said}"}]
