"""Correlations with 100 thousand open groups, a type each; `./dev bench correlations [--quick]`.

Each rate has a floor at half of its target, for machines vary; beside it stands what the states alone cost, in order
of arrival and without any waiting. That shuffled matches give the same alerts is judged strictly. Memory is that of a
process of its own, with all groups open. `--quick` takes fewer of everything.
"""

import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from sqlalchemy import Engine
from tramgac_collector import database
from tramgac_collector.judging.correlation_rows import ControlRows
from tramgac_rules.correlation.closing import Tiles
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.late import settle
from tramgac_rules.correlation.model import Correlation, Match, position
from tramgac_rules.correlation.stream import machine_of

from tests.lab.rows import row
from tests.rules.correlation.making import SECOND, Book, correlation

BLOCK = 2_000
SECONDS = 400  # of the stream's own time
LATE = 60 * SECOND
SHUFFLES = 20


def cases(span: int, many: int) -> dict[str, Correlation]:
    """Return a correlation of each type, over a span in seconds; `many` events or values are a lot."""

    def made(kind, *bounds, **more):
        return correlation(kind, *bounds, span=span, group_by=("host", "user"), **more)

    return {
        "event_count": made("event_count", ("gte", many)),
        "value_count": made("value_count", ("gte", many)),
        "temporal": made("temporal", ("gte", 3), rules=3),
        "temporal_ordered": made("temporal_ordered", ("gte", 3), rules=3),
        "temporal, a and b and not c": made("temporal", rules=3, ways=((0b110, 0b001),)),
        "event_count, lt": made("event_count", ("lt", 4)),
        "value_sum": made("value_sum", ("gt", 300)),
        "value_avg": made("value_avg", ("gt", 60)),
        "value_percentile": made("value_percentile", ("gt", 95), percentile=90.0),
        "value_median": made("value_median", ("gt", 60)),
    }


def stream(case: Correlation, count: int, groups: int, seed: int = 3) -> list[Match]:
    """Return matches in the order of their time, over so many groups."""
    chance = random.Random(seed)
    keys = [(f"ws-{number // 3:05d}", f"user{number % 3}") for number in range(groups)]
    numbers = case.type.startswith("value") and case.type != "value_count"
    turns = len(case.rules)
    return [
        Match(
            number * SECONDS * SECOND // count,
            (f"{number % 997:032x}", 7, 2, number),
            chance.randrange(turns),
            chance.choice(keys),
            chance.randrange(100) if numbers else f"v{chance.randrange(50)}",
        )
        for number in range(count)
    ]


def blocks(matches: Sequence[Match]) -> Iterator[Sequence[Match]]:
    """Yield matches as a judge gets them, some thousand at a time."""
    for first in range(0, len(matches), BLOCK):
        yield matches[first : first + BLOCK]


def alone(case: Correlation, matches: Sequence[Match]) -> float:
    """Return the matches a second of the states alone, in order."""
    apply = Tiles(case).apply if case.closing else machine_of(case).apply
    spent = []
    for block in blocks(matches):
        before = time.process_time()
        for each in block:
            apply(each)
        spent.append((time.process_time() - before) / len(block))
    return 1 / median(spent)


def whole(case: Correlation, matches: Sequence[Match]) -> float:
    """Return the matches a second of a correlator: waiting, watermark, provisional firings."""
    correlator, spent = Correlator([case]), []
    for block in blocks(matches):
        before = time.process_time()
        for each in block:
            correlator.add(0, each)
        correlator.advance("", block[-1].time - LATE)
        correlator.take()
        spent.append((time.process_time() - before) / len(block))
    return 1 / median(spent)


