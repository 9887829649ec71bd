"""New indicators meet files that were seen before: hashes listed today, on hosts where they were sighted earlier.

A push of rules judges no history again; a known-bad file is the exception, as with YARA's hits, for its sightings are
kept. Done once for each set of indicators, beside the consumer and slowly; what it found stands in the audit trail.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from tramgac_rules.indicators import Indicators

from tramgac_collector import audit, bell, database
from tramgac_collector.alerts import EventCopy
from tramgac_collector.judging import listed, writing
from tramgac_collector.judging.beside import Beside
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.writing import Written
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import AuditRow, SampleRow, SightingRow

_LOG = structlog.get_logger(__name__)
ACTION, BY = "indicators.look_back", "tramgac"
"""What stands in the audit trail, and by whom."""
PAGE = 1_000
"""Hashes looked at in one piece."""
PAUSE_S = 0.02
"""Wait after each piece, seconds: the consumer comes first."""
MAX_HOSTS, MAX_ALERTS = 100, 1_000
"""Alerts of one hash and of one set; a list with one mistake must not bury the queue. The others are counted."""


@dataclass(slots=True)
class LookBack:
    """Looks for the indicators in force among the files that were sighted before."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    stopping: Callable[[], bool] = lambda: False
    _done: str = ""

    def look(self) -> bool:
        """Look with a set that was not looked with before; True if there was one and all was looked at."""
        rules, digest = self.in_force.rules, self.in_force.listed
        if rules.indicators is None or digest == self._done:
            return False
        if self._last() == digest:
            self._done = digest
            return False
        found: Counter[str] = Counter()
        for hashes in self._pages():
            if self.stopping() or self.in_force.rules.indicators is not rules.indicators:
                return False
            self._compare(rules.indicators, hashes, found)
            time.sleep(PAUSE_S)
        self._report(digest, rules.version, found)
        self._done = digest
        return True

    def _last(self) -> str:
        """Return the digest of the set that was looked with last."""
        query = select(AuditRow.object).where(AuditRow.action == ACTION).order_by(AuditRow.id.desc()).limit(1)
        with database.reading(self.engine) as s:
            return s.scalar(query) or ""

    def _pages(self) -> Iterator[Sequence[str]]:
        after, hashes = "", [""]
        while hashes:
            query = select(SampleRow.sha256).where(SampleRow.sha256 > after).order_by(SampleRow.sha256).limit(PAGE)
            with database.reading(self.engine) as s:
                hashes = list(s.scalars(query))
            if hashes:
                yield hashes
                after = hashes[-1]

    def _compare(self, indicators: Indicators, hashes: Sequence[str], found: Counter[str]) -> None:
        known = [sha256 for sha256 in hashes if indicators.hash_hit("sha256", sha256) is not None]
        found.update(files=len(hashes), listed=len(known))
        for sha256 in known:
            with database.session(self.engine) as s:
                written = self._alert(s, indicators, sha256, found)
            self.counts.update(written.counts)
            found["alerts"] += written.counts["alerts"]
        if known:
            bell.ring_readers(self.paths.run)

    def _alert(self, s: Session, indicators: Indicators, sha256: str, found: Counter[str]) -> Written:
        """Raise an alert for each host on which a file was sighted while it counts as bad, by the first sighting."""
        rules, hosts = self.in_force.rules, set[str]()
        written = Written(states=rules.states, exceptions=rules.exceptions)
        most = min(MAX_HOSTS, MAX_ALERTS - found["alerts"])
        query = select(SightingRow.host, SightingRow.kind, SightingRow.time).where(SightingRow.sha256 == sha256)
        for host, kind, at in s.execute(query.order_by(SightingRow.time, SightingRow.kind)).all():
            hit = None if host in hosts else indicators.hash_hit("sha256", sha256, at)
            if hit is None:
                continue
            hosts.add(host)
            if written.counts["alerts"] >= most:
                found["not_raised"] += 1
                continue
            event = EventCopy.from_json(s.get_one(SightingRow, (sha256, host, kind)).event)
            writing.raise_weighed(s, listed.detections([hit], [event]), written, self.clock())
        writing.settle(s, written, self.clock())
        return written

    def _report(self, digest: str, version: int, found: Counter[str]) -> None:
        told = {name: found[name] for name in ("files", "listed", "alerts", "not_raised")}
        with database.session(self.engine) as s:
            audit.write(s, BY, ACTION, digest, {"bundle": version, **told}, self.clock())
        _LOG.info("files seen before were compared with the indicators", version=version, **told)


class LookBackThread(Beside):
    """Looks back beside the consumer."""

    def __init__(self, paths: StatePaths, engine: Engine, in_force: InForce) -> None:
        """Make the thread; `start` starts it."""
        back = LookBack(paths, engine, in_force, stopping=self.stopping)
        super().__init__("look_back", back.look, back.counts)
