import asyncio
import hashlib

import grpc
import pytest
from tramgac_collector import bell, hosts, samples, tallies
from tramgac_collector.bell import Bell
from tramgac_collector.gateway import attend as attending
from tramgac_collector.gateway.attend import attend, look
from tramgac_collector.schema import ContentRow
from tramgac_proto.session_pb2 import REASON_REVOKED

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


async def test_what_is_new_is_told_on_open_streams(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        await agent.hello()
        sha256 = hashlib.sha256(b"x").hexdigest()

        def news(s):
            s.add(ContentRow(version=5, published=1, by="t", digest="d" * 64, marked="", rules=1, yara=0))
            samples.want(s, sha256, agent.host, 1, 1)

        await here.hall.control.write(news)
        with Bell(here.paths.run, "gateway") as listener:
            watcher = asyncio.create_task(attend(here.hall, listener))
            bell.ring(here.paths.run, "gateway")
            heard = [await agent.call.read() for _ in range(3)]
            while not here.paths.tally("gateway").exists():  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.01)
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        assert {message.WhichOneof("message") for message in heard} == {"content", "rules", "sample"}
        assert tallies.read(here.paths, "gateway").gauges["streams"] == 1
        assert here.hall.content == 5
        await agent.close()


async def test_only_those_who_can_are_asked_for_samples_and_offered_content(tmp_path):
    async with station(tmp_path) as here:
        cannot, can = await here.agent(), await here.agent()
        await cannot.hello(capabilities=[])
        await can.hello()
        sha256 = hashlib.sha256(b"x").hexdigest()

        def news(s):
            s.add(ContentRow(version=5, published=1, by="t", digest="d" * 64, marked="", rules=1, yara=0))
            samples.want(s, sha256, cannot.host, 1, 2)  # seen there first
            samples.want(s, sha256, can.host, 1, 1)

        await here.hall.control.write(news)
        await look(here.hall)
        heard = [(await can.call.read()).WhichOneof("message") for _ in range(3)]
        assert sorted(heard) == ["content", "rules", "sample"]
        assert (await cannot.call.read()).WhichOneof("message") == "rules"
        await cannot.call.done_writing()
        assert await cannot.call.read() is grpc.aio.EOF
        await can.close()
        await cannot.close()


async def test_agents_hold_back_while_the_disk_is_low_and_what_is_urgent_flows(tmp_path, monkeypatch):
    minimum, free = 1 << 20, [2 << 20]
    monkeypatch.setattr("tramgac_collector.gateway.attend.free_bytes", lambda _paths: free[0])
    async with station(tmp_path, minimum_free_bytes=minimum) as here:
        agent = await here.agent()
        await agent.hello()
        await look(here.hall)
        assert here.hall.counts["throttled"] == 0
        assert (await agent.call.read()).WhichOneof("message") == "rules"
        free[0] -= 1
        await look(here.hall)
        await look(here.hall)  # a ring a moment later asks nobody again
        message = await agent.call.read()
        assert message.throttle.wait_ms == attending.THROTTLE_MS
        assert here.hall.counts["throttled"] == 1
        await agent.send([start_of(1)])
        await agent.until_acked(1)
        here.hall.throttled -= attending.THROTTLE_EVERY_S
        await look(here.hall)
        assert (await agent.call.read()).throttle.wait_ms == attending.THROTTLE_MS
        here.hall.throttled, free[0] = 0.0, 2 << 20
        await look(here.hall)
        assert here.hall.counts["throttled"] == 2
        await agent.close()


async def test_a_host_that_is_stopped_hears_it_at_once(tmp_path):
    async with station(tmp_path) as here:
        agent, other = await here.agent(), await here.agent()
        await agent.hello()
        await other.hello()
        await here.hall.control.write(lambda s: hosts.deactivate(s, agent.host, 1))
        with Bell(here.paths.run, "gateway") as listener:
            watcher = asyncio.create_task(attend(here.hall, listener))
            bell.ring(here.paths.run, "gateway")  # what `POST /api/hosts/{id}/revoke` does
            assert (await agent.until_goodbye()).goodbye.reason == REASON_REVOKED
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        await agent.close()
        assert await agent.open().Session().code() == grpc.StatusCode.UNAUTHENTICATED
        assert here.hall.counts["streams_revoked"] >= 1
        assert other.host in here.hall.streams.hosts()
        await agent.close()
        await other.close()


async def test_a_control_store_that_is_away_does_not_end_the_gateway(tmp_path):
    async with station(tmp_path) as here:
        before = here.hall.control.write

        async def away(_work):
            raise OSError("disk I/O error")

        here.hall.control.write = away
        with Bell(here.paths.run, "gateway") as listener:
            watcher = asyncio.create_task(attend(here.hall, listener))
            while not here.hall.counts["attend_failed"]:  # noqa: ASYNC110 - a counter has no event
                await asyncio.sleep(0)
            assert not watcher.done()
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        here.hall.control.write = before
