"""The role as a process: it tells what the judge's transaction wrote, and ends when it is asked to."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy.exc import OperationalError
from tramgac_collector import alerts, bell, database, initialise, ready, tallies
from tramgac_collector.logs import Counts
from tramgac_collector.notify import role
from tramgac_collector.notify.notifier import Notifier
from tramgac_collector.paths import StatePaths

from tests.collector.control_store import opened
from tests.collector.notify.servers import Hook, serving
from tests.collector.station import settings
from tests.tools.console import Clock


def raise_alert(engine) -> None:
    event = alerts.EventCopy("a" * 32, 1, 1, 1, "log_line", 1, 2, {"message": "m"})
    known = {"id": "r", "title": "Rule", "level": "high", "tags": []}
    with database.session(engine) as s:
        alerts.raise_alert(s, alerts.Detection(known, "1", [event]), "pc-1", time.time_ns())


def route_to(port: int) -> str:
    hook = f'[[channel]]\nname = "chat"\nkind = "webhook"\nnear = true\nurl = "http://127.0.0.1:{port}/"\n'
    return hook + '[[route]]\nchannels = ["chat"]\nwindow_s = 0\n'


@pytest.mark.enable_socket
def test_a_ring_is_enough_and_what_is_on_its_way_is_waited_for(state, sqlite_template):
    shutil.copy(sqlite_template, state.control_database)
    engine = opened(state.database_url)
    server, stopping = Hook(), threading.Event()
    with serving(server.handle) as port, bell.Bell(state.run, "notifier") as ears:
        state.notify.write_text(route_to(port))
        notifier = Notifier(state, engine)
        thread = threading.Thread(target=role.serve, args=(state, notifier, ears, stopping))
        thread.start()
        while tallies.read(state, "notifier") is None:
            assert thread.is_alive()
            time.sleep(0.01)
        raise_alert(engine)
        bell.ring_readers(state.run)
        while not server.posted:
            assert thread.is_alive()
            time.sleep(0.01)
        stopping.set()
        bell.ring_readers(state.run)
        thread.join(10)
    assert not state.ready("notifier").exists()
    assert notifier.counts["alerts_told"] == 1
    assert not notifier.busy
    engine.dispose()


@pytest.mark.slow
@pytest.mark.enable_socket
def test_it_tells_and_ends(tmp_path):
    paths = StatePaths(tmp_path)
    initialise.initialise(paths, settings())
    server = Hook()
    with serving(server.handle) as port:
        paths.notify.write_text(route_to(port))
        command = [sys.executable, "-m", "tramgac_collector.main", "notifier", "--state", str(paths.root)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            until(lambda: tallies.read(paths, "notifier"), process)
            assert ready.pid(paths, "notifier") == process.pid
            engine = database.open_database(paths.database_url)
            raise_alert(engine)
            engine.dispose()
            bell.ring(paths.run, "notifier")
            until(lambda: server.posted, process)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(20) == 0
    assert not paths.ready("notifier").exists()
    assert len(server.posted) == 1


def until(done, process, seconds=60):
    deadline = time.monotonic() + seconds
    while not done():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Fake:
    """A notifier that does as the test says."""

    def __init__(self, wake: int | None, error: Exception | None = None) -> None:
        self._wake, self._error, self.lost_times = wake, error, 0
        self.counts = Counts()

    def look(self) -> None:
        if self._error:
            raise self._error

    def lost(self) -> None:
        self.lost_times += 1

    def wake(self) -> int | None:
        return self._wake


def test_how_long_it_waits():
    clock = Clock()
    assert role.once(Fake(None), clock) == bell.SLOW_LOOK_S
    assert role.once(Fake(clock() - 1), clock) == 0
    assert role.once(Fake(clock() + 2_000_000_000), clock) == 2
    assert role.once(Fake(clock() + 3_600_000_000_000), clock) == bell.SLOW_LOOK_S
    away = Fake(None, OperationalError("", None, Exception("away")))
    assert role.once(away, clock) == role.PAUSE_S
    assert (away.lost_times, away.counts["away"]) == (1, 1)
