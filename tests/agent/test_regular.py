import asyncio
import contextlib
import socket

import pytest
from tramgac_agent.regular import after_sleep, keep_alive


@pytest.mark.asyncio
async def test_the_manager_hears_again_and_again(monkeypatch, tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        await keep_alive(0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await keep_alive(0.01)
        assert [listener.recv(20) for _ in range(2)] == [b"WATCHDOG=1"] * 2


@pytest.mark.asyncio
async def test_each_sleep_is_noticed_once():
    readings = iter([0, 0, 5_000_000_000, 5_000_000_000, None, 9_000_000_000])
    noticed = []

    async def then():
        noticed.append(1)
        await asyncio.sleep(0)

    with contextlib.suppress(RuntimeError, StopIteration):
        async with asyncio.timeout(5):
            await after_sleep(then, look_s=0.0, ahead=lambda: next(readings))
    assert len(noticed) == 2
