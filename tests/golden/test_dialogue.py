"""Agents and collectors of each earlier version and of this one: both are understood by the other side of today."""

import asyncio

import grpc
import pytest
from tramgac_agent import VERSION
from tramgac_collector.ingest import consume
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage
from tramgac_wire import agent_session as a
from tramgac_wire.batch import unpack

from tests.collector.station import station
from tests.golden import dialogue

VERSIONS = sorted(folder.name for folder in dialogue.FOLDER.iterdir())


def messages(version, side, cls):
    return [cls.FromString(raw) for raw in dialogue.frames(dialogue.FOLDER / version / f"{side}.bin")]


def test_this_version_has_its_own():
    assert VERSION in VERSIONS, "python -m tests.golden.dialogue writes it"


@pytest.mark.asyncio
@pytest.mark.parametrize("version", VERSIONS)
async def test_an_agent_of_that_version_is_served(version, tmp_path):
    said = messages(version, "agent", AgentMessage)
    batches = [message.batch for message in said if message.HasField("batch")]
    points = sum(message.HasField("checkpoint") for message in said)
    wanted = {batch.lane: batch.first + batch.count - 1 for batch in batches}
    async with station(tmp_path) as here:
        agent = await here.agent(key=dialogue.key())
        agent.open()
        call = agent.channel.stream_stream("/tramgac.Collector/Session", None, CollectorMessage.FromString)()
        for raw in dialogue.frames(dialogue.FOLDER / version / "agent.bin"):
            await call.write(raw)
        assert (await call.read()).welcome.version == 1
        safe = {}
        async with asyncio.timeout(20):
            while safe != wanted or here.hall.counts["checkpoints"] < points:
                message = await call.read()
                assert message is not grpc.aio.EOF
                safe |= {mark.lane: mark.sequence for mark in message.ack.lanes}
        stored = [[blob for _, blob in entry.events()] for entry in consume(here.paths, 0)]
        assert sorted(stored) == sorted(map(unpack, batches))
        await agent.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_collector_of_that_version_is_understood(version):
    (hello, *_), events = messages(version, "agent", AgentMessage), dialogue.events()
    session = a.AgentSession(
        hello.hello, flush_ns={}, random=lambda: 0.5, chain=lambda _lane, _at: dialogue.chain.START
    )
    for lane, blobs in events.items():
        session.available(lane, 1, len(blobs) + 5, 0)
    session.tick(0)
    session.opened(0, dialogue.CLOCK)
    done = []
    for message in messages(version, "collector", CollectorMessage):
        done += session.received(message, 10)
        while wishes := [each for each in done if isinstance(each, a.ReadAndSend)]:
            done = [each for each in done if each not in wishes]
            for wish in wishes:
                done += session.sent(wish.lane, wish.first, wish.first + 8, 100, 10)
    kinds = {type(each) for each in done}
    assert kinds >= {a.Skew, a.Held, a.Forget, a.Fetch, a.SampleWanted, a.RulesChosen, a.Close}
    assert [each.reason for each in done if isinstance(each, a.Close)] == [
        "the collector said REASON_SHUTDOWN: for a while"
    ]
