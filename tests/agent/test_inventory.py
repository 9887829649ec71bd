import platform
import socket

from tramgac_agent.inventory import inventory


def test_this_host():
    found = inventory()
    assert found.hostname == socket.gethostname()
    assert (found.os_type, found.kernel, found.architecture) == ("linux", platform.release(), platform.machine())
    assert found.os_name
    assert found.memory > 2**28
    assert found.processors > 0
    assert found.booted % 1_000_000_000 == 0


def test_addresses_are_sorted_and_without_loopback():
    found = inventory()
    assert list(found.ips) == sorted(set(found.ips))
    assert "127.0.0.1" not in found.ips
    assert "00:00:00:00:00:00" not in found.macs
