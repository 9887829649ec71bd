import asyncio

import pytest
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.logs import Counts

from tests.collector.station import settings

pytestmark = pytest.mark.asyncio


async def test_work_beside_the_streams_may_fail_and_is_counted():
    hall = Hall(None, settings(), None, None, Counts())
    done = []

    async def good():
        done.append(1)

    async def bad():
        raise ValueError("the database is locked")

    hall.later(good())
    hall.later(bad())
    await asyncio.gather(*hall.tasks)
    assert done == [1]
    assert hall.counts["later_failed"] == 1
    assert not hall.tasks
