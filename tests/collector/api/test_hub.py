import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from tramgac_collector import bell, database, outbox
from tramgac_collector.api import hub as hub_module
from tramgac_collector.api.hub import Hub

from tests.tools.console import Console


def add(console: Console, count: int) -> None:
    with database.session(console.engine) as s:
        for _ in range(count):
            outbox.add(s, "host", {"id": "h"})


@pytest.mark.asyncio
async def test_what_was_there_before_the_start_can_be_resumed(console: Console):
    add(console, 3)
    hub = Hub(console.engine)
    await hub.start()
    assert hub.head == 3
    assert [item.id for item in hub.after(1)] == [2, 3]
    assert hub.after(3) == []
    assert hub.after(4) is None


@pytest.mark.asyncio
async def test_only_the_newest_are_kept(console: Console, monkeypatch):
    monkeypatch.setattr(hub_module, "KEPT", 4)
    monkeypatch.setattr(hub_module, "_BLOCK", 3)
    add(console, 10)
    hub = Hub(console.engine)
    await hub.start()
    assert [item.id for item in hub.after(6)] == [7, 8, 9, 10]
    assert hub.after(5) is None
    add(console, 2)
    await hub.look()
    assert hub.after(7) is None
    assert [item.id for item in hub.after(8)] == [9, 10, 11, 12]


@pytest.mark.asyncio
async def test_an_outbox_that_was_trimmed_is_no_fault(console: Console):
    add(console, 5)
    with database.session(console.engine) as s:
        outbox.trim(s, 1 << 62)
    hub = Hub(console.engine)
    await hub.start()
    assert (hub.head, hub.after(5), hub.after(4)) == (5, [], None)


@pytest.mark.asyncio
async def test_a_ring_wakes_whoever_waits(console: Console):
    hub = Hub(console.engine)
    await hub.start()
    with bell.Bell(console.services.paths.run, "api") as listening:
        tail = asyncio.create_task(hub.run(listening))
        waiter = asyncio.create_task(hub.wait(0, 30))
        await asyncio.to_thread(add, console, 1)
        bell.ring(console.services.paths.run, "api")
        await asyncio.wait_for(waiter, 10)
        assert hub.head == 1
        tail.cancel()


@pytest.mark.asyncio
async def test_a_nudge_from_another_thread_looks_too(console: Console):
    hub = Hub(console.engine)
    hub.nudge()  # before the start: nothing to wake
    await hub.start()
    waiter = asyncio.create_task(hub.wait(0, 30))

    def change():
        add(console, 1)
        hub.nudge()

    await asyncio.to_thread(change)
    await asyncio.wait_for(waiter, 10)
    assert hub.head == 1


@pytest.mark.asyncio
async def test_a_database_that_fails_is_counted_and_asked_again(console: Console, monkeypatch):
    hub = Hub(console.engine)
    await hub.start()
    rings = asyncio.Queue()

    class Ringer:
        async def wait_async(self):
            await rings.get()

    fails = [True, False]
    real = hub._read

    def read(position):
        if fails and fails.pop(0):
            raise OperationalError("select", {}, Exception("locked"))
        return real(position)

    monkeypatch.setattr(hub, "_read", read)
    tail = asyncio.create_task(hub.run(Ringer()))
    add(console, 1)
    waiter = asyncio.create_task(hub.wait(0, 30))
    rings.put_nowait(1)
    rings.put_nowait(1)
    await asyncio.wait_for(waiter, 10)
    assert (hub.failures, hub.head) == (1, 1)
    hub.close()
    rings.put_nowait(1)
    await asyncio.wait_for(tail, 10)


@pytest.mark.asyncio
async def test_closing_wakes_all(console: Console):
    hub = Hub(console.engine)
    await hub.start()
    waiters = [asyncio.create_task(hub.wait(0, 30)) for _ in range(3)]
    await asyncio.sleep(0)
    hub.close()
    await asyncio.wait_for(asyncio.gather(*waiters), 10)
