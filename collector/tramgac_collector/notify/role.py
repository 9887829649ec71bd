"""The role `notifier`: follows the outbox, keeps what waits for each channel, and has it sent.

What is read moves the cursor in the transaction that writes the notices; a notice is removed when its channel took
it. So each alert is told at least once to each channel that wants it, or given up, counted and shown. The judge waits
for none of it: this role reads what the judge has written.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tramgac_collector import bell, database, logs, ready, tallies
from tramgac_collector.bell import SLOW_LOOK_S
from tramgac_collector.config import CollectorConfig
from tramgac_collector.notify.notifier import NAME, Notifier
from tramgac_collector.paths import StatePaths
from tramgac_collector.write_times import WRITES

PAUSE_S = 1.0
GRACE_S = 2.0
"""How long messages that are on their way are waited for at the end; what is not told by then is told again."""
_LOG = structlog.get_logger(__name__)


def run(paths: StatePaths, config: CollectorConfig) -> None:
    """Tell people until SIGTERM or SIGINT."""
    logs.configure(paths, NAME)
    engine = database.open_database(config.url(paths))
    notifier = Notifier(paths, engine, config.console_origin, random.random)
    with bell.Bell(paths.run, NAME) as ears:
        serve(paths, notifier, ears, _stop_on_signals(paths))
    _LOG.info("the notifier ends", **notifier.counts.snapshot())
    engine.dispose()


def serve(paths: StatePaths, notifier: Notifier, ears: bell.Bell, stopping: threading.Event) -> None:
    """Look whenever the bell rings or something is due, until told to stop."""
    teller = tallies.Teller(paths, NAME, writes=WRITES)
    ready.announce(paths, NAME)
    while not stopping.is_set():
        wait = once(notifier)
        if teller.due:
            teller.tell(notifier.counts.snapshot(), notifier.gauges())
        if not stopping.is_set():
            ears.wait(wait)
    ready.retract(paths, NAME)
    _finish(notifier)


def once(notifier: Notifier, clock: Callable[[], int] = time.time_ns) -> float:
    """Look once; give how long to wait for the next look, seconds. A database that is away is tried again."""
    try:
        notifier.look()
    except (SQLAlchemyError, OSError) as error:
        notifier.counts.add("away")
        notifier.lost()
        _LOG.warning("the database cannot be reached; trying again", error=str(error))
        return PAUSE_S
    wake = notifier.wake()
    return SLOW_LOOK_S if wake is None else max(0.0, min(SLOW_LOOK_S, (wake - clock()) / 1e9))


def _finish(notifier: Notifier) -> None:
    """Wait a moment for what is on its way, so that it is not told twice."""
    deadline = time.monotonic() + GRACE_S
    while notifier.busy and time.monotonic() < deadline:
        time.sleep(0.05)
    try:
        notifier.settle()
    except SQLAlchemyError as error:
        _LOG.warning("what was told last is told again", error=str(error))


def _stop_on_signals(paths: StatePaths) -> threading.Event:
    told = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()
        bell.ring(paths.run, NAME)  # the loop is waiting for its own bell

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told
