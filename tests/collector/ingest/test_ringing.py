import threading
import time

from tramgac_collector.ingest.ringing import Ringer


def test_the_first_rings_at_once_and_many_after_it_ring_once_later():
    rung: list[float] = []
    late = threading.Event()

    def ring() -> None:
        rung.append(time.monotonic())
        if len(rung) == 2:
            late.set()

    ringer = Ringer(ring, pace_s=0.05)
    for _ in range(10):
        ringer()
    assert len(rung) == 1
    assert late.wait(10)
    assert rung[1] - rung[0] >= 0.05
    assert len(rung) == 2


def test_what_is_due_is_rung_at_the_end():
    rung: list[int] = []
    ringer = Ringer(lambda: rung.append(1), pace_s=600)
    ringer()
    ringer.close()
    assert len(rung) == 1
    ringer()
    ringer.close()
    assert len(rung) == 2
    ringer.close()
    assert len(rung) == 2


def test_without_a_thread_to_be_had_it_is_rung_each_time(monkeypatch):
    def refused(_timer: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    rung: list[int] = []
    ringer = Ringer(lambda: rung.append(1), pace_s=600)
    monkeypatch.setattr(threading.Timer, "start", refused)
    ringer()
    ringer()
    assert len(rung) == 2
