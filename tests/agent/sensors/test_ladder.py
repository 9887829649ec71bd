from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tramgac_agent.observations import OWN, Exit
from tramgac_agent.sensors.base import Probe, Setting
from tramgac_agent.sensors.errors import KernelError
from tramgac_agent.sensors.ladder import CANARY_AGAIN, CANARY_EVERY, CHECK_EVERY, CLIMB_EVERY, MISSES, Ladder
from tramgac_agent.sensors.scope import Scope
from tramgac_proto.event_pb2 import (
    MECHANISM_EBPF,
    MECHANISM_POLL,
    SENSOR_STATE_ABSENT,
    SENSOR_STATE_ALIVE,
    SENSOR_STATE_BLIND,
    SENSOR_STATE_UNSPECIFIED,
)

SETTING = Setting(Scope(), (1,), "")


class World:
    """What the two rungs can do just now."""

    def __init__(self):
        self.works = {"ebpf": True, "poll": True}
        self.starts = {"ebpf": True, "poll": True}
        self.trouble = {"ebpf": "", "poll": ""}
        self.lost = {"ebpf": 0, "poll": 0}
        self.unseen = {"ebpf": "", "poll": ""}
        self.running = []
        self.broken = False
        self.sees = {"ebpf": True, "poll": True}

    @property
    def rungs(self):
        return [
            type(name, (Rung,), {"world": self, "rung": name, "mechanism": mechanism})
            for name, mechanism in (("ebpf", MECHANISM_EBPF), ("poll", MECHANISM_POLL))
        ]


class Rung:
    """A sensor that does as its world says."""

    capability = "process"

    def __init__(self, _setting):
        self.queue = deque()

    def probe(self):
        return Probe(ok=self.world.works[self.rung], reason=f"{self.rung} is broken", install="mend it")

    def start(self):
        if not self.world.starts[self.rung]:
            raise KernelError("would not start")
        self.world.running.append(self)

    def drain(self, _budget):
        if self.world.broken:
            raise OSError("the kernel hung up")
        found = list(self.queue)
        self.queue.clear()
        return found

    def wake(self):
        return None

    def check(self):
        return self.world.trouble[self.rung]

    def unseen(self):
        return self.world.unseen[self.rung]

    def missed(self):
        return {"ring_full": self.world.lost[self.rung]}

    def canary_folder(self):
        return None

    def stop(self):
        if self in self.world.running:
            self.world.running.remove(self)


class FakeCanary:
    """Comes through if the rung that runs can see."""

    def __init__(self, world):
        self.world = world
        self.running = False
        self.trouble = ""
        self.sensor = None
        self.begun = 0

    def begin(self, sensor, now):
        self.running = True
        self.begun += 1
        self.sensor = sensor
        self.until = now + 4_000_000_000
        self.seen = False
        if self.world.sees[sensor.rung]:
            sensor.queue.append(Exit(0, 1, 1, 0, 0, 0, OWN))

    def look(self, observations):
        self.seen = self.seen or any(o.flags & OWN for o in observations)

    def ended(self, now):
        if not self.running or not (self.seen or now >= self.until):
            return None
        self.running = False
        return self.seen

    def end(self):
        self.running = False


def made(world):
    canary = FakeCanary(world)
    return Ladder("process", world.rungs, SETTING, canary=canary), canary


def run(ladder, now, seconds):
    """Turn and drain once a second; times at which the report changed."""
    changes = []
    for second in range(seconds):
        at = now + second * 1_000_000_000
        ladder.drain(100)
        if ladder.turn(at):
            changes.append(second)
    return changes


def test_the_best_rung_that_works_runs_and_its_canary_proves_it():
    world = World()
    ladder, _ = made(world)
    ladder.start(0)
    assert ladder.report().state == SENSOR_STATE_UNSPECIFIED
    assert not ladder.settled
    run(ladder, 0, 3)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_ALIVE, "")
    assert ladder.mechanism == MECHANISM_EBPF


def test_a_lower_rung_says_why_it_is_not_a_better_one():
    world = World()
    world.works["ebpf"] = False
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    assert ladder.report() == ("process", "poll", SENSOR_STATE_ALIVE, "ebpf: ebpf is broken; mend it")


def test_what_a_rung_does_not_look_at_is_said_and_a_change_of_it_is_one_of_the_report():
    world = World()
    world.works["ebpf"], world.unseen["poll"] = False, "not on /net"
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    assert ladder.report().why == "ebpf: ebpf is broken; mend it\npoll: not on /net"
    assert ladder.report().state == SENSOR_STATE_ALIVE
    before = ladder.report()
    world.unseen["poll"] = ""
    assert ladder.report() != before
    ladder.stop()
    assert ladder.report().why == "ebpf: ebpf is broken; mend it", "who does not run has no blind spots of its own"


