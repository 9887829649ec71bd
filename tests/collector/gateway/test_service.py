import grpc
import pytest
from tramgac_collector.gateway import stream

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


async def test_more_streams_than_there_may_be_are_sent_away(tmp_path):
    async with station(tmp_path, maximum_streams=1) as here:
        first, second = await here.agent(), await here.agent()
        await first.hello()
        call = second.open().Session()
        assert await call.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert here.hall.counts["refused_busy"] == 1
        await first.close()
        await second.close()


async def test_a_fault_of_ours_ends_one_stream_and_is_counted(tmp_path, monkeypatch):
    async with station(tmp_path) as here:
        bad, good = await here.agent(), await here.agent()
        await good.hello()

        def broken(*_arguments, **_more):
            raise ZeroDivisionError

        monkeypatch.setattr(stream.cs, "CollectorSession", broken)
        call = bad.open().Session()
        assert await call.code() == grpc.StatusCode.INTERNAL
        assert here.hall.counts["streams_failed"] == 1
        await good.send([start_of(1)])
        await good.until_acked(1)
        await bad.close()
        await good.close()
