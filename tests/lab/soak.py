"""`./dev lab soak`: the event store under steady small inserts for two hours, and what is in it is exact.

An insert every 250 ms of events whose clocks are partly wrong, while the engine merges; days go by faster than real
ones: of the last rows are deleted as retention does, the one before is dropped. Every ten minutes the engine is
aborted (--quick: three minutes, every 30 s).
Then each event that was acknowledged and not removed is there once, and roll-ups are what a recount says.
"""

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil
import structlog
from clickhouse_connect.driver.exceptions import Error as ClickHouseError
from tramgac_collector.errors import EngineAway
from tramgac_collector.events import retention, rollups, schema
from tramgac_collector.events.retention import Policy
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event
from tramgac_wire import chain
from tramgac_wire.batch import pack

from tests.collector.conftest import start_engine
from tests.collector.ingest.test_log import open_log
from tests.lab.rows import note, row

LANE = "soak"
EVERY_S = 0.25
EVENTS = 120  # an insert
DAY_NS = 86_400_000_000_000
HOSTS = tuple(f"{number:032x}" for number in range(40))
LEAVING = "network_connection"
"""The kind that retention removes from the day before."""


@dataclass(frozen=True)
class Plan:
    """How long it lasts, and how often the engine is aborted, seconds; and what must have been done by then."""

    lasts_s: float
    abort_s: float

    @property
    def day_s(self) -> float:
        """How long a day takes."""
        return self.abort_s / 3

    @property
    def events(self) -> int:
        """Nine of ten inserts that are due: a store that does not hold them is not well."""
        return round(0.9 * self.lasts_s / EVERY_S) * EVENTS

    @property
    def aborts(self) -> int:
        """All but the one that is due at the end."""
        return round(self.lasts_s / self.abort_s) - 1

    @property
    def days(self) -> int:
        """Days that are over, but the one that is at the end."""
        return round(self.lasts_s / self.day_s) - 1


class Source:
    """Writes batches into the ingest log, and knows what must be in the store."""

    def __init__(self, paths: StatePaths) -> None:
        """Begin a log."""
        self.log = open_log(paths)
        self.began = time.time_ns()
        self.next = 1
        self.before = chain.START
        self.there: Counter[tuple[int, str]] = Counter()
        """Events by day of arrival, counted from the first, and kind."""
        self.day = 0

    def batch(self, number: int) -> None:
        """Write one batch and wait until it is synced."""
        blobs, kinds = [], Counter[tuple[int, str]]()
        for at in range(EVENTS):
            event = Event(time=time.time_ns() if at % 10 else 1_167_609_600_000_000_000 + at)  # some in 2007
            kind = ("process_start", LEAVING)[at % 2]
            process = getattr(event, kind).process
            process.pid, process.executable = at + 1, f"/usr/bin/prog{(number + at) % 300}"
            blobs.append(event.SerializeToString())
            kinds[self.day, kind] += 1
        batch = pack(9, 1, self.next, self.before, blobs)
        self.before, self.next = chain.extend(self.before, blobs), self.next + len(blobs)
        self.log.submit(HOSTS[0], self.began + self.day * DAY_NS, 0, batch, self.before).result(60)
        self.there += kinds

    def forget(self, day: int, kind: str | None = None) -> None:
        """Count no more what was removed."""
        for key in [key for key in self.there if key[0] == day and kind in (None, key[1])]:
            del self.there[key]


