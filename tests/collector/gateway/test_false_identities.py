"""Whatever a host says of who it is, what it sends is stored under the name in its certificate (law 4)."""

import asyncio
import time

import pytest
from tramgac_collector import hosts
from tramgac_collector.ingest import consume

from tests.collector.station import start_of, station
from tests.lab import faults_identity


@pytest.mark.asyncio
async def test_every_field_of_the_protocol_filled_with_another_hosts_identity(tmp_path):
    async with station(tmp_path) as here:
        rogue, victim = await here.agent(), await here.agent()
        before = await here.hall.control.read(lambda s: hosts.get(s, victim.host))
        said = list(faults_identity.messages(victim.host, rogue.epoch))
        await rogue.hello(hostname=victim.host, agent_version=victim.host, capabilities=[victim.host])
        events = list(faults_identity.events(victim.host, time.time_ns()))
        await rogue.send(events)
        await rogue.until_acked(len(events))
        for message in said:
            if not message.HasField("hello"):
                await rogue.call.write(message)
        await rogue.send([start_of(1)])
        await rogue.until_acked(len(events) + 1)
        await rogue.close()
        await asyncio.gather(*here.hall.tasks)
        stored = [entry.host for entry in consume(here.paths, 0) for _ in entry.events()]
        assert stored == [rogue.host] * (len(events) + 1)
        assert len(events) + len(said) > 100
        assert await here.hall.control.read(lambda s: hosts.get(s, victim.host)) == before
