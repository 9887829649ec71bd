import socket
import time

import pytest
from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.senders import base
from tramgac_collector.notify.senders.base import dialled, resolved, tls

from tests.collector.notify.servers import serving

pytestmark = pytest.mark.enable_socket


def answers(monkeypatch, *addresses: str) -> None:
    found = [(socket.AF_INET6 if ":" in each else socket.AF_INET, 0, 0, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(base.socket, "getaddrinfo", lambda *_, **__: found)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1%eth0"),
        *("0.0.0.0", "::", "224.0.0.1", "ff02::1"),
    ],
)
def test_this_machine_and_its_link_are_not_called_unasked(monkeypatch, address):
    answers(monkeypatch, "192.0.2.1", address)
    with pytest.raises(Undelivered) as caught:
        resolved("chat.example.vn", 443, near=False)
    assert address in caught.value.what.vi


def test_networks_of_the_house_may_be_called(monkeypatch):
    answers(monkeypatch, "10.1.2.3", "192.168.7.7", "fd00::1")
    assert len(resolved("chat.example.vn", 443, near=False)) == 3


def test_multicast_is_nobody(monkeypatch):
    answers(monkeypatch, "224.0.0.1")
    with pytest.raises(Undelivered, match="nobody can be reached"):
        resolved("chat.example.vn", 443, near=True)


def test_a_name_that_is_none():
    for name in ("no-such-name.invalid", "x" * 300, "a..b"):
        with pytest.raises(Undelivered, match="cannot be resolved"):
            resolved(name, 443, near=True)


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Undelivered, match="cannot be reached: Connection refused"), dialled("127.0.0.1", port, 5):
        pass


def test_a_server_that_drips_is_left_after_the_time():
    def drip(connection: socket.socket) -> None:
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    began = time.monotonic()
    with serving(drip) as port, dialled("127.0.0.1", port, 0.3) as connection:
        while connection.recv(1):
            pass
    assert time.monotonic() - began < 5


def test_a_file_that_holds_no_authorities(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(Undelivered, match="holds no certificates"):
            tls(tmp_path / name)
