import os
import subprocess

import pytest
from tramgac_agent.sensors import polling
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.polling import Polling, Timer, in_scope
from tramgac_agent.sensors.scope import Scope


def test_a_process_with_all_its_descendants():
    with subprocess.Popen(["/bin/sh", "-c", "sh -c 'read x; :' ; :"], stdin=subprocess.PIPE) as child:
        found = set()
        while len(found) < 2:
            found = set(in_scope(Scope(process=child.pid), 2**22 + 1))
        assert child.pid in found
        assert os.getpid() not in found
        child.stdin.close()


def test_the_agents_own_children_are_always_looked_at_because_canaries_are_among_them():
    with subprocess.Popen(["/bin/sh", "-c", "read x"], stdin=subprocess.PIPE) as child:
        assert child.pid in set(in_scope(Scope(process=2**22 + 1), os.getpid()))
        child.stdin.close()


@pytest.mark.root
def test_a_control_group(load):
    child = load.start("/bin/sh", "-c", "read x", stdin=-1)
    assert set(in_scope(Scope(cgroup=str(load.group)), 2**22 + 1)) == {child.pid}
    child.stdin.close()


def test_a_look_is_due_once_an_interval(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(polling.time, "monotonic", lambda: now[0])
    timer = Timer()
    assert (timer.due(), timer.due()) == (True, False)
    now[0] += polling.INTERVAL_S
    assert timer.due()


class Numbers(Polling):
    """Sees one number more at each look; the third look fails."""

    looks = 0

    def _look(self):
        self.looks += 1
        if self.looks == 3:
            raise OSError
        return self.looks

    def _compare(self, before, after):
        return [before, after]


def test_a_look_that_fails_is_counted_and_the_next_is_compared_with_the_one_before(monkeypatch):
    monkeypatch.setattr(polling, "INTERVAL_S", 0.0)
    sensor = Numbers(Setting(Scope(), (1,), ""))
    assert sensor.drain(10) == []
    sensor.start()
    assert [sensor.drain(10) for _ in range(3)] == [[1, 2], [], [2, 4]]
    assert sensor.missed() == {"sensor_error": 1}
    sensor.stop()
    assert sensor.drain(10) == []
