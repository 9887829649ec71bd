"""Searches beside SQL written by hand, and stored events judged again; `./dev bench search [--quick]`.

An engine of its own with an office's events (200 thousand; 30 thousand with `--quick`). What a person types is read and
compiled, then asked of the engine, and beside it in turn the same question in SQL with its values written in: their
ratio is judged. The backtest reads all events out of the store and judges them; beside it stands judging alone.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from tramgac_collector.backtest.judging import Backtest, Rules
from tramgac_collector.backtest.stored import Source
from tramgac_collector.engine.client import connect
from tramgac_collector.events.arrow import warm_up
from tramgac_collector.events.groups import count_by
from tramgac_collector.events.query import count
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.sql import Conditions
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ecs, kind_of
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.record import record_of

from tests.collector.conftest import start_engine
from tests.collector.events.test_store import fill_log
from tests.lab.rows import note, row

OWN_RULES = Path(__file__).parents[2] / "rules/content/sigma/linux"
BEGIN = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
TYPED = (
    "(Image:/usr/bin/curl or Image:/usr/bin/wget) process.command_line:*http* not user.name:root destination.port:>443"
)
BY_HAND = {
    "process.executable:/usr/bin/tool7": "process_executable = '/usr/bin/tool7'",
    "process.command_line:*--job*77*": "process_command_line ILIKE '%--job%77%'",
    "destination.ip:10.0.7.0/24 or destination.port:>60000": (
        "(destination_ip != '' AND toIPv6OrDefault(destination_ip) BETWEEN toIPv6('10.0.7.0') AND toIPv6('10.0.7.255'))"
        " OR destination_port > 60000"
    ),
    "evil.example": " OR ".join(
        [
            *(
                f"positionCaseInsensitiveUTF8({name}, 'evil.example') > 0"
                for name in (
                    "process_command_line",
                    "process_executable",
                    "file_path",
                    "message",
                    "tramgac_file_previous_path",
                    "rule_name",
                    "host_hostname",
                )
            ),
            "arrayExists(v -> positionCaseInsensitiveUTF8(v, 'evil.example') > 0, mapValues(winlog_event_data))",
            "arrayExists(v -> positionCaseInsensitiveUTF8(v, 'evil.example') > 0, winlog_values)",
        ]
    ),
}
GROUPED = (
    "kind:process_start | rare process.executable",
    (
        "SELECT process_executable AS v, count() AS c, uniqExact(host), min(time), max(time) FROM events"
        " WHERE kind = 'process_start' AND process_executable != '' GROUP BY v ORDER BY c, v LIMIT 100"
    ),
)


def office(number: int) -> Iterator[bytes]:
    """Yield so many events of an office's machines, ten a second."""
    draw = random.Random(5)
    for at in range(number):
        event = Event(time=BEGIN + at * SECOND // 10)
        program = f"/usr/bin/tool{int(300 * draw.random() ** 3)}"
        choice = draw.random()
        if choice < 0.4:
            process = event.process_start.process
            process.command_line = f"{program} --job {draw.getrandbits(60):x}"
            event.process_start.parent.executable = "/usr/bin/bash"
        elif choice < 0.7:
            process = event.network_connection.process
            event.network_connection.destination_ip = bytes((10, 0, draw.randrange(10), draw.randrange(256)))
            event.network_connection.destination_port = draw.choice((53, 80, 443, draw.randrange(65_536)))
        else:
            process = event.file_create.process
            event.file_create.path = f"/home/u{draw.randrange(90)}/{draw.getrandbits(40):x}"
        process.executable, process.user, process.pid = program, f"user{draw.randrange(90)}", draw.randrange(1, 60_000)
        yield event.SerializeToString()


def filled(paths: StatePaths, number: int) -> None:
    """Put the events of twenty hosts into the store."""
    paths.log_id.write_text("5ea2c4")
    warm_up()
    events = list(office(number))
    note(f"storing {number} events")
    fill_log(paths, [events[at : at + 1_000] for at in range(0, number, 1_000)], received=BEGIN + number * SECOND)
    store = Store.open(paths, Counts())
    store.fill(_Never())  # type: ignore[arg-type]  # all that it asks is whether to stop


class _Never:
    """Is never set."""

    def is_set(self) -> bool:
        return False


def spent(work: Callable[[], object]) -> float:
    """Seconds that work takes, by the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def busy(work: Callable[[], object]) -> float:
    """Seconds of this process's processor time that work takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def beside(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the medians of both, in turn."""
    pairs = [(spent(ours), spent(theirs)) for _ in range(times)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def reading() -> bool:
    """What a search costs before it is asked, and in Python."""

    def compiled() -> None:
        for _ in range(100):
            conditions = Conditions()
            conditions.ask(parse(TYPED).node)

    each = median(busy(compiled) for _ in range(9)) * 10
    good = row("search", "read and compiled, five terms", round(each, 3), "ms", at_most=2, target=1)
    test = asked(parse(TYPED).node)
    events = [Event.FromString(blob) for blob in office(2_000)]
    shown = [{**ecs(event), "kind": kind_of(event), "host": "a"} for event in events]
    each = median(busy(lambda: sum(map(test, shown))) for _ in range(5)) / len(shown) * 1e6
    return (
        row("search", "asked of one event in Python, five terms", round(each, 2), "us", at_most=100, target=50) and good
    )


def searches(paths: StatePaths, times: int) -> bool:
    """Each question as it is typed and by hand; both must give the same."""
    client = connect(paths)
    good = True
    for text, where in BY_HAND.items():
        sql = f"SELECT count() FROM events WHERE {where}"
        same = count(paths, text) == client.query(sql).result_rows[0][0]
        good &= row("search", f"answers that differ: {text}", int(not same), "answers", at_most=0)
        typed, by_hand = beside(lambda t=text: count(paths, t), lambda s=sql: _by_hand(paths, s), times)
        good &= _row(text, typed, by_hand)
    text, sql = GROUPED
    typed, by_hand = beside(lambda: count_by(paths, text), lambda: _by_hand(paths, sql), times)
    client.close()
    return _row(text, typed, by_hand) and good


def _by_hand(paths: StatePaths, sql: str) -> None:
    client = connect(paths, read_only=True)
    client.query(sql)
    client.close()


def _row(text: str, typed: float, by_hand: float) -> bool:
    within = by_hand * 2 * 1e3 + 5
    return row("search", text, round(typed * 1e3, 2), "ms", baseline=round(by_hand * 1e3, 2), at_most=round(within, 2))


def backtests(paths: StatePaths, number: int) -> bool:
    """All stored events judged again by our own rules for Linux, and the same events judged from memory."""
    pack = compile_rules([OWN_RULES]).pack
    rules, found = Rules.load(pack), []
    test = Backtest(rules, lambda _: "linux", found.append)
    source = Source.look(paths, rules.wanted(BEGIN, BEGIN + number * SECOND))

    def again() -> None:
        for page in source.pages():
            test.take(page)
        test.finish()

    took = busy(again)
    events = [Event.FromString(blob) for blob in office(min(number, 20_000))]
    judge = Rules.load(pack).judge
    alone = busy(lambda: [judge.match(record_of(event, "linux")) for event in events]) / len(events)
    good = row("search", "backtest, events that were not judged", number - test.counts["events"], "events", at_most=0)
    rate = number / took
    return (
        row(
            "search",
            "backtest",
            round(rate),
            "events/s of a core",
            at_least=5_000,
            target=10_000,
            baseline=round(1 / alone),
        )
        and good
    )


def main(arguments: list[str]) -> int:
    """Print the rows."""
    quick = "--quick" in arguments
    number = 30_000 if quick else 200_000
    good = reading()
    with tempfile.TemporaryDirectory() as folder:
        paths = StatePaths(Path(folder))
        process = start_engine(paths)
        try:
            filled(paths, number)
            good &= searches(paths, 7 if quick else 15)
            good &= backtests(paths, number)
        finally:
            process.terminate()
            process.wait(30)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
