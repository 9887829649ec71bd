import asyncio
import socket

import pytest
from tramgac_collector.errors import PortInUse
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
