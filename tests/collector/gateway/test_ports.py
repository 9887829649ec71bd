import asyncio
import contextlib
import socket

import grpc
import pytest
from tramgac_collector.errors import PortInUse
from tramgac_collector.gateway import ports
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.gateway.ports import open_ports
from tramgac_collector.logs import Counts

from tests.collector.station import prepare, settings, station


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_a_port_in_use_is_named_with_its_setting(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        config = settings(session_listen=listen)
        hall = Hall(prepare(tmp_path), config, None, None, Counts())
        with pytest.raises(PortInUse, match=f"cannot listen on session_listen {listen}: Address already in use"):
            await open_ports(hall)


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_silent_connections_are_let_go(tmp_path):
    async with station(tmp_path) as here:
        reader, writer = await asyncio.open_connection("127.0.0.1", here.ports.session_port)
        assert await asyncio.wait_for(reader.read(), 20) == b""
        writer.close()


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_connections_on_which_nobody_asks_for_anything_are_let_go_and_a_stream_is_not(tmp_path, monkeypatch):
    quick = {**dict(ports.SESSION_OPTIONS), "grpc.max_connection_idle_ms": 200}
    monkeypatch.setattr(ports, "SESSION_OPTIONS", tuple(quick.items()))
    async with station(tmp_path) as here:
        idle, busy = await here.agent(), await here.agent()
        await busy.hello()
        idle.open()
        ready = grpc.ChannelConnectivity.READY
        await asyncio.wait_for(idle.channel.channel_ready(), 20)
        await asyncio.wait_for(idle.channel.wait_for_state_change(ready), 20)
        assert busy.channel.get_state() is ready
        await busy.close()
        await idle.channel.close()


@contextlib.asynccontextmanager
async def line(port):
    """A line to a port that goes dead when told: nothing of it moves any more, and neither end hears that it is cut."""
    dead, writers = asyncio.Event(), []

    async def carry(reader, writer):
        while data := await reader.read(65_536):
            if dead.is_set():
                await asyncio.Event().wait()
            writer.write(data)

    async def joined(reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        writers.extend((writer, there_writer))
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))

    server = await asyncio.start_server(joined, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], dead
    finally:
        server.close()
        for writer in writers:
            writer.close()


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_a_line_that_goes_dead_is_noticed_by_a_ping_without_an_answer(tmp_path, monkeypatch):
    waits = ("grpc.keepalive_time_ms", "grpc.keepalive_timeout_ms", "grpc.http2.ping_timeout_ms")
    quick = {name: value // 100 if name in waits else value for name, value in ports.SESSION_OPTIONS}
    monkeypatch.setattr(ports, "SESSION_OPTIONS", tuple(quick.items()))
    async with station(tmp_path) as here, line(here.ports.session_port) as (port, dead):
        agent = await here.agent()
        agent.address = f"127.0.0.1:{port}"
        await agent.hello()
        (stream,) = here.hall.streams
        dead.set()
        await asyncio.wait_for(stream.finished.wait(), 20)
        await agent.close()
