"""How fast and how small the event store is; `./dev bench store [--quick | --full]`.

10 million made-up events (1 with --quick, 100 with --full), asked by the product's own functions through its engine
process. Each figure stands beside the same question with skip indexes and roll-ups put aside, in the same run; and the
first tenth of the events is asked too, to see how questions grow. A host's day has ten times the events then, so its
growth is that of the part of the day with as many events as the whole day had: what is judged is the store, not the
size of an answer. Medians after one that warms up.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_collector.engine.client import connect
from tramgac_collector.events import asking, prevalence, query, schema
from tramgac_collector.paths import StatePaths

from tests.bench import store_made as made
from tests.collector.conftest import start_engine
from tests.lab.rows import note, row

LANE = "store"
RANK = 100  # of the host that is asked about: neither the busiest nor the idlest
FRESH = {"use_query_condition_cache": 0}
"""A question is asked again and again: what the engine remembers of it is not to answer."""
PLAIN = {**FRESH, "use_skip_indexes": 0, "optimize_use_projections": 0}
DAY_NS = 86_400_000_000_000
LEAST, MOST, SPELL_S = 5, 25, 1.0
"""How often a question is asked: what takes little is asked more often, for so many seconds."""
HOST_DAY = "a host's day"
LOOK_UPS = {HOST_DAY: 0.1, "a hash, 30 days": 0.15, "a process tree": 0.3}
_FOLLOWING = """SELECT toUnixTimestamp64Nano(time) FROM events WHERE host = {host:String}
 AND time >= fromUnixTimestamp64Nano({since:Int64}, 'UTC') ORDER BY time LIMIT 1 OFFSET {count:UInt64}"""
ROLL_UPS = ("events by hour, 30 days", "how common a hash is", "the rarest programs", "how common a destination is")
SCAN = "a substring of command lines, 30 days"


def questions(paths: StatePaths, host: str) -> dict[str, Callable[[], Any]]:
    """What is asked, by name."""
    day, month = made.begin(made.DAYS // 2), {"since": made.begin(0), "until": made.begin(made.DAYS)}
    address = prevalence.rarest(paths, "destination.ip", 1)[0]["value"]
    return {
        HOST_DAY: lambda: of_host(paths, host, day, day + DAY_NS),
        "a hash, 30 days": lambda: list(query.search(paths, f"process.hash.sha256:{made.RARE_HASH}", **month)),
        "a process tree": lambda: query.process_tree(paths, host, f"{45063:016x}", f"{made.TREE + 8:016x}"),
        SCAN: lambda: query.count(paths, f"process.command_line:*{made.NEEDLE}*", kinds=("process_start",), **month),
        ROLL_UPS[0]: lambda: prevalence.hours(paths, month["since"], month["until"]),
        ROLL_UPS[1]: lambda: prevalence.prevalence(paths, "process.hash.sha256", made.RARE_HASH),
        ROLL_UPS[2]: lambda: prevalence.rarest(paths, "process.executable"),
        ROLL_UPS[3]: lambda: prevalence.prevalence(paths, "destination.ip", str(address)),
    }


@dataclass(frozen=True)
class Alike:
    """A host's day in the smaller store, and the part of it with as many events in the larger one."""

    count: int
    took: float
    """In the larger one, seconds."""


def of_host(paths: StatePaths, host: str, since: int, until: int) -> list[dict[str, object]]:
    """A host's events of a time."""
    return list(query.search(paths, host=host, since=since, until=until, limit=10_000))


