import re
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.message import Frame, compose
from tramgac_collector.notify.message import test as trial
from tramgac_collector.notify.senders.syslog import UDP_BYTES, SyslogSender, cut, encoded
from tramgac_collector.notify.settings import SyslogChannel

from tests.collector.notify.briefs import HOSTILE, notice
from tests.collector.notify.servers import Listener, authority, serving

pytestmark = pytest.mark.enable_socket
HEAD = r"<(\d+)>1 (\S+) (\S+) tramgac - (notice|test) "
LINE = re.compile(HEAD + r'(-|\[notice@32473(?: [a-z]+="(?:[^"\\\]]|\\.)*")*\]) \ufeff(.*)', re.DOTALL)


def channel(port: int, transport: str, **told: object) -> SyslogChannel:
    own = {"name": "siem", "kind": "syslog", "server": f"127.0.0.1:{port}", "transport": transport}
    return SyslogChannel.model_validate({**own, **told})


def message(**changes: object):
    return compose("siem", [notice(3, **changes), notice(1, key="2:x")], Frame())


def frames(data: bytes) -> list[bytes]:
    """Part what is counted (RFC 6587, 3.4.1)."""
    found = []
    while data:
        count, _, data = data.partition(b" ")
        found.append(data[: int(count)])
        assert len(found[-1]) == int(count)
        data = data[int(count) :]
    return found


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_message_for_each_notice(state, tmp_path, transport):
    made = authority(tmp_path)
    server = Listener(made.server if transport == "tls" else None)
    with serving(server.handle) as port:
        SyslogSender(state, channel(port, transport, ca_file=str(made.file))).send(message())
    first, second = frames(server.heard[0])
    found = LINE.fullmatch(first.decode())
    assert (found[1], found[3], found[6]) == (str(16 * 8 + 3), "pc-1", "high: Shadow copies deleted (+2)")
    assert 'count="3"' in found[5]
    assert LINE.fullmatch(second.decode())


def test_datagrams(state):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        own = channel(server.getsockname()[1], "udp", facility=4)
        SyslogSender(state, own).send(message(summary="é" * 500, title="ế" * 200))
        first, second = server.recv(65_536), server.recv(65_536)
        SyslogSender(state, own, lambda: 1_790_000_000_000_000_000).send(trial("siem", "en", 1))
        third = server.recv(65_536)
    assert len(first) <= UDP_BYTES
    assert LINE.fullmatch(first.decode())[6].startswith("high: ")
    assert LINE.fullmatch(second.decode())[1] == str(4 * 8 + 3)
    assert third.decode().startswith("<38>1 2026-09-21T14:13:20Z - tramgac - test - \ufeffA test")


def test_nobody_there(state):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Undelivered, match="cannot be reached"):
        SyslogSender(state, channel(port, "tcp")).send(message())
    with serving(lambda plain: plain.close()) as port, pytest.raises(Undelivered, match=f"127.0.0.1:{port}"):
        SyslogSender(state, channel(port, "tls")).send(message())


@settings(max_examples=15, deadline=None)
@given(text=st.text(max_size=80) | st.just(HOSTILE))
def test_no_text_of_a_host_ends_a_line_or_a_parameter(text):
    names = ("title", "hostname", "site", "user", "summary", "rule", "id")
    for line in encoded(message(**dict.fromkeys(names, text)), 16, 1):
        told = line.decode()
        assert LINE.fullmatch(told), told
        assert not re.search("[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]", told)
        assert LINE.fullmatch(cut(line).decode())[5] == "-"
