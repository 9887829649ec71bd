import datetime as dt
import socket
import ssl
import threading

import pytest
from tramgac_agent.tls import diagnose, options

from tests.agent.pki import DAY, Authority

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def port(authority, tmp_path, request):
    """A TLS port whose certificate is as the test's parameter makes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for name, data in zip(("key", "certificate"), request.param(authority), strict=True):
        (tmp_path / name).write_bytes(data)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        plain, _ = listener.accept()
        plain.settimeout(5)
        try:
            with context.wrap_socket(plain, server_side=True) as secure:
                secure.recv(1)
        except OSError:
            plain.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    thread.join()
    listener.close()


def window(after, before):
    def make(authority):
        now = dt.datetime.now(dt.UTC)
        return authority.server(window=(now + after * DAY, now + before * DAY))

    return make


def foreign(_authority):
    return Authority().server()


def another_name(authority):
    return authority.server("192.0.2.1")


@pytest.mark.parametrize(
    ("port", "code", "said"),
    [
        (window(-1, 1), None, ""),
        (window(1, 2), "clock", "not valid"),
        (window(-2, -1), "clock", "not valid"),
        (foreign, "ca", "ticket"),
        (another_name, "ca", "does not name"),
    ],
    indirect=["port"],
)
def test_what_is_wrong_with_a_port_is_named(authority, port, code, said):
    found = diagnose(port, authority.pem.decode())
    assert (found.code if found else None) == code
    assert said in str(found)


def test_nobody_there(authority):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    found = diagnose(f"127.0.0.1:{free}", authority.pem.decode())
    assert found
    assert found.code == "unreachable"
    assert f"127.0.0.1:{free}" in str(found)


def test_the_channel_is_bounded_and_quiet():
    found = dict(options(120))
    assert found["grpc.max_receive_message_length"] == 1_200_000
    assert (found["grpc.keepalive_time_ms"], found["grpc.http2.bdp_probe"]) == (120_000, 0)
    assert found["grpc.http2.ping_timeout_ms"] == found["grpc.keepalive_timeout_ms"] == 20_000
