"""Hosts that fall silent: an agent that was killed, a cable that was pulled, a site that is dark.

An agent says something each minute. Whoever stops it cleanly makes it say its last words; whoever does not, makes it
silent, and that is an alert (law 11) where it means something: `absence` judges. What the collector itself is to blame
for is no silence: while it was not there, or turned hosts away, nobody could speak, and afterwards agents come back
within their longest back-off.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from tramgac_wire.backoff import CEILING_NS

from tramgac_collector import alerts, bell, database
from tramgac_collector.config import CollectorConfig
from tramgac_collector.ingest.room import LOW, free_bytes
from tramgac_collector.judging import absence, silence_alerts, silence_facts
from tramgac_collector.judging.absence import Gone, Limits, Site
from tramgac_collector.judging.hours import Hours, usually_on
from tramgac_collector.paths import StatePaths
from tramgac_collector.quarantine_schema import QuarantineRow
from tramgac_collector.schema import AlertRow, HostRow

EVERY_NS = 30_000_000_000
GRACE_NS = CEILING_NS
"""Agents that found nobody are back by then, nanoseconds."""
WEEK_NS = 7 * 86_400_000_000_000
AT_ONCE = 2_000
"""Silent hosts of one look; the next goes on."""
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
    _hours: Hours = field(init=False)

    def __post_init__(self) -> None:
        self._hours = Hours(self.engine)

    def look(self) -> None:
        """Raise an alert for what silences mean, and note on it when the hosts are back. Every 30 s."""
        now = self.clock()
        away = now - self._looked
        if 0 <= away < EVERY_NS:
            return
        self._looked = now
        if not 0 <= away < 4 * EVERY_NS or not self._open(now):  # this machine slept, its clock was set, ...
            self._since = now
        with database.session(self.engine) as s:
            found = self._back(s, now)
            if now - self._since >= max(GRACE_NS, self._limits.soon):
                found += self._fallen(s, now)
        self._hours.learn(now, self._since)
        if found:
            bell.ring_readers(self.paths.run)

    @property
    def _limits(self) -> Limits:
        config = self.config
        return Limits(*(int(long * 1e9) for long in (config.silence_s, config.silence_site_s, config.silence_line_s)))

    def _open(self, now: int) -> bool:
        """Whether the gateway lets everybody speak, and has done so since `_since`."""
        try:
            opened = self.paths.ready("gateway").stat().st_mtime_ns
        except FileNotFoundError:
            return False
        self._since = max(self._since, min(opened, now))
        return free_bytes(self.paths) >= LOW * self.config.minimum_free_bytes

    def _fallen(self, s: Session, now: int) -> int:
        rows = _silent(s, now - self._limits.soon, now)
        if not rows:
            return 0
        sites, told = _sites(s, now - self._limits.soon, now), 0
        tell = usually_on(s, [row.id for row in rows])
        gone = absence.by_site((row.site, Gone(row.id, row.last_seen or 0, row.left_at)) for row in rows)
        by_id = {row.id: row for row in rows}
        for name, those in gone.items():
            site, dark = sites.get(name, (Site(0, 0), ""))
            found = absence.judge(those, site, self._limits, tell, now)
            for rule, ones in ((silence_facts.LEFT, found.left), (silence_facts.LOST, found.lost)):
                told += self._tell(s, rule, [by_id[one.host] for one in ones], now)
            told += self._tell(s, silence_facts.DARK, [by_id[one.host] for one in found.dark], now, dark)
            for one in found.away:
                by_id[one.host].silent = one.last_seen
            self.counts["hosts_away"] += len(found.away)
        return told

    def _tell(self, s: Session, rule: Mapping[str, Any], rows: Sequence[HostRow], now: int, known: str = "") -> int:
        """Raise what is to be told of some hosts: as one alert if they are many, or a site that is known to be dark."""
        for row in rows:
            row.silent = row.last_seen
        if not rows:
            return 0
        self.counts["silences"] += len(rows)
        _LOG.warning("hosts fell silent", rule=rule["id"], site=rows[0].site, hosts=[row.id for row in rows][:20])
        if known:
            silence_alerts.join(s, known, rows, now)
        elif rule is silence_facts.DARK or len(rows) >= absence.FEW:
            silence_alerts.tell(s, rule, rows, now)
        else:
            for row in rows:
                silence_alerts.tell(s, rule, [row], now)
        return len(rows)

    def _back(self, s: Session, now: int) -> int:
        rows = s.scalars(select(HostRow).where(HostRow.silent.is_not(None), HostRow.last_seen > HostRow.silent)).all()
        for row in rows:
            alert, since = row.silence_alert, row.silent or now
            row.silent, row.silence_alert = None, ""
            if not alert:
                continue
            self.counts["silences_over"] += 1
            _LOG.info("a silent host is back", host=row.id)
            s.flush()
            if not s.scalar(select(func.count()).select_from(HostRow).where(HostRow.silence_alert == alert)):
                alerts.note(s, alert, silence_alerts.over(s, alert, now - since), silence_alerts.BY, now)
        return len(rows)


def _silent(s: Session, quiet: int, now: int) -> Sequence[HostRow]:
    """Return the hosts that were not heard since `quiet` and of whom nothing explains it, the longest silent first."""
    unexplained = (HostRow.active, HostRow.last_words == "", HostRow.silent.is_(None), HostRow.last_seen <= quiet)
    kept_away = select(QuarantineRow.host).where(QuarantineRow.until > now - GRACE_NS)
    query = select(HostRow).where(*unexplained, HostRow.id.not_in(kept_away))
    return s.scalars(query.order_by(HostRow.last_seen).limit(AT_ONCE)).all()


def _sites(s: Session, quiet: int, now: int) -> dict[str, tuple[Site, str]]:
    """Return what is known of each site, and the alert that says that it is dark."""
    live, known = HostRow.last_seen > quiet, HostRow.last_seen > now - WEEK_NS
    numbers = (HostRow.site, func.count().filter(live), func.count().filter(known))
    counted = s.execute(select(*numbers).where(HostRow.active).group_by(HostRow.site)).all()
    silent = (HostRow.silence_alert != "", AlertRow.rule_id == silence_facts.DARK["id"])
    query = select(HostRow.site, AlertRow.id, func.count()).join(AlertRow, AlertRow.id == HostRow.silence_alert)
    dark = {
        site: (alert, hosts)
        for site, alert, hosts in s.execute(query.where(*silent).group_by(HostRow.site, AlertRow.id))
    }
    found = {}
    for site, speaking, all_known in counted:
        alert, hosts = dark.get(site, ("", 0))
        is_dark = hosts > speaking
        found[site] = (Site(speaking, all_known, is_dark), alert if is_dark else "")
    return found
