import asyncio

import pytest
from tramgac_collector.gateway.budget import Budget

pytestmark = pytest.mark.asyncio


async def test_takers_wait_for_room():
    budget = Budget(10)
    await budget.take(6)
    waiting = asyncio.create_task(budget.take(6))
    await asyncio.sleep(0)
    assert not waiting.done()
    await budget.give(6)
    await waiting


async def test_a_size_above_the_limit_is_let_in_alone():
    budget = Budget(10)
    await budget.take(50)
    waiting = asyncio.create_task(budget.take(1))
    await asyncio.sleep(0)
    assert not waiting.done()
    await budget.give(50)
    await waiting
