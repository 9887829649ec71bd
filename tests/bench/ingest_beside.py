"""How soon batches are acknowledged beside other work of the collector; a part of ingest.py. Not a bench itself.

The steady load of `ack` while a backup is taken, days are dropped from the event store, and one verdict closes many
alerts; before, between and after it has the machine to itself. Only what was sent while that was under way counts.
"""

import contextlib
import datetime as dt
import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import structlog
from sqlalchemy import insert
from tramgac_collector import database, ready
from tramgac_collector.alerts import Detection, EventCopy, columns
from tramgac_collector.engine.client import connect
from tramgac_collector.events import retention
from tramgac_collector.events.schema import TABLE
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import Base

from tests.bench.ingest_place import Place
from tests.lab.rows import note

BEGIN_S = 2.0
"""So long the load runs before what is beside it begins."""
OLD_DAYS = 1_000
"""How long ago the youngest of the old days is."""
MOST = 2.0
"""Times of the undisturbed p99, of the spells before and after."""
HELD_MS = 50
"""No write is to keep others from the control store for longer, milliseconds."""
_LONGEST = "tramgac_control_write_longest_seconds{"
_RULE = {"level": "high", "tags": ["attack.t1059.004"], "description": "d" * 400, "description_vi": "m" * 400}
_RULE |= {
    "triage": ["t" * 150] * 4,
    "triage_vi": ["u" * 150] * 4,
    "references": ["https://example.org/" + "r" * 60] * 3,
}
_WHY = {
    "selection": "s",
    "field": "CommandLine",
    "value": "v" * 200,
    "pattern": "*",
    "spans": [[0, 4]],
    "negated": False,
}


class Bench(Protocol):
    """What is needed of ingest.py's."""

    place: Place
    quick: bool

    def row(self, what: str, value: float, unit: str, **limits: Any) -> None:
        """Print a figure."""

    def crowd(self, count: int) -> None:
        """Have so many ordinary events of each host stored and judged."""

    def loaded(self, spell_s: float, beside: Callable[[], None]) -> list[tuple[float, float]]:
        """Send the steady load, something else beside it; when each batch was sent and how long its ack took."""


def run(bench: Bench) -> None:
    """All figures of this part; the roles run."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is for figures
    count, days, spell_s = (20_000, 6, 15.0) if bench.quick else (100_000, 20, 45.0)
    with ready.alone(bench.place.paths):  # as a supervisor does: a backup asks whether the collector runs
        _all(bench, count, days, spell_s)


def _all(bench: Bench, count: int, days: int, spell_s: float) -> None:
    paths = bench.place.paths
    fill_alerts(paths, count)
    bench.crowd(4_000 if bench.quick else 20_000)
    stored = fill_days(paths, days)
    note(f"{count} open alerts, {stored} events stored, {days} days older than today")
    beside = {
        "a backup": lambda: repeated(paths, spell_s, backed_up),
        "days that are dropped": lambda: dropped(paths, spell_s, days),
        f"a verdict on {count} alerts": lambda: decided(bench, count),
    }
    longest: dict[str, float] = {}
    before, _ = _measured(bench, spell_s, None)
    for name, work in beside.items():
        took, waits = _measured(bench, spell_s, work)
        _seen(paths, longest)
        after, _ = _measured(bench, spell_s, None)
        _seen(paths, longest)
        alone = round(p99([*before, *after]) * 1_000, 1)
        what = f"ack p99 beside {name}, of {len(took)} batches"
        bench.row(what, p99(took) * 1_000, "ms", at_most=MOST * alone, baseline=alone)
        what = f"a writer's wait for the control store beside {name}, p99"
        bench.row(what, p99(waits) * 1_000, "ms", at_most=2 * HELD_MS, target=HELD_MS)
        before = after
    what = f"the longest write into the control store, of {', '.join(sorted(longest))}"
    bench.row(what, max(longest.values()) * 1_000, "ms", at_most=HELD_MS)


def _seen(paths: StatePaths, longest: dict[str, float]) -> None:
    """Add how long the longest write of each role took: what its metrics tell of the last minute or two."""
    for line in _tramgac("metrics", "show", "--state", str(paths.root)).splitlines():
        if line.startswith(_LONGEST):
            role, value = line.split('"')[1], float(line.rpartition(" ")[2])
            longest[role] = max(longest.get(role, 0.0), value)


def p99(took: list[float]) -> float:
    """Give the time that one of a hundred exceeded."""
    return sorted(took)[min(len(took) - 1, len(took) * 99 // 100)]


def _measured(bench: Bench, spell_s: float, work: Callable[[], None] | None) -> tuple[list[float], list[float]]:
    """Give how long acks took of what was sent while `work` was under way, and how long writers waited meanwhile."""
    span = [0.0, float("inf")]

    def beside() -> None:
        if work is not None:
            time.sleep(BEGIN_S)
            span[0] = time.monotonic()
            work()
            span[1] = time.monotonic()

    with _waits(bench.place.paths) as waits:
        sent = bench.loaded(spell_s, beside)
    return [took for at, took in sent if span[0] <= at <= span[1]], waits


@contextlib.contextmanager
def _waits(paths: StatePaths) -> Iterator[list[float]]:
    """Ask for the control store's lock over and over; how long it took each time."""
    waits, ended = [0.0], threading.Event()

    def ask() -> None:
        with contextlib.closing(sqlite3.connect(paths.control_database, timeout=0, isolation_level=None)) as store:
            while not ended.wait(0.05):
                began = time.monotonic()
                while not ended.is_set():
                    with contextlib.suppress(sqlite3.OperationalError):
                        store.execute("BEGIN IMMEDIATE")
                        store.execute("ROLLBACK")
                        break
                    time.sleep(0.001)
                waits.append(time.monotonic() - began)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        yield waits
    finally:
        ended.set()
        asker.join()


