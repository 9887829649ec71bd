"""Whatever a host says of who it is, what it sends is stored under the name in its certificate (law 4)."""

import time

import grpc
import pytest
from tramgac_collector import hosts
from tramgac_collector.ingest import consume
from tramgac_proto.session_pb2 import AgentMessage

from tests.collector.station import station
from tests.lab import faults_identity


@pytest.mark.asyncio
async def test_every_field_of_the_protocol_filled_with_another_hosts_identity(tmp_path):
    async with station(tmp_path) as here:
        rogue, victim = await here.agent(), await here.agent()
        before = await here.hall.control.read(lambda s: hosts.get(s, victim.host))
        await rogue.hello(hostname=victim.host)
        events = list(faults_identity.events(victim.host, time.time_ns()))
        await rogue.send(events)
        await rogue.until_acked(len(events))
        await rogue.close()
        tried = 0
        for message in faults_identity.messages(victim.host, rogue.epoch):
            answer = await rogue.hello(**_hello(message))
            assert answer is not grpc.aio.EOF
            if not message.HasField("hello"):
                await rogue.call.write(message)
            await rogue.close()
            tried += 1
        stored = [entry.host for entry in consume(here.paths, 0) for _ in entry.events()]
        assert stored == [rogue.host] * len(events)
        assert len(events) + tried > 100
        assert await here.hall.control.read(lambda s: hosts.get(s, victim.host)) == before


def _hello(message: AgentMessage) -> dict[str, object]:
    given = message.hello if message.HasField("hello") else None
    return {field.name: value for field, value in given.ListFields()} if given else {}
