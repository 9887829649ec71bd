"""The role `judge`: the consumer's loop, and what works beside it.

Of several judges the first does what one alone must: work beside, silence, tidying, holes.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Protocol

import structlog

from tramgac_collector import bell, database, logs, ready, rule_costs, tallies
from tramgac_collector.config import CollectorConfig
from tramgac_collector.judges import Seat
from tramgac_collector.judging import levelling
from tramgac_collector.judging.abreast import Abreast
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.consumer import AWAY, Consumer
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.look_back import LookBackThread
from tramgac_collector.judging.place import Place
from tramgac_collector.judging.reading_texts import TextThread
from tramgac_collector.judging.scanning import ScanThread
from tramgac_collector.judging.scanning_again import ScanAgainThread
from tramgac_collector.judging.silence import Silence
from tramgac_collector.paths import StatePaths
from tramgac_collector.write_times import WRITES

BESIDE = {"scans": ScanThread, "texts": TextThread, "scans_again": ScanAgainThread, "look_back": LookBackThread}
"""What works beside the consumer, each in a thread of its own, by the name under which its counts are told."""
PAUSE = 1.0
"""Wait after the database or the log could not be reached, seconds."""
CHORES_EVERY_S = 2.0
"""How often what works beside is woken and what time alone brings is seen to, seconds: bells ring oftener, and each
look asks the database."""
COUNTS_EVERY_S = 60.0
"""How often what was counted is logged: a judge that is killed tells nothing more."""
GATHER_S = 0.1
"""How long batches wait for others before they are judged, seconds: a transaction costs as much as a hundred events."""

_LOG = structlog.get_logger(__name__)


def run(paths: StatePaths, config: CollectorConfig, number: int = 1) -> None:
    """Judge until SIGTERM or SIGINT; `number`: which of several judges."""
    seat = Seat(number, config.judges)
    logs.configure(paths, seat.role)
    engine = database.open_database(config.url(paths))
    in_force = InForce(paths, engine, seat.role)
    allowance = Allowance(config.alerts_a_day, config.files_a_day, config.members_a_day, 4 * config.members_a_day)
    consumer = Consumer(paths, engine, in_force, allowance=allowance, place=Place(seat))
    with bell.Bell(paths.run, seat.role) as ears:
        stopping = _stop_on_signals(paths, seat.role)
        in_force.begin()
        in_force.refresh(time.time_ns())
        if not _take_place(consumer, stopping):
            return
        consumer.begin()
        beside = {name: made(paths, engine, in_force) for name, made in BESIDE.items()} if seat.first else {}
        for thread in beside.values():
            thread.start()
        silence = Silence(paths, engine, config, consumer.counts) if seat.first else None
        accounts, abreast = Accounts(consumer, beside), Abreast(consumer)
        ready.announce(paths, seat.role)
        chores_due = 0.0
        while not stopping():
            chores = time.monotonic() >= chores_due
            if chores:
                chores_due = time.monotonic() + CHORES_EVERY_S
            _once(consumer, in_force, silence, abreast, chores=chores)
            accounts.tell()
            if chores:
                for thread in beside.values():
                    thread.wake()
            if not consumer.behind:
                _gather(ears, bell.SLOW_LOOK_S if chores else max(0.0, chores_due - time.monotonic()))
        ready.retract(paths, seat.role)
        for thread in beside.values():
            thread.finish()  # all of them before the first is waited for
        for thread in beside.values():
            thread.stop()
    _LOG.info("the judge ends", **accounts.now())
    engine.dispose()


def _gather(ears: bell.Bell, timeout: float) -> None:
    """Wait until somebody rings, so many seconds at most, and a moment more: what comes together is judged together."""
    if ears.wait(timeout):
        time.sleep(GATHER_S)
        ears.hush()


def _take_place(consumer: Consumer, stopping: Callable[[], bool]) -> bool:
    """Wait until the cursors are those of the judges that run now; the first one sees to it. False: we are to end."""
    seat, paths = consumer.place.seat, consumer.paths
    heir = Consumer(paths, consumer.engine, consumer.in_force, consumer.counts, place=levelling.Heir())
    while not stopping():
        try:
            if levelling.agreed(consumer.engine, seat.of):
                if seat.first:
                    levelling.forget(paths, seat.of)
                return True
            if seat.first:
                levelling.level(heir, seat.of)
                continue
        except AWAY as error:
            consumer.counts["away"] += 1
            _LOG.warning("the judges' cursors cannot be put down; trying again", error=str(error))
            heir.lost()
        time.sleep(PAUSE)
    return False


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
        self._teller = tallies.Teller(consumer.paths, consumer.place.seat.role, writes=WRITES)

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
                role = self._consumer.place.seat.role
                rule_costs.note(self._consumer.paths, judge, self._consumer.clock(), role)


def _once(consumer: Consumer, in_force: InForce, silence: Silence | None, abreast: Abreast, *, chores: bool) -> None:
    """Judge what is there. With `chores`: see to what time alone brings, too."""
    try:
        in_force.refresh(time.time_ns())
        consumer.drain(CHORES_EVERY_S)
        consumer.exchange(moving=chores)
        if chores:
            if not consumer.behind:  # a host that seems silent may speak in what was not judged
                consumer.settle()
            consumer.tidy()
        if chores and silence is not None:
            consumer.account()
            if abreast.look():  # last words may stand in what was not judged
                silence.look()
    except AWAY as error:
        consumer.counts["away"] += 1
        _LOG.warning("the database or the log cannot be reached; trying again", error=str(error))
        consumer.lost()
        time.sleep(PAUSE)


def _stop_on_signals(paths: StatePaths, role: str) -> Callable[[], bool]:
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        bell.ring(paths.run, role)  # the loop is waiting for its own bell

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return lambda: bool(told)
