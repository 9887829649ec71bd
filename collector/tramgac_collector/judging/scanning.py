"""Samples meet the YARA rules that ask for nothing but content: once for the whole fleet, in the confined child."""

import hashlib
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from tramgac_scan.client import Hit, Scanner, YaraSource

from tramgac_collector import bell, database, samples
from tramgac_collector.alerts import EventCopy
from tramgac_collector.judging import writing
from tramgac_collector.judging.beside import Beside
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.writing import Written
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import SampleRefused
from tramgac_collector.schema import SightingRow
from tramgac_collector.vault import Vault

_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Scans:
    """Scans what waits, and turns hits into alerts on every host that has the file."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    _scanner: Scanner | None = None
    _sources: tuple[YaraSource, ...] = ()

    def look(self) -> int:
        """Scan all that waits for the rules in force; return how many samples were scanned."""
        sources, yara = self.in_force.scan_with, self.in_force.rules.yara
        scanner = self._ready(sources)
        if scanner is None:
            return 0
        digest, done = digest_of(sources), 0
        while waiting := self._waiting(digest):
            for sha256 in waiting:
                self._scan(scanner, sha256, digest, yara)
            done += len(waiting)
        return done

    def close(self) -> None:
        """End the scanning child."""
        if self._scanner is not None:
            self._scanner.close()
            self._scanner = None

    def _ready(self, sources: tuple[YaraSource, ...]) -> Scanner | None:
        if self._scanner is None or sources != self._sources:
            self.close()
            self._scanner = Scanner(sources) if sources else None
            self._sources = sources
        return self._scanner

    def _waiting(self, digest: str) -> list[str]:
        with database.reading(self.engine) as s:
            return [row.sha256 for row in samples.to_scan(s, digest)]

    def _scan(self, scanner: Scanner, sha256: str, digest: str, yara: YaraRules) -> None:
        try:
            descriptor = Vault(self.paths.samples).open(sha256)
        except SampleRefused as error:
            _LOG.warning("a stored sample cannot be read; it is asked for again", error=str(error))
            self.counts["samples_lost"] += 1
            with database.session(self.engine) as s:
                samples.lost(s, sha256)
            return
        try:
            result = scanner.scan(descriptor, key=sha256)
        finally:
            os.close(descriptor)
        self.counts["scans"] += 1
        if result.refused:
            self.counts["scans_refused"] += 1
            _LOG.warning("a sample was not scanned", sha256=sha256, reason=result.refused, why=result.why)
        with database.session(self.engine) as s:
            written = record(s, sha256, digest, result.hits, result.refused, yara, self.clock())
        self.counts.update(written.counts)
        bell.ring(self.paths.run, "api")


def digest_of(sources: Sequence[YaraSource]) -> str:
    """Return what names a set of YARA sources: samples scanned with another are scanned again."""
    told = hashlib.sha256()
    for source in sources:
        for text in (source.path, source.source):
            told.update(len(text.encode()).to_bytes(8, "big") + text.encode())
    return told.hexdigest()


def record(
    s: Session, sha256: str, digest: str, hits: Sequence[Hit], refused: str, yara: YaraRules, now: int
) -> Written:
    """Write down a scan, and raise the alerts of rules that this sample did not meet before: one a host and rule."""
    written = Written()
    told: list[dict[str, Any]] = [
        {"rule": hit.rule, "strings": [list(string) for string in hit.strings]} for hit in hits
    ]
    before = {hit["rule"] for hit in samples.locked(s, sha256).hits}
    sample = samples.scanned(s, sha256, digest, told, refused, now)
    fresh = [hit for hit in sample.hits if hit["rule"] not in before]
    if fresh:
        for events in _sightings(s, sha256).values():
            writing.raise_all(s, writing.known_bad(fresh, yara, events), written, now)
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
        self._scans = Scans(paths, engine, in_force)
        super().__init__("scan", self._scans.look, self._scans.counts)

    def run(self) -> None:
        """Look, again and again; end the scanning child at last."""
        super().run()
        self._scans.close()
