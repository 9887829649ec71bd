import asyncio
import time
from contextlib import suppress

import grpc
import pytest
from tramgac_collector import alerts, audit, hosts, quarantine
from tramgac_collector.gateway import limits
from tramgac_collector.gateway.attend import look
from tramgac_proto.session_pb2 import REASON_LIMIT, REASON_PROTOCOL, AgentMessage, Batch, FetchRequest

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


async def settled(here):
    while here.hall.tasks:
        await asyncio.gather(*here.hall.tasks)


async def garbage(here, agent):
    await agent.hello()
    batch = Batch(epoch=7, lane=1, first=1, count=1, size=5, previous=bytes(32), events=b"garbage")
    await agent.call.write(AgentMessage(batch=batch))
    goodbye = (await agent.until_goodbye()).goodbye
    await agent.close()
    return goodbye


async def test_whoever_breaks_the_rules_again_and_again_is_not_heard_until_released(tmp_path):
    async with station(tmp_path) as here:
        bad, good = await here.agent(), await here.agent()
        for _ in range(limits.OFFENCES["protocol"][0]):
            assert (await garbage(here, bad)).reason == REASON_PROTOCOL
        await settled(here)
        turned = await listen(bad)
        assert turned.goodbye.reason == REASON_LIMIT
        assert 500_000 < turned.goodbye.retry_after_ms <= 600_000
        assert "tramgac hosts release" in turned.goodbye.detail
        with pytest.raises(grpc.aio.AioRpcError, match="in quarantine"):
            async for _ in bad.open().Fetch(FetchRequest(name="root.json")):
                pass
        await bad.close()
        await good.hello()
        await good.send([start_of(1)])
        await good.until_acked(1)
        assert here.hall.counts["quarantined"] == 1
        assert here.hall.counts["refused_quarantine"] == 2

        def told(s):
            return [alert["title"] for alert in alerts.page(s, alerts.Filters(), None).items], audit.page(s)[0].action

        assert await here.hall.control.read(told) == (["Agent in quarantine"], "host.quarantine")
        await here.hall.control.write(lambda s: hosts.release(s, bad.host, time.time_ns()))
        await look(here.hall)
        assert (await bad.hello()).HasField("welcome")
        await bad.close()
        await good.close()


