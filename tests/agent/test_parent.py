import os
import signal
import subprocess
import sys

import pytest
from tramgac_agent.parent import end_with_parent

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl(2) is Linux's")

CHILD = (
    "import os, sys, time; from tramgac_agent.parent import end_with_parent; end_with_parent(os.getppid()); "
    "print(os.getpid(), flush=True); time.sleep(60)"
)
PARENT = "import subprocess, sys, time; child = subprocess.Popen([sys.executable, '-c', sys.argv[1]]); time.sleep(60)"


def test_a_part_ends_when_run_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline())
    pidfd = os.pidfd_open(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    import select

    assert select.select([pidfd], [], [], 10)[0]
    os.close(pidfd)


def test_a_parent_that_is_gone_already_is_noticed(monkeypatch):
    sent = []
    monkeypatch.setattr(os, "kill", lambda pid, number: sent.append((pid, number)))
    monkeypatch.setattr(os, "getppid", lambda: 1)
    end_with_parent(12345)
    assert sent == [(os.getpid(), signal.SIGTERM)]


@pytest.fixture(autouse=True)
def forget():
    yield
    import ctypes

    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