class Memory(Book):
    """Rows in memory, found by their group."""

    def __init__(self) -> None:
        super().__init__()
        self.by_group: defaultdict[tuple, set[Match]] = defaultdict(set)
        self.of_group: defaultdict[tuple, dict] = defaultdict(dict)

    def put_match(self, index, each):
        self.by_group[index, each.group].add(each)

    def drop_match(self, index, each):
        self.by_group[index, each.group].discard(each)

    def matches(self, index, group, after, since, until):
        found = [each for each in self.by_group[index, group] if since <= each.time <= until]
        return [each for each in found if after is None or position(each) > after]

    def put_window(self, index, window, *, final):
        super().put_window(index, window, final=final)
        self.of_group[index, window.group][window.id] = None

    def _final(self, index, group=None):
        told = (self.ended.get((index, number)) for number in self.of_group[index, group])
        return sorted((found[0] for found in told if found is not None and found[1]), key=lambda window: window.end)

    def fired(self):
        return {number: window for (_, number), (window, final) in self.ended.items() if final and window.fired}


def run(case: Correlation, arriving: Sequence[Match]) -> dict:
    """Return what fires when matches arrive so."""
    correlator, rows, seen = Correlator([case]), Memory(), 0
    for block in blocks(arriving):
        for each in block:
            rows.put_match(0, each)
            correlator.add(0, each)
        seen = max(seen, *(each.time for each in block))
        correlator.advance("", seen - LATE)
        settle(correlator, rows)
    correlator.advance("", 1 << 62)
    settle(correlator, rows)
    return rows.fired()


def shuffled(matches: Sequence[Match], most: int, seed: int) -> list[Match]:
    """Return the matches as they arrive when each is under way for up to `most` ns."""
    chance = random.Random(seed)
    return sorted(matches, key=lambda each: each.time + chance.randrange(most))


def resident() -> float:
    """Return the resident memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize() / 1e6


def _grown(name: str, count: int, groups: int, told: "multiprocessing.Queue[float]") -> None:
    case = cases(3_600, 10)[name]
    matches = stream(case, count, groups)
    before, correlator = resident(), Correlator([case])
    for block in blocks(matches):
        for each in block:
            correlator.add(0, each)
        correlator.advance("", block[-1].time - LATE)
        correlator.take()
    told.put(resident() - before)


def memory(name: str, count: int, groups: int) -> float:
    """Return by how much a fresh process grows with all these groups open, the matches themselves not counted, MB."""
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=_grown, args=(name, count, groups, told))
    process.start()
    grown = told.get(timeout=600)
    process.join()
    return grown


def written(engine: Engine, case: Correlation, matches: Sequence[Match]) -> float:
    """Return the matches a second that are judged and written to the control store."""
    correlator, begin = Correlator([case]), time.perf_counter()
    for block in blocks(matches):
        with database.session(engine) as s:
            rows = ControlRows(s, [case], 1)
            for each in block:
                rows.put_match(0, each)
                correlator.add(0, each)
            correlator.advance("", block[-1].time - LATE)
            settle(correlator, rows)
            rows.flush()
    return len(matches) / (time.perf_counter() - begin)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    quick = "--quick" in arguments
    count, groups, small = (60_000, 20_000, 6_000) if quick else (400_000, 100_000, 12_000)
    good = True
    for name, case in cases(3_600, 10).items():
        matches = stream(case, count, groups)
        base = alone(case, matches)
        good &= row("correlations", f"{name}: states alone", round(base), "matches/s", at_least=75_000, target=150_000)
        rate = whole(case, matches)
        good &= row(
            "correlations", f"{name}: {groups} groups", round(rate), "matches/s", at_least=25_000, target=50_000,
            baseline=round(base),
        )  # fmt: skip
        good &= row("correlations", f"{name}: memory", round(memory(name, count, groups), 1), "MB", at_most=200)
    for name, case in cases(60, 5).items():
        matches = stream(case, small, small // 30)
        best = run(case, matches)
        for what, most in (("within", LATE), ("beyond", 10 * LATE)):
            same = sum(run(case, shuffled(matches, most, seed)) == best for seed in range(SHUFFLES))
            told = f"{name}: the same {len(best)} alerts, shuffled {what} the lateness"
            good &= row("correlations", told, same, f"of {SHUFFLES}", at_least=SHUFFLES)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/control.db"
        database.migrate(url)
        engine = database.open_database(url)
        case = cases(3_600, 10)["event_count"]
        rate = written(engine, case, stream(case, small, groups))
        good &= row("correlations", "judged and written", round(rate), "matches/s", at_least=500, target=1_000)
        engine.dispose()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