async def test_a_start_of_the_gateway_forgets_no_quarantine(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        now = time.time_ns()
        await here.hall.control.write(lambda s: quarantine.impose(s, agent.host, "flood", "x", now, 60_000_000_000))
        await look(here.hall)  # as the role does before it opens its ports
        assert (await listen(agent)).goodbye.reason == REASON_LIMIT
        await agent.close()


async def test_who_sends_more_than_it_may_is_told_to_wait_and_who_goes_on_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BURST_S", 1.0)
    async with station(tmp_path, agent_events_per_second=100) as here:
        agent = await here.agent()
        await agent.hello()
        batch = [start_of(1)]
        sent = 0

        async def flood():
            nonlocal sent
            for _ in range(100 + limits.WINDOWS * 64):
                message = agent.batch(batch, lane=2)
                sent += 1
                await agent.call.write(message)

        flooding = asyncio.create_task(flood())
        goodbye, throttled = None, 0
        while goodbye is None:
            message = await agent.call.read()
            assert message is not grpc.aio.EOF
            throttled += message.HasField("throttle")
            goodbye = message.goodbye if message.HasField("goodbye") else None
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        assert throttled == 1
        assert goodbye.reason == REASON_LIMIT
        assert goodbye.detail.startswith("in quarantine: flood")
        assert goodbye.retry_after_ms > 500_000
        assert sent > limits.WINDOWS * 64
        await settled(here)
        assert here.hall.counts["streams_held_back"] == 1
        await agent.close()


async def test_who_was_told_to_wait_is_told_again_on_the_next_stream(tmp_path, monkeypatch):
    """An agent that drains an outage turns between epochs: each is a stream of its own, and the tank is the host's."""
    monkeypatch.setattr(limits, "BURST_S", 1.0)
    async with station(tmp_path, agent_events_per_second=100) as here:
        agent = await here.agent()
        await agent.hello()
        await agent.call.write(agent.batch([start_of(number) for number in range(300)], lane=2))
        while not (await agent.call.read()).HasField("throttle"):
            pass
        await agent.close()
        agent.epoch += 1
        await agent.hello()
        assert 0 < (await agent.call.read()).throttle.wait_ms <= limits.HOLD_S[1] * 1000
        await agent.close()


async def test_urgent_events_above_the_rate_come_later_and_are_all_taken(tmp_path, monkeypatch):
    monkeypatch.setattr("tramgac_collector.gateway.quarantine.PAUSE_S", 0.001)
    monkeypatch.setattr(limits, "BURST_S", 1.0)
    async with station(tmp_path, agent_events_per_second=100) as here:
        agent = await here.agent()
        await agent.hello()
        for turn in range(20):
            await agent.send([start_of(turn * 10 + number) for number in range(10)])
        await agent.until_acked(200)
        assert here.hall.counts["streams_paused"] > 0
        assert here.hall.counts["quarantined"] == 0
        await agent.close()


async def listen(agent):
    """What is said to a stream before it says anything: whoever is in quarantine is not asked, and may be cut short."""
    agent.call = agent.open().Session()
    return await agent.call.read()


@pytest.mark.parametrize(("offence", "attempts"), [("streams", 2), ("epochs", 4)])
async def test_who_comes_again_and_again_is_stopped(tmp_path, monkeypatch, offence, attempts):
    monkeypatch.setitem(limits.OFFENCES, offence, (3, 600.0))
    async with station(tmp_path) as here:
        agent = await here.agent()
        for number in range(attempts):
            agent.epoch = 100 + number
            await agent.hello()
            await agent.close()
        for _ in range(2):  # whoever comes too often, and whoever is in quarantine
            answer = await listen(agent)
            await agent.close()
            assert answer.goodbye.reason == REASON_LIMIT
        assert here.hall.counts["quarantined"] == 1


async def test_who_comes_again_and_leaves_before_the_answer_is_stopped_too(tmp_path, monkeypatch):
    monkeypatch.setitem(limits.OFFENCES, "streams", (3, 600.0))
    async with station(tmp_path) as here:
        agent = await here.agent()
        for _ in range(20):
            call = agent.open().Session()
            with suppress(grpc.aio.AioRpcError):  # a gateway that is quicker may have ended it already
                await call.write(AgentMessage())
            call.cancel()
            await agent.close()
            if here.hall.counts["quarantined"]:
                break
        assert (await listen(agent)).goodbye.reason == REASON_LIMIT
        await agent.close()


async def test_who_asks_for_files_again_and_again_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setitem(limits.OFFENCES, "calls", (2, 600.0))
    async with station(tmp_path) as here:
        agent = await here.agent()
        stub, codes = agent.open(), []
        for _ in range(3):
            call = stub.Fetch(FetchRequest(name="nothing"))
            codes.append(await call.code())
        assert codes == [grpc.StatusCode.NOT_FOUND, *[grpc.StatusCode.RESOURCE_EXHAUSTED] * 2]
        await agent.close()
        await settled(here)


async def test_messages_that_nobody_knows_are_passed_over_and_a_flood_of_them_is_stopped(tmp_path, monkeypatch):
    async with station(tmp_path, agent_events_per_second=100) as here:
        agent = await here.agent()
        await agent.hello()
        monkeypatch.setattr(limits, "MESSAGE", 600)
        strange = AgentMessage.FromString(b"\xfa\x3f\x04abcd")  # a field of a later version

        async def flood():
            for _ in range(100 * 60 // limits.MESSAGE + limits.WINDOWS * 64 + 20):
                await agent.call.write(strange)

        flooding = asyncio.create_task(flood())
        goodbye = (await agent.until_goodbye()).goodbye
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        assert goodbye.detail.startswith("in quarantine: flood")
        await agent.close()
        await settled(here)
