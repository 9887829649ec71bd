import threading
from collections import Counter

import pytest
from sqlalchemy.exc import OperationalError
from tramgac_collector.judging import beside
from tramgac_collector.judging.beside import Beside


@pytest.fixture
def made(monkeypatch):
    threads = []

    def make(look, slow=60.0):
        monkeypatch.setattr(beside, "SLOW_LOOK_S", slow)
        threads.append(Beside("work", look, Counter()))
        threads[-1].start()
        return threads[-1]

    yield make
    for thread in threads:
        thread.stop()
        assert not thread.is_alive()


def test_it_looks_when_woken_and_not_before(made):
    looked = threading.Event()
    thread = made(looked.set)
    assert not looked.wait(0.05)
    thread.wake()
    assert looked.wait(10)


def test_it_looks_now_and_then_by_itself(made):
    looks, enough = [], threading.Event()

    def look():
        looks.append(1)
        if len(looks) == 3:
            enough.set()

    made(look, slow=0.01)
    assert enough.wait(10)


def test_what_fails_is_counted_and_tried_again(made):
    looks, well = [], threading.Event()

    def look():
        looks.append(1)
        if len(looks) < 4:
            raise [OSError("disk"), OperationalError("x", {}, OSError("away")), ValueError("?")][len(looks) - 1]
        well.set()

    thread = made(look, slow=0.01)
    assert well.wait(10)
    assert thread.counts == {"work_failures": 3}


def test_long_work_hears_that_it_is_to_end(made):
    began = threading.Event()

    def look():
        began.set()
        while not thread.stopping():
            began.wait(0.01)

    thread = made(look)
    thread.wake()
    assert began.wait(10)
    thread.stop()
    assert not thread.is_alive()


def test_several_are_asked_before_one_is_waited_for(made):
    threads = [made(lambda: None, slow=60) for _ in range(3)]
    for thread in threads:
        thread.finish()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_what_the_work_holds_is_closed_at_last():
    done = []
    thread = Beside("work", lambda: done.append("look"), Counter(), lambda: done.append("close"))
    thread.start()
    thread.wake()
    while not done:
        thread.join(0.01)
    thread.stop()
    assert done[-1] == "close"
    assert done.count("close") == 1
