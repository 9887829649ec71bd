import time

from tramgac_agent.sleep.bedtime import HEARD_NS, Step
from tramgac_agent.sleep.watch import SleepWatch

from tests.agent.sleep.bus import Member, bus, released

NAME = "org.freedesktop.login1"


def step(watch, wanted, now=0, seconds=5.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := watch.turn(now)) is not Step.NOTHING:
            return found is wanted
        time.sleep(0.002)
    return wanted is Step.NOTHING


def test_the_machine_waits_for_what_the_collector_hears(tmp_path):
    with bus(tmp_path) as address:
        slept, heard = [0], []
        manager = Member(address, NAME)
        watch = SleepWatch(address, lambda: bool(heard), lambda: slept[0])
        watch.turn(0)
        lock = manager.grant()
        manager.signal(sleeps=True)
        assert step(watch, Step.SAY)
        assert watch.said
        assert step(watch, Step.NOTHING, seconds=0.05)
        assert not released(lock, 0.0)
        heard.append(True)
        assert step(watch, Step.LET_GO)
        assert released(lock)
        slept[0] = 3_600_000_000_000
        assert step(watch, Step.BACK)
        assert not watch.said
        lock = manager.grant()
        heard.clear()
        manager.signal(sleeps=True)
        assert step(watch, Step.SAY)
        assert step(watch, Step.LET_GO, HEARD_NS), "nobody answers"
        assert released(lock)
        watch.close()
        assert watch.filenos() == ()
        manager.close()


def test_without_a_bus_the_clock_alone_tells():
    slept = [0]
    watch = SleepWatch("", lambda: True, lambda: slept[0])
    assert watch.turn(0) is Step.NOTHING
    slept[0] = 5_000_000_000
    assert watch.turn(0) is Step.BACK
    watch.close()
