"""A stream whose batches are compressed with a dictionary."""

import pytest
from tramgac_collector.ingest import consume
from tramgac_proto.session_pb2 import REASON_DICTIONARY, AgentMessage
from tramgac_wire.batch import pack, unpack
from tramgac_wire.dictionary import train
from tramgac_wire.limits import CONTENT, DICTIONARY

from tests.collector.station import start_of, station

pytestmark = pytest.mark.asyncio


async def test_what_came_with_a_dictionary_is_kept_without_and_an_unknown_one_is_named(tmp_path):
    trained = train([b"/usr/bin/program %d %d " % (n % 7, n) * 9 for n in range(200)], 1_000)
    async with station(tmp_path) as here:
        here.hall.content, here.hall.dictionaries = 3, {trained.number: trained}
        agent = await here.agent()
        welcome = await agent.hello(capabilities=[CONTENT, DICTIONARY])
        assert list(welcome.welcome.content.dictionaries) == [trained.number]
        message = agent.batch([start_of(1), start_of(2)])
        blobs = unpack(message.batch)
        batch = pack(message.batch.epoch, 1, 1, message.batch.previous, blobs, dictionary=trained)
        await agent.call.write(AgentMessage(batch=batch))
        await agent.until_acked(2)
        (entry,) = consume(here.paths, 0)
        assert entry.batch.dictionary == 0
        assert [blob for _, blob in entry.events()] == blobs
        message = agent.batch([start_of(3)])
        message.batch.dictionary = 77
        await agent.call.write(message)
        assert (await agent.until_goodbye()).goodbye.reason == REASON_DICTIONARY
        await agent.close()
