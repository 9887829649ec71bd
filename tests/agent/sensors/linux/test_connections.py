import os

import pytest
from tramgac_agent.observations import Connection
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.linux.bpf import decode
from tramgac_agent.sensors.linux.connections import EbpfConnections
from tramgac_agent.sensors.scope import Scope

pytestmark = pytest.mark.root

SIX = """
import os, socket
a = socket.create_server(("::1", 0), family=socket.AF_INET6)
b = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
one = socket.AF_INET6, ("::1", a.getsockname()[1])
two = socket.AF_INET, ("127.0.0.1", b.getsockname()[1])
for family, address in (one, two):
    s = socket.socket(family)
    s.connect(address)
    print(s.getsockname()[1], address[1])
"""
REPLACED = """
import os, socket
a = socket.create_server(("127.0.0.1", 0))
port = a.getsockname()[1]
a.close()
pid = os.fork()
if pid == 0:
    b = socket.create_server(("127.0.0.1", port))
    r, w = os.pipe()
    s = socket.create_connection(("127.0.0.1", port))
    os._exit(0)
os.waitpid(pid, 0)
print(pid)
"""
SLOW = """
import socket
s = socket.socket()
s.setblocking(False)
try:
    s.connect(("127.0.0.1", 9))
except BlockingIOError:
    pass
s.close()
"""


@pytest.fixture
def sensor(load):
    it = EbpfConnections(Setting(Scope(cgroup=str(load.group)), (os.getpid(),), ""))
    it.start()
    yield it
    it.stop()


def run(load, code):
    child = load.python(code, netns=True, stdout=-1, text=True)
    child.wait()
    return child, child.stdout.read().split()


def test_ipv6_and_ipv4_on_an_ipv6_listener(load, sensor):
    child, ports = run(load, SIX)
    here, there, fourth, fifth = map(int, ports)
    seen = sensor.drain(100)
    six, four = bytes(15) + b"\1", b"\x7f\0\0\1"
    expected = {
        (child.pid, True, six, here, six, there),
        (child.pid, False, six, here, six, there),
        (child.pid, True, four, fourth, four, fifth),
        (child.pid, False, four, fourth, four, fifth),
    }
    assert {(o.pid, o.initiated, *o[4:8]) for o in seen} == expected
    assert all(o.established for o in seen)


def test_a_listener_that_took_the_place_of_another_owns_what_comes(load, sensor):
    _, (pid,) = run(load, REPLACED)
    assert {o.pid for o in sensor.drain(100)} == {int(pid)}


def test_a_refusal_is_a_failure(load, sensor):
    child, _ = run(load, SLOW)
    (seen,) = sensor.drain(100)
    assert isinstance(seen, Connection)
    assert (seen.pid, seen.initiated, seen.established, seen.destination_port) == (child.pid, True, False, 9)
    given, lost = sensor.source.counts()
    assert given[decode.FAILED] == 1
    assert not any(lost.values())


def test_probe_check_and_a_listener_from_before(load, sensor):
    assert sensor.probe().ok
    assert sensor.check() == ""
    assert sensor.canary_folder() is None
    sensor._tell_listeners()
    sensor.stop()
    assert sensor.missed() == {}
