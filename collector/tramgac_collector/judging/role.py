"""The role `judge`: the consumer's loop, and what works beside it."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Protocol

import structlog

from tramgac_collector import bell, database, logs, ready, rule_costs, tallies
from tramgac_collector.config import CollectorConfig
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.consumer import AWAY, NAME, Consumer
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.look_back import LookBackThread
from tramgac_collector.judging.reading_texts import TextThread
from tramgac_collector.judging.scanning import ScanThread
from tramgac_collector.judging.scanning_again import ScanAgainThread
from tramgac_collector.judging.silence import Silence
from tramgac_collector.paths import StatePaths

BESIDE = {"scans": ScanThread, "texts": TextThread, "scans_again": ScanAgainThread, "look_back": LookBackThread}
"""What works beside the consumer, each in a thread of its own, by the name under which its counts are told."""
PAUSE = 1.0
"""Wait after the database or the log could not be reached, seconds."""
CHORES_EVERY_S = 2.0
"""How often what works beside is woken and what time alone brings is seen to, seconds: bells ring oftener, and each
look asks the database."""
COUNTS_EVERY_S = 60.0
"""How often what was counted is logged: a judge that is killed tells nothing more."""

_LOG = structlog.get_logger(__name__)


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Judge until SIGTERM or SIGINT."""
    logs.configure(paths, NAME)
    engine = database.open_database(config.url(paths))
    in_force = InForce(paths, engine)
    consumer = Consumer(paths, engine, in_force, allowance=Allowance(config.alerts_a_day, config.files_a_day))
    with bell.Bell(paths.run, NAME) as ears:
        stopping = _stop_on_signals(paths)
        in_force.begin()
        in_force.refresh(time.time_ns())
        consumer.begin()
        beside = {name: made(paths, engine, in_force) for name, made in BESIDE.items()}
        for thread in beside.values():
            thread.start()
        silence = Silence(paths, engine, config, consumer.counts)
        accounts = Accounts(consumer, beside)
        ready.announce(paths, NAME)
        chores_due = 0.0
        while not stopping():
            chores = time.monotonic() >= chores_due
            if chores:
                chores_due = time.monotonic() + CHORES_EVERY_S
            _once(consumer, in_force, silence if chores else None)
            accounts.tell()
            if chores:
                for thread in beside.values():
                    thread.wake()
            ears.wait(bell.SLOW_LOOK_S if chores else max(0.0, chores_due - time.monotonic()))
        ready.retract(paths, NAME)
        for thread in beside.values():
            thread.finish()  # all of them before the first is waited for
        for thread in beside.values():
            thread.stop()
    _LOG.info("the judge ends", **accounts.now())
    engine.dispose()


class Counting(Protocol):
    """What works beside the consumer and counts what it did, gave up and could not do."""

    @property
    def counts(self) -> Mapping[str, int]:
        """By name."""


class Accounts:
    """What the judge and its helpers have counted, in the log now and then."""

    def __init__(
        self, consumer: Consumer, beside: Mapping[str, Counting], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin; `clock` in seconds. The first account is due after COUNTS_EVERY_S."""
        self._consumer, self._beside, self._clock = consumer, beside, clock
        self._next = clock() + COUNTS_EVERY_S
        self._teller = tallies.Teller(consumer.paths, NAME)

    def now(self) -> dict[str, object]:
        """Return all counts, and how far the judge is."""
        counts = {**self._consumer.counts, **self._consumer.correlating.all_counts()}
        others = {name: dict(each.counts) for name, each in self._beside.items()}
        return {"position": self._consumer.position, "counts": counts, **others}

    def _flat(self) -> dict[str, int]:
        """All that only grows, by name; what several count by one name is summed."""
        summed = Counter(self._consumer.counts)
        summed.update(self._consumer.correlating.all_counts())
        for each in self._beside.values():
            summed.update(each.counts)
        return dict(summed)

    def tell(self) -> None:
        """Log them, leave them as a note, and what rules cost, when it is time."""
        if self._teller.due:
            self._teller.tell(self._flat(), {"cursor": self._consumer.position})
        if self._clock() >= self._next:
            self._next = self._clock() + COUNTS_EVERY_S
            _LOG.info("counts", **self.now())
            judge = self._consumer.in_force.rules.judge
            if judge is not None:
                rule_costs.note(self._consumer.paths, judge, self._consumer.clock())


def _once(consumer: Consumer, in_force: InForce, silence: Silence | None) -> None:
    """Judge what is there. With `silence`: see to what time alone brings, too."""
    try:
        in_force.refresh(time.time_ns())
        consumer.drain()
        if silence is not None:
            consumer.account()
            consumer.settle()
            silence.look()  # after all was judged: last words may have stood in what had not been
            consumer.tidy()
    except AWAY as error:
        consumer.counts["away"] += 1
        _LOG.warning("the database or the log cannot be reached; trying again", error=str(error))
        consumer.lost()
        time.sleep(PAUSE)


def _stop_on_signals(paths: StatePaths) -> Callable[[], bool]:
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        bell.ring(paths.run, NAME)  # the loop is waiting for its own bell

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return lambda: bool(told)
