"""A planted child that misbehaves: it must read, connect, write and start nothing."""

import json
import os
import subprocess
import sys

import pytest
from tramgac_scan import confine

TRIES = r"""
import json, os, socket, sys
from tramgac_scan import confine
out = int(sys.argv[1])
confine.limit(512 << 20, 20)
held = confine.isolate()
def attempt(action):
    try:
        action()
    except (OSError, PermissionError) as error:
        return type(error).__name__
    return "DONE"
tries = {
    "read": lambda: open("/etc/hostname").read(),
    "read_by_proc": lambda: open("/proc/self/environ").read(),
    "write": lambda: open("/tmp/planted", "w").write("x"),
    "connect": lambda: socket.socket().connect(("127.0.0.1", 9)),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "listen": lambda: socket.socket().listen(),
    "start": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "kill": lambda: os.kill(os.getppid(), 0),
    "rename": lambda: os.rename("/tmp", "/tmp2"),
    "memfd_grow": lambda: os.write(os.memfd_create("x"), b"x"),
}
answers = {name: attempt(action) for name, action in tries.items()}
os.write(out, json.dumps({"held": held, "uid": os.geteuid(), "answers": answers}).encode())
"""


@pytest.fixture(scope="module")
def report():
    reading, writing = os.pipe()
    with os.fdopen(reading) as answers:
        child = subprocess.Popen([sys.executable, "-I", "-c", TRIES, str(writing)], pass_fds=[writing])
        os.close(writing)
        said = answers.read()
        assert child.wait() == 0
    return json.loads(said)


@pytest.mark.parametrize(
    "action", ["read", "read_by_proc", "write", "connect", "udp", "unix", "listen", "start", "fork", "kill", "rename"]
)
def test_confined_child_cannot(report, action):
    assert report["answers"][action] in {"PermissionError", "OSError", "BlockingIOError"}


def test_no_file_can_grow(report):
    assert report["answers"]["memfd_grow"] in {"OSError", "PermissionError"}


def test_seccomp_holds(report):
    assert "seccomp" in report["held"]


@pytest.mark.root
def test_root_also_gives_up_user_and_network(report):
    assert report["held"] == ["network", "user", "seccomp"]
    assert report["uid"] == 65534


def test_layers_are_named_by_the_module_itself():
    assert confine.isolate.__doc__.splitlines()[0].endswith("network, user, seccomp.")
