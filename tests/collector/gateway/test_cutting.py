import asyncio
import contextlib
import errno
import resource
import socket
import time
from pathlib import Path

import grpc
import pytest
from tramgac_collector import hosts
from tramgac_collector.gateway import cutting, quarantine
from tramgac_collector.gateway.cutting import Cutter, shut_down
from tramgac_collector.logs import Counts

from tests.collector.station import start_of, station

pytestmark = pytest.mark.enable_socket


@contextlib.contextmanager
def connection(listen, connect):
    """The two ends of one, the collector's first, and what gRPC calls the other."""
    with (
        socket.create_server(listen[:2], family=listen[2], dualstack_ipv6=listen[2] == socket.AF_INET6) as server,
        socket.create_connection((connect, server.getsockname()[1])) as theirs,
        server.accept()[0] as ours,
    ):
        host, port = theirs.getsockname()[:2]
        yield ours, theirs, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


V4, V6, BOTH = ("127.0.0.1", 0, socket.AF_INET), ("::1", 0, socket.AF_INET6), ("::", 0, socket.AF_INET6)


@pytest.mark.parametrize(("listen", "connect"), [(V4, "127.0.0.1"), (V6, "::1"), (BOTH, "127.0.0.1"), (BOTH, "::1")])
def test_a_connection_is_found_by_its_peer_and_no_other_is(listen, connect):
    with connection(listen, connect) as (_, theirs, peer), connection(listen, connect) as (_, other, _other):
        theirs.settimeout(5)
        other.setblocking(False)
        assert shut_down({peer, "10.0.0.1:1", "nonsense", "unix:/x", "10.0.0.1:"}) == 1
        assert theirs.recv(1) == b""
        with pytest.raises(BlockingIOError):
            other.recv(1)


def test_elsewhere_nothing_is_cut(monkeypatch):
    monkeypatch.setattr(cutting, "_DESCRIPTORS", Path("/nowhere"))
    with connection(V4, "127.0.0.1") as (_, _theirs, peer):
        assert shut_down({peer}) == 0


def test_what_is_no_connection_is_passed_over(tmp_path):
    with socket.socket() as never, (tmp_path / "file").open("w"), contextlib.suppress(OSError):
        assert shut_down({"10.0.0.1:0", f"127.0.0.1:{never.fileno()}"}) == 0
    left, right = socket.socketpair()
    with left, right:
        assert shut_down({"127.0.0.1:0"}) == 0


class Looked(list):
    """What was looked for, and when."""

    def __init__(self, *fails):
        super().__init__()
        self.fails = list(fails)

    def __call__(self, peers):
        self.append((time.monotonic(), set(peers)))
        if self.fails:
            raise self.fails.pop()
        return len(peers)


async def cut_all(monkeypatch, looked, named):
    """Name peers, each after a pause, and wait until all are cut; the counts, and when each was named."""
    tasks, counts, when = [], Counts(), {}
    monkeypatch.setattr(cutting, "AFTER_S", 0.1)
    monkeypatch.setattr(cutting, "shut_down", looked)
    cutter = Cutter(counts, lambda work: tasks.append(asyncio.ensure_future(work)))
    for peer, pause in named:
        when[peer] = time.monotonic()
        cutter.cut(peer)
        await asyncio.sleep(pause)
    await asyncio.gather(*tasks)
    return counts, when


@pytest.mark.asyncio
async def test_none_is_cut_before_its_time_and_those_of_a_time_are_looked_for_together(monkeypatch):
    looked = Looked()
    counts, when = await cut_all(monkeypatch, looked, [("a:1", 0), ("a:2", 0), ("a:1", 0.09), ("a:3", 0)])
    found = {peer: at for at, peers in looked for peer in peers}
    assert found.keys() == when.keys()
    assert all(at - when[peer] >= 0.09 for peer, at in found.items() if peer != "a:1")
    assert found["a:1"] == found["a:2"] < found["a:3"]
    assert counts["connections_cut"] == 3


@pytest.mark.asyncio
async def test_without_a_descriptor_or_a_thread_to_look_with_it_is_tried_again(monkeypatch):
    looked = Looked(OSError(errno.EMFILE, "none is left"), RuntimeError("can't start new thread"))
    counts, _ = await cut_all(monkeypatch, looked, [("a:1", 0)])
    assert [peers for _, peers in looked] == [{"a:1"}] * 3
    assert (counts["connections_cut_failed"], counts["connections_cut"]) == (2, 1)


def test_that_none_is_left_is_said():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with connection(V4, "127.0.0.1") as (_, _theirs, peer):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
        try:
            with pytest.raises(OSError, match=r"\[Errno 24\]"):
                shut_down({peer})
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.asyncio
@pytest.mark.parametrize("refused", ["in quarantine", "revoked"])
async def test_whoever_is_turned_away_loses_its_connection_and_no_other_does(tmp_path, monkeypatch, refused):
    monkeypatch.setattr(cutting, "AFTER_S", 0.2)
    async with station(tmp_path) as here:
        rogue, honest = await here.agent(), await here.agent()
        await honest.hello()
        if refused == "revoked":
            await here.hall.control.write(lambda s: hosts.deactivate(s, rogue.host, 1))
        else:
            quarantine.send_off(here.hall, rogue.host, "flood", "for a test")
        call = rogue.open().Session()
        said = await call.read() if refused != "revoked" else await call.code()
        assert said == grpc.StatusCode.UNAUTHENTICATED or said.goodbye.detail
        # gRPC lets an idle one go after 10 s.
        await asyncio.wait_for(rogue.channel.wait_for_state_change(grpc.ChannelConnectivity.READY), 5)
        assert honest.channel.get_state() is grpc.ChannelConnectivity.READY
        await honest.send([start_of(1)])
        await honest.until_acked(1)
        await asyncio.gather(*here.hall.tasks)  # it is counted when all descriptors were looked at
        assert here.hall.counts["connections_cut"] == 1
        await rogue.channel.close()
        await honest.close()
