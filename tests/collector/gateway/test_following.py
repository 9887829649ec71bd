"""An agent of version N+1 and this collector: what it says that is not known here costs nothing else."""

import asyncio
import time

import pytest
from tramgac_collector.host_listing import listing
from tramgac_collector.ingest import consume
from tramgac_proto.session_pb2 import REASON_PROTOCOL, AgentMessage, ContentReport, Hello, SampleRefusal
from tramgac_wire import chain
from tramgac_wire.batch import pack

from tests.collector.station import start_of, station
from tests.golden.following import LANE, events, grown, unknown

BLOBS = [event.SerializeToString() for event in events()]


def in_lane(agent, lane, first, blobs, previous=chain.START):
    return grown(AgentMessage(batch=pack(agent.epoch, lane, first, previous, blobs)))


@pytest.mark.asyncio
async def test_all_that_it_sends_is_acknowledged_and_stored_as_it_came(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        can = ["content", "sample", "foresight"]
        hello = Hello(version_low=1, version_high=2, clock=time.time_ns(), epoch=agent.epoch, capabilities=can)
        agent.call = agent.open().Session()
        await agent.call.write(grown(AgentMessage(hello=hello)))
        assert (await agent.call.read()).welcome.version == 1
        await agent.call.write(unknown(AgentMessage))
        await agent.call.write(in_lane(agent, 2, 1, BLOBS))
        await agent.call.write(grown(AgentMessage(content=ContentReport(version=4, reason="new"))))
        await agent.call.write(grown(AgentMessage(sample=SampleRefusal(sha256=bytes(32), reason="busy"))))
        await agent.call.write(in_lane(agent, LANE, 1, [start_of(1), start_of(2)]))
        await agent.call.write(in_lane(agent, 2, len(BLOBS) + 1, [start_of(3)], chain.extend(chain.START, BLOBS)))
        safe = {}
        async with asyncio.timeout(20):
            while safe != {2: len(BLOBS) + 1, LANE: 2}:
                safe |= {mark.lane: mark.sequence for mark in (await agent.call.read()).ack.lanes}
        entries = [*consume(here.paths, 0)]
        assert [blob for entry in entries[:1] for _, blob in entry.events()] == BLOBS
        assert {int(entry.batch.lane) for entry in entries} == {2, LANE}
        told = await here.hall.control.read(lambda s: listing(s, agent.host)[0])
        assert {each["kind"] for each in told["findings"]} <= {"protocol"}, "one kind of message was passed over"
        await agent.close()


@pytest.mark.asyncio
async def test_a_lane_that_none_can_be_is_refused(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.call.write(in_lane(agent, 16, 1, [start_of(1)]))
        assert (await agent.until_goodbye()).goodbye.reason == REASON_PROTOCOL
        await agent.close()
