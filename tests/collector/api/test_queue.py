import asyncio
import threading

import pytest
from tramgac_collector.api.errors import Unavailable
from tramgac_collector.api.queue import Queue

pytestmark = pytest.mark.asyncio


async def test_of_a_flood_in_one_turn_of_the_loop_the_surplus_is_sent_away():
    queue, go_on = Queue(at_once=2, waiting=3), threading.Event()
    tasks = [asyncio.create_task(queue.run(go_on.wait)) for _ in range(9)]
    try:
        refused, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        while len(refused) < 4:
            refused, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        assert queue.inside == 5
    finally:
        go_on.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[:5] == [True] * 5
    assert all(isinstance(answer, Unavailable) for answer in answers[5:])
    assert queue.inside == 0


async def test_what_the_work_raises_leaves_its_place():
    queue = Queue(at_once=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await queue.run(lambda: 1 // 0)
    assert await queue.run(lambda: 7) == 7
