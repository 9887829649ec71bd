import os
import subprocess
import sys

import pytest
from tramgac_agent.observations import OWN
from tramgac_agent.sensors import polling
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.poll_connections import PollConnections, _packed
from tramgac_agent.sensors.scope import Scope

TALK = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
sys.stdin.readline()
client = socket.create_connection(listener.getsockname())
server = listener.accept()[0]
print(client.getsockname()[1], flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def talker(monkeypatch):
    monkeypatch.setattr(polling, "INTERVAL_S", 0.0)
    command = [sys.executable, "-I", "-S", "-c", TALK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.stdin.close()


def test_a_connection_that_lasts_is_seen_once_at_both_ends(talker):
    port = int(talker.stdout.readline())
    sensor = PollConnections(Setting(Scope(process=talker.pid), (2**22 + 1,), ""))
    assert sensor.probe().ok
    sensor.start()
    assert sensor.drain(10) == []
    talker.stdin.write("go\n")
    talker.stdin.flush()
    source = int(talker.stdout.readline())
    seen = sensor.drain(10)
    assert {(o.pid, o.initiated, o.source_port, o.destination_port) for o in seen} == {
        (talker.pid, True, source, port),
        (talker.pid, False, source, port),
    }
    assert {(o.source_ip, o.established, o.flags) for o in seen} == {(b"\x7f\0\0\1", True, 0)}
    assert sensor.drain(10) == []
    sensor.stop()
    assert sensor.drain(10) == []
    assert (sensor.check(), sensor.missed(), sensor.wake()) == ("", {"sensor_error": 0}, None)


@pytest.mark.enable_socket
def test_the_agents_own_connections_are_flagged(monkeypatch):
    import socket

    monkeypatch.setattr(polling, "INTERVAL_S", 0.0)
    sensor = PollConnections(Setting(Scope(process=2**22 + 1), (os.getpid(),), ""))
    sensor.start()
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        seen = [o for o in sensor.drain(10) if o.source_port == client.getsockname()[1]]
    assert seen
    assert all(o.flags & OWN for o in seen)


def test_addresses_as_bytes():
    assert _packed("127.0.0.1") == _packed("::ffff:127.0.0.1") == b"\x7f\0\0\1"
    assert _packed("fe80::1%eth0") == b"\xfe\x80" + bytes(13) + b"\1"
