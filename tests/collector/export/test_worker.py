import threading

import pytest
from tramgac_collector.errors import EngineAway
from tramgac_collector.export.errors import Away, Elsewhere
from tramgac_collector.export.places import Place
from tramgac_collector.export.worker import LOOK_S, Worker
from tramgac_collector.pairs import Both


class Pump:
    name = "siem"

    def __init__(self, *steps):
        self.steps, self.counts, self.closed, self.place, self.source = (
            list(steps),
            {"retries": 0},
            False,
            Place(),
            self,
        )

    def step(self):
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def behind(self, _place):
        return 7

    def close(self):
        self.closed = True


def test_it_goes_on_at_once_while_there_is_more():
    worker = Worker(Pump(True, False), threading.Event())
    assert (worker.once(), worker.note().state) == (0.0, "sends")
    assert (worker.once(), worker.note().state, worker.note().behind) == (LOOK_S, "waits", 7)


@pytest.mark.parametrize(
    "error", [Elsewhere(Both("two", "hai")), EngineAway("gone"), OSError("disk"), RuntimeError("a fault of ours")]
)
def test_whatever_fails_is_told_and_tried_again(error):
    worker = Worker(Pump(error, error, False), threading.Event(), clock=lambda: 11)
    assert 0.5 <= worker.once() <= 1
    assert 1 <= worker.once() <= 2
    note = worker.note()
    assert (note.state, note.since, worker.pump.counts["retries"]) == ("away", 11, 2)
    assert note.trouble
    assert worker.once() == LOOK_S
    assert worker.note().trouble == ""


def test_a_destination_that_asks_to_be_left_alone_is():
    worker = Worker(Pump(Away(Both("busy", "bận"), 60.0)), threading.Event())
    assert worker.once() == 60.0
    assert (worker.note().trouble, worker.note().trouble_vi) == ("busy", "bận")


def test_it_works_until_stopped():
    stop = threading.Event()
    pump = Pump(True, True)
    worker = Worker(pump, stop)
    once, worker_once = [], worker.once

    def step():
        once.append(worker_once())
        if not pump.steps:
            stop.set()
        return once[-1]

    object.__setattr__(worker, "pump", pump)
    Worker.once, saved = (lambda _self: step()), Worker.once
    try:
        worker.run()
    finally:
        Worker.once = saved
    assert (once, pump.closed) == ([0.0, 0.0], True)
