import os
import signal
import threading
import time

import pytest
from tramgac_collector.demo import interrupts
from tramgac_collector.demo.interrupts import Stopped


@pytest.fixture(autouse=True)
def caught():
    with interrupts.restored():
        interrupts.catch()
        yield


@pytest.mark.parametrize("number", interrupts.ENDING)
def test_the_first_signal_stops_and_the_next_is_passed_over(number):
    with pytest.raises(Stopped):
        os.kill(os.getpid(), number)
    os.kill(os.getpid(), number)


def test_a_signal_waits_for_what_is_under_way():
    done = []

    def start():
        with interrupts.held():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("started and noted")

    with pytest.raises(Stopped):
        start()
    assert done == ["started and noted"]


def test_a_signal_that_another_thread_takes_waits_too():
    """The demo follows its alerts in a thread."""
    done, over = [], threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()

    def start():
        with interrupts.held():
            signal.pthread_kill(other.ident, signal.SIGTERM)
            for _ in range(1_000):
                time.sleep(0.0001)
            done.append("started and noted")

    with pytest.raises(Stopped):
        start()
    over.set()
    other.join()
    assert done == ["started and noted"]


def test_handlers_of_before_are_back_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with interrupts.restored():
        interrupts.deaf()
    assert signal.getsignal(signal.SIGTERM) is before
