"""The role `exporter`: alerts and events for other systems, as `export.toml` says.

Whatever waits here, nothing else does. It runs where that file is, at the lowest priority, and reads the file again
when it changes.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine

from tramgac_collector import database, logs, ready, tallies
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import SettingsError
from tramgac_collector.export import notes, settings
from tramgac_collector.export.building import build
from tramgac_collector.export.worker import Worker
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths
from tramgac_collector.write_times import WRITES

NAME = "exporter"
LOOK_S = 2.0
"""How often the file is looked at, seconds."""
_NICE = 19
_COUNTED = ("sent", "refused", "gaps", "retries", "unreadable")
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Office:
    """The targets in force, each in a thread."""

    paths: StatePaths
    config: CollectorConfig
    engine: Engine
    trouble: Both | None = None
    """Why the file is not in force; the targets of before go on."""
    _stamp: tuple[int, int] | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _workers: list[Worker] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _ended: Counter[str] = field(default_factory=Counter)
    """What targets counted that are no longer in force."""

    def look(self) -> None:
        """Take the file in force if it is another than at the last look."""
        stamp = self._look()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            found = settings.load(self.paths)
        except SettingsError as error:
            self.trouble = error.what
            _LOG.error("the settings of exports are wrong; those of before stay in force", why=error.what.en)
            return
        self.trouble = None
        self.end()
        self._stop = threading.Event()
        for target in found.target:
            if not target.manual:
                pump = build(self.paths, self.config, self.engine, target, self._stop.is_set)
                self._workers.append(Worker(pump, self._stop))
        self._threads = [threading.Thread(target=worker.run, daemon=True) for worker in self._workers]
        for thread in self._threads:
            thread.start()
        _LOG.info("exports", targets=[worker.pump.name for worker in self._workers])

    def end(self) -> None:
        """Stop all targets after the step that each is at."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=2)
        self._ended.update(self.counters())
        self._workers, self._threads = [], []

    def counters(self) -> Counter[str]:
        """Return what all targets have counted."""
        counted = Counter(self._ended)
        for worker in self._workers:
            counted.update({name: worker.pump.counts[name] for name in _COUNTED})
        return counted

    def note(self) -> None:
        """Leave how the targets stand."""
        found = [worker.note() for worker in self._workers]
        notes.leave(self.paths, found, self.trouble, time.time_ns())

    def gauges(self) -> dict[str, float]:
        """Return how many targets are in force and do not get on, and how far the last of them is behind."""
        away = sum(worker.state == "away" for worker in self._workers)
        return {
            "targets": len(self._workers),
            "targets_away": away,
            "behind_max": max((worker.behind for worker in self._workers), default=0),
        }

    def _look(self) -> tuple[int, int] | None:
        try:
            found = self.paths.export_settings.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Export until SIGTERM or SIGINT."""
    logs.configure(paths, NAME)
    os.nice(_NICE)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _work(paths, config, stop)


def _work(paths: StatePaths, config: CollectorConfig, stop: threading.Event) -> None:
    engine = database.open_database(config.url(paths))
    office = Office(paths, config, engine)
    teller = tallies.Teller(paths, NAME, writes=WRITES)
    office.look()
    ready.announce(paths, NAME)
    while not stop.wait(LOOK_S):
        office.look()
        with contextlib.suppress(OSError):  # a full disk: the next note says it
            office.note()
        teller.tell(office.counters(), office.gauges())
    ready.retract(paths, NAME)
    office.end()
    _LOG.info("the exporter ends", counts=dict(office.counters()))
    engine.dispose()
