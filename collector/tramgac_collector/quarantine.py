"""Quarantine: a host whose agent does what no agent of ours does is not heard for a while, and people are told.

Its events wait with it and come afterwards. A repeated one is longer, up to a day, and never for ever: a host that
nobody hears is blind spot enough. A person may release it earlier.
"""

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import alerts, audit, outbox
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.pairs import Both
from tramgac_collector.quarantine_schema import QuarantineRow
from tramgac_collector.quarantine_words import REASONS
from tramgac_collector.schema import HostRow

LONGER: Final = 4
"""Each quarantine is so many times as long as the one before."""
LONGEST_NS: Final = 86_400_000_000_000
FORGET_NS: Final = 7 * 86_400_000_000_000
"""After so long without one a host begins anew."""
BY: Final = "tramgac"
Active = dict[str, tuple[int, str]]
"""Hosts in quarantine: until when, and the word of the reason."""
RULE: Final = {
    "id": "tramgac:quarantine",
    "title": "Agent in quarantine",
    "title_vi": "Tạm ngừng nhận dữ liệu từ một máy",
    "level": "high",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": "What speaks in this host's name does what no agent of ours does; it is not heard for a while.",
    "description_vi": "Chương trình gửi nhân danh máy này hành xử khác mọi tác tử của ta; tạm thời không nhận.",
    "triage": [
        "Look at the machine: is it our agent that speaks (tramgac-agent doctor), or has somebody taken its key?",
        "Its key in other hands: `tramgac hosts revoke`; a fault that is mended: `tramgac hosts release`",
        "What happens on it meanwhile waits in its spool and comes after the quarantine",
    ],
    "triage_vi": [
        "Xem trực tiếp máy: có đúng là tác tử của ta đang gửi (tramgac-agent doctor), hay khoá của máy đã bị lấy?",
        "Khoá đã lọt vào tay kẻ khác: `tramgac hosts revoke`; lỗi đã khắc phục: `tramgac hosts release`",
        "Sự kiện trong lúc này nằm chờ trên máy và sẽ được gửi sau khi hết hạn tạm ngừng",
    ],
    "falsepositives": ["A disk or memory that is failing, so that the agent sends what it did not write"],
    "falsepositives_vi": ["Đĩa hoặc bộ nhớ hỏng khiến tác tử gửi dữ liệu sai"],
    "references": [],
}
"""A fact that the collector makes."""


def impose(s: Session, host: str, reason: str, detail: str, now: int, length: int) -> int:
    """Put a host into quarantine, for the first time for `length` ns; return until when. One in force stays as it is.

    `reason` is a word of REASONS, `detail` for people.
    """
    row = s.get(QuarantineRow, host, with_for_update=True)
    if row is not None and row.until > now:
        return row.until
    known = s.get(HostRow, host)
    if known is None:
        return now
    if row is None:
        row = QuarantineRow(host=host, since=0, until=0, reason="", detail="", times=0)
        s.add(row)
    row.times = row.times + 1 if now - row.since < FORGET_NS else 1
    row.since, row.until = now, now + min(length * LONGER ** min(row.times - 1, 8), LONGEST_NS)
    row.reason, row.detail = reason, detail
    s.flush()
    alerts.raise_alert(s, _detection(row), known.hostname, now)
    audit.write(s, BY, "host.quarantine", host, {"reason": reason, "until": time_text(row.until)}, now)
    outbox.add(s, "host", {"id": host}, now)
    return row.until


def release(s: Session, host: str, now: int) -> bool:
    """Let a host be heard again at once; False if it was in no quarantine."""
    row = s.get(QuarantineRow, host, with_for_update=True)
    if row is None or row.until <= now:
        return False
    row.until = now
    s.flush()
    outbox.add(s, "host", {"id": host}, now)
    return True


def active(s: Session, now: int) -> Active:
    """Return the hosts that are in quarantine."""
    rows = s.scalars(select(QuarantineRow).where(QuarantineRow.until > now))
    return {row.host: (row.until, row.reason) for row in rows}


def listed(row: QuarantineRow, now: int) -> dict[str, Any] | None:
    """Return what a listing of hosts says; None if it is over."""
    if row.until <= now:
        return None
    times = {"since": time_text(row.since), "until": time_text(row.until)}
    return {"reason": row.reason, "detail": row.detail, "times": row.times, **times}


def _detection(row: QuarantineRow) -> Detection:
    said = REASONS.get(row.reason, Both(row.reason, row.reason))
    fields = {"message": f"{said.en}: {row.detail} / {said.vi}"}
    event = EventCopy(row.host, 0, 0, row.since // 1_000_000, "quarantine", row.since, row.since, fields)
    condition = {"selection": "conduct", "field": "message", "value": row.detail, "spans": [], "negated": False}
    return Detection(RULE, "1", (event,), [{**condition, "pattern": said.en}])
