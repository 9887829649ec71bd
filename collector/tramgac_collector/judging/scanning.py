"""Samples meet the YARA rules that ask for nothing but content: once for the whole fleet, in the confined child."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from tramgac_scan.client import Limits, ScanResult, YaraSource
from tramgac_scan.parts import CarefulScanner
from tramgac_scan.shelf import digest_of

from tramgac_collector import bell, database, samples
from tramgac_collector.alerts import EventCopy
from tramgac_collector.judging import writing
from tramgac_collector.judging.beside import Beside
from tramgac_collector.judging.detect import Rules
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.writing import Written
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import SampleRefused
from tramgac_collector.schema import SightingRow
from tramgac_collector.vault import Vault

_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Table:
    """A scanning child, and what becomes of the samples that are put before it.

    `limits`: what one scan may cost.
    """

    paths: StatePaths
    engine: Engine
    counts: Counter[str]
    clock: Callable[[], int]
    limits: Limits = field(default_factory=Limits)
    digest: str = ""
    """What names the rules that the child has; empty while there is none."""
    _scanner: CarefulScanner | None = None
    _sources: Sequence[YaraSource] = ()

    def lay(self, sources: Sequence[YaraSource]) -> bool:
        """Have a child with these rules; False if there are none. Raises ScanError."""
        if self._scanner is None or sources != self._sources:
            self.close()
            if sources:
                self._scanner, self._sources = CarefulScanner(sources, self.limits), sources
                self.digest = digest_of((one.path, one.source) for one in sources)
        return self._scanner is not None

    def scan(self, sha256: str, rules: Rules) -> Written:
        """Scan a stored sample and write down what was found, as `rules` say it. Raises ScanError."""
        assert self._scanner is not None, "lay() comes first"
        try:
            descriptor = Vault(self.paths.samples).open(sha256)
        except SampleRefused as error:
            _LOG.warning("a stored sample cannot be read; it is asked for again", error=str(error))
            self.counts["samples_lost"] += 1
            with database.session(self.engine) as s:
                samples.lost(s, sha256)
            return Written()
        try:
            result = self._scanner.scan(descriptor, key=sha256)
        finally:
            os.close(descriptor)
        self.counts["scans"] += 1
        if result.refused:
            self.counts["scans_refused"] += 1
            self.counts["scans_in_parts"] += bool(result.spared)
            what = "a sample was not scanned with all rules" if result.spared else "a sample was not scanned"
            told = {"reason": result.refused, "why": result.why, "spared": result.spared[:20]}
            _LOG.warning(what, sha256=sha256, **told)
        with database.session(self.engine) as s:
            written = record(s, sha256, self.digest, result, rules, self.clock())
        self.counts.update(written.counts)
        bell.ring_readers(self.paths.run)
        return written

    def close(self) -> None:
        """End the scanning child."""
        if self._scanner is not None:
            self._scanner.close()
        self._scanner, self.digest = None, ""


@dataclass(slots=True)
class Scans:
    """Scans what arrived, and turns hits into alerts on every host that has the file."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    _table: Table = field(init=False)

    def __post_init__(self) -> None:
        self._table = Table(self.paths, self.engine, self.counts, self.clock)

    def look(self) -> int:
        """Scan all that waits with the rules in force; return how many samples were scanned."""
        done = 0
        if not self._table.lay(self.in_force.scan_with):
            return 0
        while waiting := self._waiting():
            for sha256 in waiting:
                self._table.scan(sha256, self.in_force.rules)
            done += len(waiting)
        return done

    def close(self) -> None:
        """End the scanning child."""
        self._table.close()

    def _waiting(self) -> list[str]:
        with database.reading(self.engine) as s:
            return [row.sha256 for row in samples.to_scan(s)]


def record(s: Session, sha256: str, digest: str, result: ScanResult, rules: Rules, now: int) -> Written:
    """Write down a scan, and raise the alerts of rules that this sample did not meet before: one a host and rule.

    A scan that did not come to its end says nothing against what was known: the hits of before stay.
    """
    written, before = Written(states=rules.states, exceptions=rules.exceptions), samples.locked(s, sha256).hits
    told: list[dict[str, Any]] = [
        {"rule": hit.rule, "strings": [list(string) for string in hit.strings]} for hit in result.hits
    ]
    known, met = {hit["rule"] for hit in before}, {hit["rule"] for hit in told}
    if result.refused:
        told += [hit for hit in before if hit["rule"] not in met]
    reason = ": ".join(filter(None, [result.refused, ", ".join(result.spared)]))[:500]
    samples.scanned(s, sha256, digest, told, reason, now)
    fresh = [hit for hit in told if hit["rule"] not in known]
    if fresh:
        for events in _sightings(s, sha256).values():
            writing.raise_weighed(s, writing.known_bad(fresh, rules.yara, events), written, now)
        writing.settle(s, written, now)
    return written


def _sightings(s: Session, sha256: str) -> dict[str, list[EventCopy]]:
    found: dict[str, list[EventCopy]] = {}
    for row in s.scalars(select(SightingRow).where(SightingRow.sha256 == sha256).order_by(SightingRow.time)):
        found.setdefault(row.host, []).append(EventCopy.from_json(row.event))
    return found


class ScanThread(Beside):
    """Scans beside the consumer, so that a slow file holds up no alert."""

    def __init__(self, paths: StatePaths, engine: Engine, in_force: InForce) -> None:
        """Make the thread; `start` starts it."""
        work = Scans(paths, engine, in_force)
        super().__init__("scan", work.look, work.counts, work.close)