def test_no_rung_at_all_is_absence_and_says_every_reason():
    world = World()
    world.works["ebpf"] = world.starts["poll"] = False
    ladder, _ = made(world)
    ladder.start(0)
    assert ladder.report() == (
        "process",
        "",
        SENSOR_STATE_ABSENT,
        "ebpf: ebpf is broken; mend it\npoll: would not start",
    )
    assert ladder.settled
    assert list(ladder.drain(10)) == []


def test_a_canary_every_two_minutes():
    world = World()
    ladder, canary = made(world)
    ladder.start(0)
    run(ladder, 0, 2 * CANARY_EVERY // 1_000_000_000 + 5)
    assert canary.begun == 3


def test_a_canary_that_does_not_come_through_is_told_at_once_and_the_third_leads_down():
    world = World()
    ladder, canary = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    world.sees["ebpf"] = False
    now = CANARY_EVERY
    run(ladder, now, 6)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_BLIND, "ebpf: its canary did not come through")
    run(ladder, now + 6_000_000_000, 2 * (CANARY_AGAIN // 1_000_000_000 + 5))
    report = ladder.report()
    assert (report.rung, report.why) == ("poll", "ebpf: its canary did not come through")
    assert canary.begun >= MISSES + 1
    assert [sensor.rung for sensor in world.running] == ["poll"]


def test_a_blind_sensor_that_sees_again_is_alive_again():
    world = World()
    world.sees["ebpf"] = False
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 6)
    assert ladder.report().state == SENSOR_STATE_BLIND
    world.sees["ebpf"] = True
    run(ladder, 6_000_000_000, 15)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_ALIVE, "")


def test_programs_that_vanish_are_told_and_set_up_anew():
    world = World()
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    world.trouble["ebpf"] = "on_exec is not attached any more"
    ladder.drain(10)
    assert ladder.turn(CHECK_EVERY)
    assert ladder.report().state == SENSOR_STATE_BLIND
    assert "not attached" in ladder.report().why
    assert len(world.running) == 1
    world.trouble["ebpf"] = ""
    run(ladder, CHECK_EVERY, 3)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_ALIVE, "")


def test_it_climbs_when_a_better_rung_comes_into_reach():
    world = World()
    world.works["ebpf"] = False
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    world.works["ebpf"] = True
    ladder.turn(CLIMB_EVERY - 1)
    assert ladder.report().rung == "poll"
    ladder.turn(CLIMB_EVERY)
    run(ladder, CLIMB_EVERY, 3)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_ALIVE, "")


def test_losses_of_a_sensor_that_was_left_still_count():
    world = World()
    ladder, _ = made(world)
    ladder.start(0)
    world.lost["ebpf"] = 5
    world.trouble["ebpf"] = "gone"
    world.starts["ebpf"] = False
    ladder.turn(CHECK_EVERY)
    world.lost["poll"] = 2
    assert ladder.missed() == {"ring_full": 7}


def test_a_sensor_that_fails_is_counted_told_and_set_up_anew():
    world = World()
    ladder, _ = made(world)
    ladder.start(0)
    run(ladder, 0, 3)
    world.broken = True
    assert list(ladder.drain(10)) == []
    world.broken = False
    assert ladder.turn(4_000_000_000)
    assert ladder.report()[2:] == (SENSOR_STATE_BLIND, "ebpf: was set up anew: it failed: the kernel hung up")
    run(ladder, 5_000_000_000, 3)
    assert ladder.report() == ("process", "ebpf", SENSOR_STATE_ALIVE, "")
    assert ladder.missed() == {"sensor_error": 1}


class Machine(RuleBasedStateMachine):
    """Whatever works and fails in whatever order: one sensor at most runs, and the report tells the truth."""

    @initialize()
    def begin(self):
        self.world = World()
        self.ladder, self.canary = made(self.world)
        self.now = 0
        self.ladder.start(0)

    @rule(rung=st.sampled_from(["ebpf", "poll"]), works=st.booleans(), sees=st.booleans(), starts=st.booleans())
    def change(self, rung, works, sees, starts):
        self.world.works[rung], self.world.sees[rung], self.world.starts[rung] = works, sees, starts
        self.world.trouble[rung] = "" if works else "it is gone"

    @rule(seconds=st.integers(1, 700))
    def pass_time(self, seconds):
        for _ in range(seconds):
            self.now += 1_000_000_000
            before = self.ladder.report()
            self.ladder.drain(10)
            assert self.ladder.turn(self.now) == (self.ladder.report() != before)

    @invariant()
    def tells_the_truth(self):
        report = self.ladder.report()
        assert [sensor.rung for sensor in self.world.running] == ([report.rung] if report.rung else [])
        assert (report.state == SENSOR_STATE_ABSENT) == (report.rung == "")
        if report.rung == "poll":
            assert "ebpf: " in report.why
        if report.state == SENSOR_STATE_BLIND:
            assert report.why


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
