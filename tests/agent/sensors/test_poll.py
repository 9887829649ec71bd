import os
import subprocess

import pytest
from tramgac_agent.observations import OWN, Exec, Exit
from tramgac_agent.sensors import polling
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.poll import PollProcesses
from tramgac_agent.sensors.scope import Scope


@pytest.fixture
def shell(monkeypatch):
    """A shell to give orders to; looks are always due."""
    monkeypatch.setattr(polling, "INTERVAL_S", 0.0)
    with subprocess.Popen(["/bin/sh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


def order(shell, line):
    shell.stdin.write(line + "\n")
    shell.stdin.flush()
    return shell.stdout.readline().strip()


def test_what_lives_when_it_looks_is_seen_coming_and_going(shell):
    sensor = PollProcesses(Setting(Scope(process=shell.pid), (2**22 + 1,), ""))
    assert sensor.probe().ok
    sensor.start()
    assert sensor.drain(10) == []
    pid = int(order(shell, "sleep 1000 & echo $!"))
    (seen,) = _until(sensor)
    assert isinstance(seen, Exec)
    assert (seen.pid, seen.parent_pid, seen.flags & OWN) == (pid, shell.pid, 0)
    order(shell, f"kill {pid}; wait {pid}; echo done")
    (ended,) = sensor.drain(10)
    assert isinstance(ended, Exit)
    assert (ended.pid, ended.start) == (pid, seen.start)
    sensor.stop()
    assert sensor.drain(10) == []
    assert (sensor.check(), sensor.missed(), sensor.wake()) == ("", {"sensor_error": 0}, None)


def _until(sensor):
    while not (found := sensor.drain(10)):
        pass
    return found


def test_the_agents_own_children_are_flagged(shell):
    sensor = PollProcesses(Setting(Scope(process=shell.pid), (os.getpid(),), ""))
    sensor.start()
    with subprocess.Popen(["/bin/sh", "-c", "read x"], stdin=subprocess.PIPE) as child:
        (seen,) = _until(sensor)
        assert (seen.pid, seen.flags & OWN) == (child.pid, OWN)
        child.stdin.close()


def test_a_group_that_is_gone_is_an_error_that_is_counted(tmp_path, monkeypatch, shell):
    (tmp_path / "cgroup.procs").write_text("")
    sensor = PollProcesses(Setting(Scope(cgroup=str(tmp_path)), (2**22 + 1,), ""))
    sensor.start()
    (tmp_path / "cgroup.procs").unlink()
    (tmp_path / "cgroup.procs").mkdir()
    assert sensor.drain(10) == []
    assert sensor.missed() == {"sensor_error": 1}
    assert sensor.probe().ok is False
