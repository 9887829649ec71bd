"""How much one host may make of alerts, of files that are new to us and of members of correlations, a day.

What is beyond it is counted, and told once. By rule, so that a flood of one hides nothing of another. The day is the
collector's own, UTC. Which are the first of a day depends on what came first: beyond the limit, and only there, order
matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
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
MEMBERS: Final[dict[str, Any]] = {
    **MORE,
    "id": "tramgac:more-members",
    "title": "A host brings more events to a correlation than anybody could need",
    "title_vi": "Một máy đưa vào một tương quan nhiều sự kiện đến mức không cần thiết",
    "description": (
        "More events of this host take no part in the correlation today, and are counted; all of them are stored, and"
        " rules that look at one event alone judge them."
    ),
    "description_vi": (
        "Hôm nay các sự kiện tiếp theo của máy này chỉ được đếm và không tham gia tương quan; mọi sự kiện vẫn được lưu"
        " và được các luật đơn lẻ đánh giá."
    ),
}
"""Another; of all correlations where its rule is EVERY."""
EVERY: Final = "*"


@dataclass(slots=True)
class Allowance:
    """What hosts have left of today. For one judge; read again from what was raised after a start."""

    alerts: int = 1_000
    """Alerts of one rule on one host."""
    files: int = 20_000
    """Files that one host shows us for the first time; counted since the judge started."""
    members: int = 50_000
    """Events that one host brings to one correlation; counted since the judge started, as the next."""
    all_members: int = 200_000
    """Events that one host brings to all correlations, each as often as it takes part."""
    _day: int = 0
    _raised: dict[tuple[str, str], int] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)
    _spent: set[tuple[str, str]] = field(default_factory=set)
    _sighted: Counter[str] = field(default_factory=Counter)
    _brought: Counter[tuple[str, str]] = field(default_factory=Counter)

    def alert(self, s: Session, detection: Detection, now: int) -> bool:
        """Tell whether the alert of a detection may be raised."""
        self._turn(now)
        key = _key(detection)
        if self._count(s, key) < self.alerts:
            return True
        self._spent.add(key)
        return False

    def spent(self, now: int) -> Container[tuple[str, str]]:
        """Return the hosts and rules of which no alert is raised any more today, as far as that has shown."""
        self._turn(now)
        return self._spent

    def member(self, host: str, rule: str, now: int) -> bool:
        """Note an event that a host brings to a correlation; whether it may take part."""
        self._turn(now)
        brought = self._brought
        mine, all_ = brought[host, rule], brought[host, EVERY]
        if mine >= self.members or all_ >= self.all_members:
            return False
        brought[host, rule], brought[host, EVERY] = mine + 1, all_ + 1
        return True

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
        host, rule = _key(detection)
        message = f"rule {rule} ({detection.rule['title']}): {self.alerts} alerts today; more are counted"
        return self._tell(s, MORE, _Fact(host, rule, message, hostname), now)

    def tell_members(self, s: Session, host: str, rule: Mapping[str, Any], hostname: str, now: int) -> bool:
        """Raise the fact that events of a host take no part in a correlation any more today; False if it was told."""
        if self._brought[host, EVERY] >= self.all_members:
            message = f"all correlations: {self.all_members} events today; more take no part"
            return self._tell(s, MEMBERS, _Fact(host, EVERY, message, hostname), now)
        number = str(rule["id"])
        message = f"rule {number} ({rule['title']}): {self.members} events today; more take no part"
        return self._tell(s, MEMBERS, _Fact(host, number, message, hostname), now)

    def _tell(self, s: Session, about: Mapping[str, Any], fact: _Fact, now: int) -> bool:
        key = (fact.host, f"{about['id']}/{fact.rule}")
        if key in self._told:
            return False
        self._told.add(key)
        fields = {"rule.id": fact.rule, "message": fact.message}
        event = EventCopy(fact.host, 0, now // DAY_NS, 0, "more_alerts", now, now, fields)
        number = alerts.alert_id(str(about["id"]), [f"{event.text}/{fact.rule}"])
        condition = {"selection": "today", "field": "rule.id", "value": fact.rule, "pattern": fact.message}
        why = {**condition, "spans": [], "negated": False}
        return alerts.raise_alert(s, Detection(about, "1", (event,), [why], id=number), fact.hostname, now)

    def forget(self) -> None:
        """Read again what was raised: what was noted here was not written."""
        self._raised.clear()
        self._told.clear()
        self._spent.clear()

    def _turn(self, now: int) -> None:
        if now // DAY_NS != self._day:
            self._day = now // DAY_NS
            self.forget()
            self._sighted.clear()
            self._brought.clear()

    def _count(self, s: Session, key: tuple[str, str]) -> int:
        if key not in self._raised:
            host, rule = key
            today = (AlertRow.host == host, AlertRow.created >= self._day * DAY_NS, AlertRow.rule_id == rule)
            self._raised[key] = s.scalar(select(func.count()).select_from(AlertRow).where(*today)) or 0
        return self._raised[key]


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is told once a day."""

    host: str
    rule: str
    message: str
    hostname: str


def _key(detection: Detection) -> tuple[str, str]:
    return detection.events[0].host, str(detection.rule["id"])
