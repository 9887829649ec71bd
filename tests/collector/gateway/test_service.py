import asyncio
import time

import grpc
import pytest
from tramgac_collector.errors import IngestError
from tramgac_collector.gateway import stream
from tramgac_collector.schema import HostRow
from tramgac_proto.session_pb2 import REASON_SHUTDOWN

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


async def left_at(here, host):
    """When the host's side closed its stream, once the stream is over."""
    while True:
        row = await here.hall.control.read(lambda s: s.get_one(HostRow, host))
        if row.disconnected is not None:
            return row.left_at
        await asyncio.sleep(0.01)


async def test_an_agent_whose_machine_closes_the_stream_left(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.close()
        assert await left_at(here, agent.host) is not None


async def test_an_agent_that_was_told_to_go_did_not_leave(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        here.hall.streams.live[agent.host].end(REASON_SHUTDOWN, "later", 1_000)
        await agent.until_goodbye()
        assert await left_at(here, agent.host) is None
        await agent.close()


async def test_of_a_line_that_was_cut_we_hear_much_later(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        here.hall.clock = lambda: time.time_ns() + stream.LEFT_NS
        await agent.close()
        assert await left_at(here, agent.host) is None


async def test_while_nobody_says_how_far_a_host_has_come_it_is_sent_away(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()

        async def away(_host):
            raise IngestError("the queue does not answer")

        here.hall.log.recall = away
        call = agent.open().Session()
        assert await call.code() == grpc.StatusCode.UNAVAILABLE
        del here.hall.log.recall
        await agent.close()
        await agent.hello()
        await agent.close()
