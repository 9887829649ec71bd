import os
import time

import pytest
from tramgac_agent.observations import CREATED, OWN, Connection, Exec, Exit, FileChange
from tramgac_agent.sensors import polling
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.canary import WAIT_NS, Canary
from tramgac_agent.sensors.poll import PollProcesses
from tramgac_agent.sensors.poll_connections import PollConnections
from tramgac_agent.sensors.scope import Scope
from tramgac_agent.sensors.watch import WatchFiles


def outcome(canary, sensor):
    """Let one out and wait for it as the ladder does."""
    canary.begin(sensor, 0)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        canary.look(sensor.drain(1_000))
        seen = canary.ended(0)
        if seen is not None:
            return seen
        time.sleep(0.005)
    canary.end()
    raise AssertionError("neither seen nor missed")


@pytest.fixture
def always(monkeypatch):
    monkeypatch.setattr(polling, "INTERVAL_S", 0.0)


NOBODY = Scope(process=2**22 + 1)


@pytest.mark.enable_socket
def test_the_last_rungs_see_their_canaries(always, tmp_path):
    own = (os.getpid(),)
    watched = Scope(process=2**22 + 1, folders=(str(tmp_path),))
    for capability, sensor in (
        ("process", PollProcesses(Setting(NOBODY, own, ""))),
        ("network", PollConnections(Setting(NOBODY, own, ""))),
        ("file", WatchFiles(Setting(watched, own, ""))),
    ):
        sensor.start()
        try:
            assert outcome(Canary(capability), sensor) is True, capability
        finally:
            sensor.stop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.root
@pytest.mark.enable_socket
def test_the_kernels_rungs_see_their_canaries_in_any_scope(cgroup, tmpfs):
    from tramgac_agent.sensors.linux.connections import EbpfConnections
    from tramgac_agent.sensors.linux.fanotify import FanotifyFiles
    from tramgac_agent.sensors.linux.processes import EbpfProcesses

    setting = Setting(Scope(cgroup=str(cgroup), mounts=(str(tmpfs),)), (os.getpid(),), "")
    for kind in (EbpfProcesses, EbpfConnections, FanotifyFiles):
        sensor = kind(setting)
        sensor.start()
        try:
            assert outcome(Canary(kind.capability), sensor) is True, kind
        finally:
            sensor.stop()


class Blind:
    """Sees nothing, and has the folder that it is given."""

    def __init__(self, folder):
        self.folder = folder

    def canary_folder(self):
        return self.folder


def test_one_that_is_not_seen_in_time_was_missed(tmp_path):
    canary = Canary("file")
    canary.begin(Blind(str(tmp_path)), 1_000)
    assert canary.ended(1_000 + WAIT_NS - 1) is None
    assert canary.ended(1_000 + WAIT_NS) is False
    assert canary.ended(2_000 + WAIT_NS) is None, "none is out"


def test_only_the_agents_own_doing_of_the_very_name_counts(tmp_path):
    canary = Canary("file")
    canary.begin(Blind(str(tmp_path)), 0)
    path = f"{tmp_path}/{canary._name}"
    canary.look([FileChange(0, 1, CREATED, path), FileChange(0, 1, CREATED, f"{tmp_path}/other", flags=OWN)])
    assert canary.ended(1) is None
    canary.look([Exit(0, 1, 1, 0, 0, 0, OWN), FileChange(0, 1, CREATED, path, flags=OWN)])
    assert canary.ended(1) is True


def test_one_that_cannot_be_let_out_says_why():
    canary = Canary("file")
    canary.begin(Blind(None), 0)
    assert canary.ended(1) is False
    assert "there is no folder that is watched" in canary.trouble
    canary.begin(Blind("/proc/self/absent"), 0)
    assert canary.ended(1) is False
    assert "No such file" in canary.trouble


def test_the_child_lives_until_it_was_looked_for_and_is_gone_afterwards():
    canary = Canary("process")
    canary.begin(Blind(None), 0)
    child = canary._child
    assert child.poll() is None
    line = f"/bin/sh -c read x {canary._name}"
    canary.look([Exec(0, child.pid, 1, 0, 0, "", line, "", 1, 0, 0, 0, 0, 0, fileless=False, file=None, flags=OWN)])
    assert canary.ended(1) is True
    assert child.returncode is not None
    canary.end()


@pytest.mark.enable_socket
def test_a_connection_is_known_by_its_ports():
    canary = Canary("network")
    canary.begin(Blind(None), 0)
    here, there = canary._ports
    canary.look([Connection(0, 1, 1, True, b"", here, b"", there + 1, established=True, flags=OWN)])
    assert canary.ended(1) is None
    canary.look([Connection(0, 1, 1, True, b"", here, b"", there, established=True, flags=OWN)])
    assert canary.ended(1) is True
    assert not canary._sockets
