import re
import socket
import ssl
import threading
import time

import pytest
from tramgac_collector.export.destinations.base import Line
from tramgac_collector.export.destinations.tcp import TcpDestination
from tramgac_collector.export.errors import Away
from tramgac_collector.export.settings import TcpTarget

from tests.collector.export.certificates import authority, issue

pytestmark = pytest.mark.enable_socket


def target(port, **more):
    more = {"security": "none", "timeout_s": 5.0, **more}
    return TcpTarget(name="siem", kind="tcp", format="syslog", server=f"127.0.0.1:{port}", **more)


class Receiver:
    """Takes one connection after the other and keeps what comes."""

    def __init__(self, context=None, limit=None):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.context, self.limit = context, limit
        self.got, self.failed, self.ended = [], [], 0
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            try:
                if self.context:
                    connection = self.context.wrap_socket(connection, server_side=True)
                self.got.append(b"")
                while (self.limit is None or len(self.got[-1]) < self.limit) and (data := connection.recv(65536)):
                    self.got[-1] += data
            except OSError as error:
                self.failed.append(error)
            connection.close()
            self.ended += 1

    def close(self, connections=0):
        """Wait for the end of so many connections, then listen no longer."""
        deadline = time.monotonic() + 60
        while self.ended < connections:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        if self.server.fileno() < 0:
            return
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(5)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def framed(data):
    """Messages behind their lengths, RFC 6587 3.4.1."""
    found, at = [], 0
    while at < len(data):
        length = re.compile(rb"(\d+) ").match(data, at)
        found.append(data[length.end() : length.end() + int(length[1])])
        at = length.end() + int(length[1])
    return found


def test_messages_stand_behind_their_lengths(state, receiver):
    made = TcpDestination(state, target(receiver.port), octets=True)
    assert made.send([Line("1", b"<13>1 a\nb"), Line("2", "ạ".encode())], {"x": 1}) == {"x": 1}
    made.send([Line("3", b"c")], {})
    made.close()
    receiver.close(1)
    assert framed(receiver.got[0]) == [b"<13>1 a\nb", "ạ".encode(), b"c"]


def test_json_is_lines(state, receiver):
    made = TcpDestination(state, target(receiver.port), octets=False)
    made.send([Line("1", b"{}"), Line("2", b"[]")], {})
    made.close()
    receiver.close(1)
    assert receiver.got == [b"{}\n[]\n"]


def test_a_connection_that_ended_is_made_anew(state):
    receiver = Receiver(limit=1)
    made = TcpDestination(state, target(receiver.port), octets=True)
    made.send([Line("1", b"a")], {})
    first = made._connection
    for _ in range(500):
        made.settled({})
        if made._connection is None:
            break
        threading.Event().wait(0.01)
    made.send([Line("2", b"b")], {})
    assert made._connection is not first
    made.close()
    receiver.close(2)
    assert [framed(data) for data in receiver.got] == [[b"a"], [b"b"]]


def test_nobody_there_and_nobody_who_reads_is_away(state):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        stopped = TcpDestination(state, target(port, timeout_s=1.0), octets=True, stopping=lambda: True)
        with pytest.raises(Away, match=r"tcp:127.0.0.1|not taken"):  # the queues of both sides are smaller than that
            stopped.send([Line("1", b"x" * 1_000_000)] * 30, {})
    with pytest.raises(Away, match=f"tcp:127.0.0.1:{port}: Connection refused"):
        TcpDestination(state, target(port), octets=True).send([Line("1", b"x")], {})


def test_tls_knows_the_other_side_and_shows_who_we_are(state):
    ca = authority(state.root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*issue(ca, "127.0.0.1"))
    context.load_verify_locations(state.root / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    receiver = Receiver(context)
    ours = issue(ca, "collector")
    files = {"ca_file": "authority.pem", "certificate_file": str(ours[0]), "key_file": str(ours[1])}
    made = TcpDestination(state, target(receiver.port, security="tls", **files), octets=True)
    made.send([Line("1", b"secret")], {})
    assert made.settled({}) == {}
    made.send([Line("2", b"again")], {})
    made.close()
    with pytest.raises(Away, match="certificate"):  # the system's authorities do not know it
        TcpDestination(state, target(receiver.port, security="tls"), octets=True).send([Line("1", b"x")], {})
    receiver.close(2)
    assert framed(receiver.got[0]) == [b"secret", b"again"]
