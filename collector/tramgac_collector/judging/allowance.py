"""How much one host may make of alerts and of files that are new to us, a day: beyond it, it is counted and told once.

By rule, so that a flood of one hides nothing of another. The day is the collector's own, UTC. Which alerts are the
first of a day depends on what came first: beyond the limit, and only there, order matters.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tramgac_collector import alerts
from tramgac_collector.alerts import Detection, EventCopy
from tramgac_collector.schema import AlertRow

DAY_NS: Final = 86_400_000_000_000
MORE: Final[dict[str, Any]] = {
    "id": "tramgac:more-alerts",
    "title": "A rule is met by one host more often than anybody can read",
    "title_vi": "Một luật khớp trên một máy nhiều đến mức không thể đọc hết",
    "level": "medium",
    "tags": [],
    "description": "More matches of the rule on this host are counted today and raise no alert; all events are stored.",
    "description_vi": "Hôm nay các lần khớp tiếp theo của luật này chỉ được đếm; mọi sự kiện vẫn được lưu.",
    "triage": [
        "Is it one attack that makes them all (files encrypted, passwords guessed), or a program of everyday?",
        "For a program of everyday: `tramgac rules state RULE watch`, or a filter",
        "`tramgac rules list` says how often it was met; `tramgac events --host HOST` shows the events",
    ],
    "triage_vi": [
        "Tất cả có phải do một vụ tấn công (mã hoá tệp, dò mật khẩu), hay do phần mềm dùng hằng ngày?",
        "Nếu do phần mềm hằng ngày: `tramgac rules state RULE watch`, hoặc thêm bộ lọc",
        "`tramgac rules list` cho biết số lần khớp; `tramgac events --host HOST` cho xem các sự kiện",
    ],
    "falsepositives": ["A rule that fits this site badly"],
    "falsepositives_vi": ["Luật không phù hợp với đơn vị này"],
    "references": [],
}
"""A fact that the collector makes."""


@dataclass(slots=True)
class Allowance:
    """What hosts have left of today. For one judge; read again from what was raised after a start."""

    alerts: int = 1_000
    """Alerts of one rule on one host."""
    files: int = 20_000
    """Files that one host shows us for the first time; counted since the judge started."""
    _day: int = 0
    _raised: dict[tuple[str, str], int] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)
    _sighted: Counter[str] = field(default_factory=Counter)

    def alert(self, s: Session, detection: Detection, now: int) -> bool:
        """Tell whether the alert of a detection may be raised."""
        self._turn(now)
        return self._count(s, _key(detection)) < self.alerts

    def raised(self, s: Session, detection: Detection) -> None:
        """Note that it was, and was new."""
        key = _key(detection)
        self._raised[key] = self._count(s, key) + 1

    def file(self, host: str, now: int) -> bool:
        """Note a file that a host shows us for the first time; whether it may be asked for."""
        self._turn(now)
        self._sighted[host] += 1
        return self._sighted[host] <= self.files

    def tell(self, s: Session, detection: Detection, hostname: str, now: int) -> bool:
        """Raise the fact that no more are raised of a rule on a host today; False if it was told."""
        host, rule = key = _key(detection)
        if key in self._told:
            return False
        self._told.add(key)
        day = now // DAY_NS
        message = f"rule {rule} ({detection.rule['title']}): {self.alerts} alerts today; more are counted"
        event = EventCopy(host, 0, day, 0, "more_alerts", now, now, {"rule.id": rule, "message": message})
        number = alerts.alert_id(str(MORE["id"]), [f"{event.text}/{rule}"])
        why = {
            "selection": "today",
            "field": "rule.id",
            "value": rule,
            "pattern": message,
            "spans": [],
            "negated": False,
        }
        return alerts.raise_alert(s, Detection(MORE, "1", (event,), [why], id=number), hostname, now)

    def forget(self) -> None:
        """Read again what was raised: what was noted here was not written."""
        self._raised.clear()
        self._told.clear()

    def _turn(self, now: int) -> None:
        if now // DAY_NS != self._day:
            self._day = now // DAY_NS
            self.forget()
            self._sighted.clear()

    def _count(self, s: Session, key: tuple[str, str]) -> int:
        if key not in self._raised:
            host, rule = key
            today = (AlertRow.host == host, AlertRow.created >= self._day * DAY_NS, AlertRow.rule_id == rule)
            self._raised[key] = s.scalar(select(func.count()).select_from(AlertRow).where(*today)) or 0
        return self._raised[key]


def _key(detection: Detection) -> tuple[str, str]:
    return detection.events[0].host, str(detection.rule["id"])
