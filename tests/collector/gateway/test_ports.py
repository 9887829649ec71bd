import asyncio
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
