"""A planted child that misbehaves: it must read, connect, write and start nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tramgac_scan import confine
from tramgac_scan.protocol import LAYERS

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


def test_capabilities_are_gone(report):
    assert "capabilities" in report["held"]


@pytest.mark.root
def test_root_also_gives_up_user_and_network(report):
    assert report["held"] == list(LAYERS)
    assert report["uid"] == 65534


def test_layers_are_named_by_the_module_itself():
    assert confine.isolate.__doc__.splitlines()[0].endswith(f"{', '.join(LAYERS)}.")


HELD = r"""
import ctypes, json, sys
from tramgac_scan import confine, seccomp
def facts():
    return {name[:-1]: value.split() for name, value in (
        line.split(maxsplit=1) for line in open("/proc/self/status") if line.startswith(("Uid", "Gid", "Cap")))}
real, found = seccomp.install, {}
def install():
    found.update(facts())  # the last moment at which a file can be opened
    real()
seccomp.install = install
refused = json.loads(sys.argv[1])
if refused:
    tables = seccomp._TABLES
    seccomp._TABLES = {m: (a, {n: calls[n] for n in refused}) for m, (a, calls) in {
        "x86_64": (0xC000003E, {"capset": 126, "setresuid": 117}),
        "aarch64": (0xC00000B7, {"capset": 91, "setresuid": 147})}.items()}
    real()
    seccomp._TABLES = tables
held, at_parents_end = confine.isolate(), ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(at_parents_end))  # PR_GET_PDEATHSIG
print(json.dumps({"held": held, "at_parents_end": at_parents_end.value, **found}))
"""
UNIT = ("bpf", "perfmon", "sys_admin", "dac_read_search", "sys_ptrace")


def under(capabilities, *, refused=()):
    """What holds in a root child that starts with these capabilities and no way to more, some calls refused."""
    bounding = ",".join(["-all", *(f"+{name}" for name in capabilities)])
    start = ["setpriv", f"--bounding-set={bounding}", "--no-new-privs", sys.executable, "-I", "-c", HELD]
    done = subprocess.run([*start, json.dumps(refused)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def powers(found):
    return {found[name][0] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}


NONE = {"0" * 16}


@pytest.mark.root
def test_a_service_that_may_change_its_user_holds_every_layer():
    found = under([*UNIT, "setuid", "setgid"])
    assert (found["held"], set(found["Uid"]), set(found["Gid"])) == (list(LAYERS), {"65534"}, {"65534"})
    assert powers(found) == NONE
    assert found["at_parents_end"] == signal.SIGKILL


@pytest.mark.root
def test_root_that_may_not_change_its_user_still_gives_up_every_capability():
    found = under(UNIT)
    assert (found["held"], set(found["Uid"])) == (["network", "capabilities", "seccomp"], {"0"})
    assert powers(found) == NONE


@pytest.mark.root
def test_without_the_right_to_make_namespaces_the_network_goes_by_a_user_namespace():
    if not int(Path("/proc/sys/user/max_user_namespaces").read_text("ascii")):
        pytest.skip("no user namespaces")
    found = under(["setuid", "setgid"])
    assert found["held"] == list(LAYERS)
    assert powers(found) == NONE


@pytest.mark.root
def test_what_cannot_give_up_its_capabilities_says_so():
    found = under([*UNIT, "setuid", "setgid"], refused=["capset", "setresuid"])
    assert found["held"] == ["network", "seccomp"]
    assert powers(found) != NONE
