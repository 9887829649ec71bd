import threading
import time

import pytest
from tramgac_collector.ingest import ringing
from tramgac_collector.ingest.ringing import Pace, Ringer

LONG = Pace(600, 600)


class Rung:
    """When it was rung."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.more = threading.Condition()

    def __call__(self) -> None:
        with self.more:
            self.times.append(time.monotonic())
            self.more.notify_all()

    def wait(self, count: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.times) >= count, 10)


def test_the_first_rings_at_once_and_many_after_it_ring_once_later():
    rung = Rung()
    ringer = Ringer(rung, Pace(0.05, 600))
    for _ in range(10):
        ringer()
    assert len(rung.times) == 1
    rung.wait(2)
    assert rung.times[1] - rung.times[0] >= 0.05


def test_where_it_is_busy_they_wait_longer_for_each_other():
    rung = Rung()
    ringer = Ringer(rung, Pace(0.05, 0.4))
    for _ in range(10):
        ringer()
    rung.wait(2)
    ringer()
    rung.wait(3)
    assert rung.times[2] - rung.times[1] >= 0.4
    ringer()
    rung.wait(4)
    assert rung.times[3] - rung.times[2] < 0.4  # one in that time is not busy


def test_many_are_rung_for_at_once(monkeypatch):
    monkeypatch.setattr(ringing, "MANY", 5)
    rung = Rung()
    ringer = Ringer(rung, LONG)
    ringer()
    for _ in range(4):
        ringer()
    assert len(rung.times) == 1
    ringer()
    assert len(rung.times) == 2
    ringer()
    assert len(rung.times) == 2
    ringer.close()
    assert len(rung.times) == 3


def test_what_is_due_is_rung_at_the_end():
    rung = Rung()
    ringer = Ringer(rung, LONG)
    ringer()
    ringer.close()
    assert len(rung.times) == 1
    ringer()
    ringer()
    ringer.close()
    ringer.close()
    assert len(rung.times) == 2


def test_without_a_thread_to_be_had_it_is_rung_each_time(monkeypatch: pytest.MonkeyPatch):
    def refused(_timer: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    rung = Rung()
    ringer = Ringer(rung, LONG)
    monkeypatch.setattr(threading.Timer, "start", refused)
    ringer()
    ringer()
    assert len(rung.times) == 2