class Soak:
    """The engine, the store's consumer and what is done to them."""

    def __init__(self, paths: StatePaths) -> None:
        """Start all."""
        self.paths = paths
        self.source = Source(paths)
        self.engine = start_engine(paths)
        self.store = Store.open(paths, Counts())
        self.aborts = self.refused = self.drops = self.removals = 0
        self.slowest = self.memory = 0.0
        self.first = dt.datetime.fromtimestamp(self.source.began // 10**9, dt.UTC).date()

    def fill(self) -> None:
        """Take in what is in the log; after an abort with a new connection, as the role does."""
        began = time.monotonic()
        while True:
            try:
                self.store.fill(threading.Event())
                break
            except (ClickHouseError, EngineAway, OSError):
                self.refused += 1
                self.reopen()
        self.slowest = max(self.slowest, time.monotonic() - began)

    def reopen(self) -> None:
        """Connect; start the engine again as soon as it has died."""
        while True:
            if self.engine.poll() is not None:
                self.engine = start_engine(self.paths)
            try:
                self.store = Store.open(self.paths, Counts())
                break
            except (ClickHouseError, EngineAway):
                time.sleep(0.2)

    def abort(self) -> None:
        """End the engine in the middle of an insert, as a failed assertion of its own would."""
        threading.Timer(0.02, os.kill, (self.engine.pid, signal.SIGABRT)).start()
        dying = self.engine
        self.source.batch(self.source.next)
        self.fill()
        dying.wait(60)
        self.reopen()
        self.aborts += 1

    def drop(self) -> None:
        """Drop the day before the last, delete a kind of the last as retention does, and begin the next."""
        day = self.source.day
        if day > 1:
            told = {"day": f"{self.first + dt.timedelta(day - 2):%Y%m%d}"}
            self.store.client.command(f"ALTER TABLE {schema.TABLE} DROP PARTITION ID {{day:String}}", parameters=told)
            self.source.forget(day - 2)
            self.drops += 1
        tomorrow = self.first + dt.timedelta(day + 1)
        if retention.retain(self.store.client, Policy(36_000, {LEAVING: 1}), tomorrow, Counts()):
            self.settle()
            self.source.forget(day - 1, LEAVING)
            self.removals += day > 0
        self.source.day += 1

    def settle(self) -> None:
        """Wait until the engine has done what it was told to remove."""
        while self.store.client.query(retention._BUSY, parameters={"table": schema.TABLE}).first_row[0]:
            time.sleep(0.2)

    def weigh(self) -> None:
        """Remember the most memory that the engine had."""
        self.memory = max(self.memory, psutil.Process(self.engine.pid).memory_info().rss / 2**20)

    def run(self, plan: Plan) -> None:
        """Go on so long."""
        began = time.monotonic()
        number, next_abort, next_drop = 0, plan.abort_s, plan.day_s
        while (at := time.monotonic() - began) < plan.lasts_s:
            number += 1
            self.source.batch(number)
            self.fill()
            if at > next_abort:
                next_abort += plan.abort_s
                self.abort()
            if at > next_drop:
                next_drop += plan.day_s
                self.weigh()
                self.drop()
            time.sleep(max(0.0, number * EVERY_S - (time.monotonic() - began)))

    def account(self, plan: Plan) -> bool:
        """Print what is there beside what must be."""
        sql = (
            f"SELECT dateDiff('day', {{first:Date}}, toDate(ingested)), kind, count(), uniqExact(sequence)"
            f" FROM {schema.TABLE} GROUP BY 1, 2"
        )
        rows = self.store.client.query(sql, parameters={"first": self.first.isoformat()}).result_rows
        stored = Counter({(day, kind): count for day, kind, count, _ in rows})
        doubled = sum(count - distinct for _, _, count, distinct in rows)
        wanted = self.source.there
        differing = sum(rollups.different(self.store.client, schema.TABLE).values())
        parts = "SELECT count() FROM system.parts WHERE active AND table = {table:String}"
        (active,) = self.store.client.query(parts, parameters={"table": schema.TABLE}).first_row
        good = row(LANE, "events written", self.source.next - 1, "events", at_least=plan.events)
        good &= row(LANE, "events that are not there", (wanted - stored).total(), "events", at_most=0)
        good &= row(LANE, "events that were removed and are there", (stored - wanted).total(), "events", at_most=0)
        good &= row(LANE, "events there twice", doubled, "events", at_most=0)
        good &= row(LANE, "groups of roll-ups other than a recount", differing, "groups", at_most=0)
        good &= row(LANE, "aborts of the engine", self.aborts, "aborts", at_least=plan.aborts)
        good &= row(LANE, "days dropped", self.drops, "days", at_least=plan.days - 2)
        good &= row(LANE, "removals by retention", self.removals, "removals", at_least=plan.days - 1)
        good &= row(LANE, "parts that are left to merge", active, "parts", at_most=100)
        good &= row(LANE, "most memory of the engine", round(self.memory), "MiB", at_most=2_048)
        return good & row(LANE, "longest wait of an insert, restarts included", round(self.slowest, 1), "s")


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # rows alone on stdout
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        paths = StatePaths(Path(folder))
        paths.make()
        paths.log_id.write_text(os.urandom(8).hex())
        soak, plan = Soak(paths), Plan(180, 30) if quick else Plan(7_200, 600)
        try:
            soak.run(plan)
            soak.fill()
            note(f"soak: {soak.refused} times the engine was away or refused")
            return 0 if soak.account(plan) else 1
        finally:
            soak.engine.terminate()
            try:
                soak.engine.wait(30)
            except subprocess.TimeoutExpired:
                soak.engine.kill()
            soak.source.log.close()


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
