import asyncio

import pytest
from tramgac_collector.bell import Bell, ring, ring_judges, ring_readers


def test_a_ring_is_heard_and_several_become_one(tmp_path):
    assert not ring(tmp_path, "judge")  # nobody listens
    with Bell(tmp_path, "judge") as bell:
        assert ring(tmp_path, "judge")
        assert ring(tmp_path, "judge")
        assert bell.wait(5)
        assert not bell.wait(0)
    assert not ring(tmp_path, "judge")


def test_a_bell_that_nobody_hears_never_blocks(tmp_path):
    with Bell(tmp_path, "store") as bell:
        while ring(tmp_path, "store"):
            pass
        assert bell.hush()
        assert not bell.hush()


def test_a_killed_listeners_socket_is_replaced(tmp_path):
    first = Bell(tmp_path, "judge")
    second = Bell(tmp_path, "judge")
    assert ring(tmp_path, "judge")
    assert second.hush()
    second.close()
    first.close()


def test_folders_deeper_than_a_socket_address_work(tmp_path):
    deep = tmp_path / ("d" * 80) / ("e" * 80)
    deep.mkdir(parents=True)
    with Bell(deep, "judge") as bell:
        assert ring(deep, "judge")
        assert bell.wait(5)


@pytest.mark.asyncio
async def test_waiting_does_not_block_the_loop(tmp_path):
    with Bell(tmp_path, "gateway") as bell:
        waiting = asyncio.create_task(bell.wait_async(30))
        await asyncio.sleep(0)
        ring(tmp_path, "gateway")
        assert await waiting
        assert not await bell.wait_async(0)


@pytest.mark.asyncio
async def test_a_cancellation_that_comes_with_a_ring_is_not_swallowed(tmp_path):
    """Whoever cancels a listener and waits for its end would wait for ever."""
    with Bell(tmp_path, "gateway") as bell:
        for turns in range(12):
            waiting = asyncio.create_task(bell.wait_async(5))
            await asyncio.sleep(0)
            ring(tmp_path, "gateway")
            for _ in range(turns):
                await asyncio.sleep(0)
            cancelled = waiting.cancel()
            await asyncio.wait({waiting}, timeout=10)
            assert waiting.cancelled() == cancelled, turns
            bell.hush()


def test_all_who_read_the_outbox_hear_of_it(tmp_path):
    with Bell(tmp_path, "api") as api, Bell(tmp_path, "notifier") as notifier:
        ring_readers(tmp_path)
        assert api.hush()
        assert notifier.hush()
    ring_readers(tmp_path)  # nobody there: no error


def test_every_judge_is_rung(tmp_path):
    with Bell(tmp_path, "judge") as first, Bell(tmp_path, "judge-2") as second, Bell(tmp_path, "store") as store:
        ring_judges(tmp_path)
        assert (first.hush(), second.hush(), store.hush()) == (True, True, False)
