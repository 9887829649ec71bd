"""Other YARA rules meet samples that were scanned before: slowly, by a child that runs only when nobody else wants to.

Each sample's row says with which rules it was scanned, so the work goes on where it was after a restart, and what a
sample met before alerts nobody twice. Its beginning and its end stand in the audit trail; `/api/content` tells how far
it is.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from tramgac_scan.client import Limits, YaraSource

from tramgac_collector import audit, database, samples
from tramgac_collector.judging.beside import Beside
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.scanning import Table
from tramgac_collector.paths import StatePaths

_LOG = structlog.get_logger(__name__)
BY = "tramgac"
"""Who says so in the audit trail."""
PAUSE_S = 0.02
"""Wait after each sample, seconds: everything else comes first."""


@dataclass(slots=True)
class ScansAgain:
    """Scans stored samples with the rules in force that were scanned with others."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    stopping: Callable[[], bool] = lambda: False
    _table: Table = field(init=False)
    _after: str = ""
    _done: Sequence[YaraSource] | None = None

    def __post_init__(self) -> None:
        self._table = Table(self.paths, self.engine, self.counts, self.clock, Limits(idle=True))

    def look(self) -> int:
        """Scan what is left for the rules in force; return how many samples were scanned."""
        rules, sources, done = self.in_force.rules, self.in_force.scan_with, 0
        if sources is self._done or not self._table.lay(sources):
            return 0
        self._after = ""
        while left := self._left():
            if not done:
                self._begin(rules.version)
            for sha256 in left:
                if self.stopping() or self.in_force.scan_with is not sources:
                    return done
                self._table.scan(sha256, self.in_force.rules)
                self._after, done = sha256, done + 1
                time.sleep(PAUSE_S)
        self._end(rules.version)
        self._done = sources
        return done

    def close(self) -> None:
        """End the scanning child."""
        self._table.close()

    def _left(self) -> list[str]:
        with database.reading(self.engine) as s:
            return list(samples.to_scan_again(s, self._table.digest, self._after))

    def _begin(self, version: int) -> None:
        digest = self._table.digest
        with database.session(self.engine) as s:
            if samples.scanning_with(s) == digest:
                return  # this goes on after a restart
            audit.write(s, BY, samples.SCAN_AGAIN, digest, {"bundle": version}, self.clock())
            told = samples.standing(s)
        _LOG.info("stored samples are scanned again: the YARA rules changed", version=version, **told)

    def _end(self, version: int) -> None:
        digest = self._table.digest
        self._table.close()  # it may be long until the next
        with database.session(self.engine) as s:
            if not samples.scanning_with(s):
                return
            audit.write(s, BY, samples.SCANNED_AGAIN, digest, {"bundle": version}, self.clock())
        _LOG.info("stored samples were scanned again", version=version, counts=dict(self.counts))


class ScanAgainThread(Beside):
    """Scans again beside the consumer."""

    def __init__(self, paths: StatePaths, engine: Engine, in_force: InForce) -> None:
        """Make the thread; `start` starts it."""
        work = ScansAgain(paths, engine, in_force, stopping=self.stopping)
        super().__init__("scan_again", work.look, work.counts, work.close)
