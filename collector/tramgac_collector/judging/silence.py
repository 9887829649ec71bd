"""Hosts that fall silent: an agent that was killed, a cable that was pulled, a machine that was stopped hard.

An agent says something each minute. Whoever stops it cleanly makes it say its last words; whoever does not, makes it
silent, and that is an alert (law 11). What the collector itself is to blame for is no silence: while it was not there,
or turned hosts away, nobody could speak, and afterwards agents come back within their longest back-off.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text
from tramgac_wire.backoff import CEILING_NS

from tramgac_collector import alerts, bell, database
from tramgac_collector.alerts import Detection, EventCopy, alert_id
from tramgac_collector.config import CollectorConfig
from tramgac_collector.ingest.room import LOW, free_bytes
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import HostRow

SILENT = {
    "id": "tramgac:silence",
    "title": "Host fell silent",
    "title_vi": "Máy trạm im lặng",
    "level": "medium",
    "tags": ["attack.defense-impairment", "attack.t1685"],
    "description": "The host's agent said nothing more, and no last words before: it was not switched off cleanly.",
    "description_vi": "Tác tử trên máy không gửi gì nữa và không báo trước khi dừng: máy không được tắt đúng cách.",
    "triage": [
        "Are other hosts of the same place silent too? Then look at the network first",
        "What were the last events of the host, and who was on it?",
        "Look at the machine: does it run, does its agent (tramgac-agent doctor)?",
    ],
    "triage_vi": [
        "Các máy khác cùng nơi có im lặng không? Nếu có, hãy xem mạng trước",
        "Những sự kiện cuối cùng của máy là gì, và ai đang dùng máy?",
        "Xem trực tiếp máy: máy có chạy không, tác tử có chạy không (tramgac-agent doctor)?",
    ],
    "falsepositives": ["A machine that sleeps, lost its network or its power"],
    "falsepositives_vi": ["Máy đang ngủ, mất mạng hoặc mất điện"],
    "references": [],
}
"""A fact that the collector makes."""
BY = "tramgac"
"""Who writes the note that a host is back."""
EVERY_NS = 30_000_000_000
GRACE_NS = CEILING_NS
"""Agents that found nobody are back by then, nanoseconds."""
AT_ONCE = 500
"""Alerts of one look: where a whole site is silent, the next look goes on."""
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Silence:
    """Looks for silent hosts, by the collector's wall clock; call `look` whenever all of the log is judged."""

    paths: StatePaths
    engine: Engine
    config: CollectorConfig
    counts: Counter[str]
    clock: Callable[[], int] = time.time_ns
    _looked: int = field(default=0, init=False)
    _since: int = field(default=0, init=False)
    """Since when every host could have spoken."""

    def look(self) -> None:
        """Raise an alert for each host that fell silent, and note it on the alert when it is back. Every 30 s."""
        now = self.clock()
        away = now - self._looked
        if 0 <= away < EVERY_NS:
            return
        self._looked = now
        if not 0 <= away < 4 * EVERY_NS or not self._open(now):  # this machine slept, its clock was set, ...
            self._since = now
        with database.session(self.engine) as s:
            found = self._back(s, now)
            if now - self._since >= max(GRACE_NS, self._long):
                found += self._fallen(s, now)
        if found:
            bell.ring(self.paths.run, "api")

    @property
    def _long(self) -> int:
        return int(self.config.silence_s * 1e9)

    def _open(self, now: int) -> bool:
        """Whether the gateway lets everybody speak, and has done so since `_since`."""
        try:
            opened = self.paths.ready("gateway").stat().st_mtime_ns
        except FileNotFoundError:
            return False
        self._since = max(self._since, min(opened, now))
        return free_bytes(self.paths) >= LOW * self.config.minimum_free_bytes

    def _fallen(self, s: Session, now: int) -> int:
        silent = (HostRow.active, HostRow.last_words == "", HostRow.silent.is_(None))
        quiet = HostRow.last_seen <= now - self._long
        rows = s.scalars(select(HostRow).where(*silent, quiet).order_by(HostRow.last_seen).limit(AT_ONCE)).all()
        for row in rows:
            assert row.last_seen is not None  # the query has seen to it
            row.silent = row.last_seen
            alerts.raise_alert(s, _detection(row, row.last_seen, now), row.hostname, now)
            self.counts["silences"] += 1
            _LOG.warning("a host fell silent", host=row.id, last_seen=time_text(row.last_seen))
        return len(rows)

    def _back(self, s: Session, now: int) -> int:
        rows = s.scalars(select(HostRow).where(HostRow.silent.is_not(None), HostRow.last_seen > HostRow.silent)).all()
        for row in rows:
            assert row.silent is not None  # the query has seen to both
            assert row.last_seen is not None
            alert = alert_id(str(SILENT["id"]), [_event(row, row.silent, now).text])
            minutes = (now - row.silent) // 60_000_000_000
            said = (
                f"The host speaks again; it was silent for {minutes} min. / Máy gửi dữ liệu trở lại sau {minutes} phút."
            )
            alerts.note(s, alert, said, BY, now)
            row.silent = None
            self.counts["silences_over"] += 1
            _LOG.info("a silent host is back", host=row.id)
        return len(rows)


def _event(row: HostRow, since: int, now: int) -> EventCopy:
    """Give what stands for the event that did not come; its id is the host's and the time's, one a silence."""
    ended = "its stream is open" if row.connected else "its stream ended"
    fields = {"host.name": row.hostname, "message": f"last heard at {time_text(since)}; {ended}"}
    return EventCopy(row.id, 0, 0, since // 1_000_000, "silence", since, now, fields)


def _detection(row: HostRow, since: int, now: int) -> Detection:
    condition = {"selection": "silence", "field": "last_seen", "value": time_text(since), "spans": [], "negated": False}
    why = [{**condition, "pattern": "nothing since, and no last words"}]
    return Detection(SILENT, "1", (_event(row, since, now),), why)