def fill_alerts(paths: StatePaths, count: int) -> None:
    """Raise alerts of an ordinary size, below everything that takes its time for each."""
    engine, now = database.open_database(paths.database_url), time.time_ns() - count
    tables = Base.metadata.tables
    for first in range(0, count, 1_000):
        rows = []
        for number in range(first, min(first + 1_000, count)):
            fields = {"process.executable": "/usr/bin/bash", "process.command_line": f"bash -c {number} " + "x" * 300}
            fields |= {"process.parent.command_line": "sshd: an [priv]" + "y" * 200, "user.name": "an"}
            copy = EventCopy(f"{number % 50:032x}", 7, 1, number, "process_start", now, now, fields)
            rule = {**_RULE, "id": f"beside-{number % 40}", "title": "Beside", "title_vi": "Bên cạnh"}
            told = Detection(rule, "v1", [copy], [_WHY, _WHY])
            fixed = {"id": told.number, "created": now + number, "stage": "confirmed"}
            rows.append({**columns(told, f"ws-{number % 50}"), **fixed})
        raised = [{"alert": row["id"], "time": row["created"], "by": "", "action": "raised"} for row in rows]
        with database.session(engine) as s:
            s.execute(insert(tables["alerts"]), rows)
            s.execute(insert(tables["alert_history"]), raised)
    engine.dispose()


def fill_days(paths: StatePaths, days: int) -> int:
    """Copy what is stored to days long past; how many events there are then."""
    client = connect(paths)
    recent = f"SELECT * FROM {TABLE} WHERE toDate(ingested) >= today() - 1 LIMIT 50000"
    past = f"SELECT * REPLACE (ingested - toIntervalDay({{age:UInt32}}) AS ingested) FROM ({recent})"
    for number in range(days):
        client.command(f"INSERT INTO {TABLE} {past}", parameters={"age": OLD_DAYS + number})
    (stored,) = client.query(f"SELECT count() FROM {TABLE}").first_row
    return int(stored)


def repeated(paths: StatePaths, spell_s: float, work: Callable[[StatePaths], None]) -> None:
    """Do it until the load is over."""
    end, times = time.monotonic() + spell_s - 2 * BEGIN_S, 0
    while time.monotonic() < end:
        began = time.monotonic()
        work(paths)
        times += 1
        note(f"{work.__name__} in {time.monotonic() - began:.1f} s")


def backed_up(paths: StatePaths) -> None:
    """Take a backup, as a person does."""
    with tempfile.TemporaryDirectory(prefix="tramgac-backup-", dir=paths.root.parent) as folder:
        _tramgac("collector", "backup", "--to", f"{folder}/one", "--plain-keys", "--state", str(paths.root))


def dropped(paths: StatePaths, spell_s: float, days: int) -> None:
    """Drop one day after the other, as retention does, all along."""
    client, counts = connect(paths), Counts()
    today = dt.datetime.now(dt.UTC).date()
    for number in range(days):
        began = time.monotonic()
        retention.retain(client, retention.Policy(OLD_DAYS + days - number - 2), today, counts)
        time.sleep(max(0.0, (spell_s - 2 * BEGIN_S) / days - time.monotonic() + began))
    if counts["partitions_dropped"] != days:
        raise SystemExit(f"bench ingest: {counts['partitions_dropped']} of {days} days were dropped")


def decided(bench: Bench, count: int) -> None:
    """Close all alerts with one verdict, as a person does."""
    began = time.monotonic()
    words = ("alerts", "verdict-all", "benign", "--rule", "", "--note", "all the same", "--yes", "--json")
    told = json.loads(_tramgac(*words, "--state", str(bench.place.paths.root)))
    note(f"{told['decided']} alerts decided in {time.monotonic() - began:.1f} s")
    if told["decided"] < count:
        raise SystemExit(f"bench ingest: of {count} alerts {told['decided']} were decided")


def _tramgac(*words: str) -> str:
    command = [sys.executable, "-c", "from tramgac_collector.cli.main import main; main()", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
