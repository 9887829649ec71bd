import asyncio

import pytest
from tramgac_collector.backup import incarnation
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.logs import Counts

from tests.collector.station import prepare, settings

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


async def test_which_collector_it_is_is_told_by_a_number_and_not_where_several_gateways_are_one(tmp_path):
    paths = prepare(tmp_path)
    paths.log_id.parent.mkdir(exist_ok=True)
    paths.log_id.write_text(f"{7:016x}\n")
    assert Hall(paths, settings(), None, None, Counts()).incarnation == 7
    renewed = incarnation.renew(paths, f"{7:016x}", 1)
    assert Hall(paths, settings(), None, None, Counts()).incarnation == int(renewed, 16)
    assert Hall(paths, settings(queue=["nats://127.0.0.1:1"]), None, None, Counts()).incarnation == 0