def first_of_day(client: Any, host: str, count: int) -> int:
    """The time before which a host has so many events of the day that is asked about, ns since 1970."""
    told = {"host": host, "since": made.begin(made.DAYS // 2), "count": count}
    return int(client.query(_FOLLOWING, parameters=told).first_row[0])


def seconds(ask: Callable[[], Any]) -> float:
    """How long an answer takes."""
    ask()
    took: list[float] = []
    while len(took) < LEAST or (sum(took) < SPELL_S and len(took) < MOST):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def timed(asked: dict[str, Callable[[], Any]], settings: dict[str, int]) -> dict[str, float]:
    """How long each question takes, with these settings of the engine."""

    def opened(where: StatePaths, *, read_only: bool = False) -> Any:
        client = connect(where, read_only=read_only)
        for name, value in settings.items():
            client.set_client_setting(name, value)
        return client

    asking.connect = opened  # type: ignore[attr-defined]
    try:
        return {what: seconds(ask) for what, ask in asked.items()}
    finally:
        asking.connect = connect  # type: ignore[attr-defined]


def right(asked: dict[str, Callable[[], Any]]) -> bool:
    """Whether the answers are what was planted."""
    tree, found = asked["a process tree"](), asked["a hash, 30 days"]()
    good = row(LANE, "processes in the tree", len(tree), "processes", at_least=28, at_most=28)
    good &= row(LANE, "events with the hash", len(found), "events", at_least=2, at_most=2)
    return good & row(LANE, "events with the substring", asked[SCAN](), "events", at_least=1, at_most=1)


def report(
    large: dict[str, float], plain: dict[str, float], small: dict[str, float], alike: Alike, *, full: bool
) -> bool:
    """Print the figures."""
    targets = {**LOOK_UPS, **dict.fromkeys(ROLL_UPS, 0.05), SCAN: 1.5 if full else 0.3}
    good = True
    for what, target in targets.items():
        told = {"target": target, "at_most": 2 * target, "baseline": round(plain[what], 4)}
        good &= row(LANE, what, round(large[what], 4), "s", **told)
    for what in targets:
        bound = 11.0 if what == SCAN else 2.0
        base = {"baseline": round(small[what], 4), "target": bound}
        took = alike.took if what == HOST_DAY else large[what]
        tail = f" of {alike.count} events, the first part of the larger one" if what == HOST_DAY else ""
        ratio = round(took / small[what], 2)
        good &= row(LANE, f"growth, ten times the events: {what}{tail}", ratio, "x", at_most=bound, **base)
    return good


def main(*, quick: bool, full: bool) -> int:
    """Exit status: 0 if every figure is well."""
    rows = 1_000_000 if quick else 100_000_000 if full else 10_000_000
    with tempfile.TemporaryDirectory(prefix="tramgac-bench-") as folder:
        paths = StatePaths(Path(folder))
        engine = start_engine(paths)
        try:
            return 0 if measure(paths, rows, full=full) else 1
        finally:
            engine.terminate()
            engine.wait(30)


def measure(paths: StatePaths, rows: int, *, full: bool) -> bool:
    """Fill, ask and report."""
    client = connect(paths)
    client.timeout = 3_600
    schema.create(client)
    (host,) = client.query("SELECT lower(hex(sipHash128({rank:UInt32})))", parameters={"rank": RANK}).first_row
    made.plant(client, RANK)
    made.fill(client, 1, 0, rows // 10)
    made.settle(client)
    asked = questions(paths, host)
    small, count = timed(asked, FRESH), len(asked[HOST_DAY]())
    began = time.perf_counter()
    made.fill(client, 2, rows // 10, rows - rows // 10)
    note(f"store: filled at {rows * 0.9 / (time.perf_counter() - began):.0f} events a second, made by the engine")
    made.settle(client)
    sizes = "SELECT sum(bytes_on_disk), sum(rows) FROM system.parts WHERE active AND table = 'events'"
    size, there = client.query(sizes).first_row
    rolled = "SELECT sum(bytes_on_disk) FROM system.projection_parts WHERE active AND table = 'events'"
    (of_rollups,) = client.query(rolled).first_row
    asked = questions(paths, host)
    good = right(asked)
    since, until = made.begin(made.DAYS // 2), first_of_day(client, host, count)
    part = {HOST_DAY: lambda: of_host(paths, host, since, until)}
    what = "events in the part of a host's day that is compared with the smaller store's day"
    good &= row(LANE, what, len(part[HOST_DAY]()), "events", at_least=count, at_most=count)
    good &= row(LANE, "bytes on disk an event, roll-ups included", round(size / there, 2), "bytes", at_most=32,
                baseline=round((size - of_rollups) / there, 2))  # fmt: skip
    alike = Alike(count, timed(part, FRESH)[HOST_DAY])
    return good & report(timed(asked, FRESH), timed(asked, PLAIN), small, alike, full=full)


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv, full="--full" in sys.argv))
