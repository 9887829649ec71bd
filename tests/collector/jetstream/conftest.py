"""A queue of one server, as new for each test."""

import contextlib
from types import SimpleNamespace

import pytest
from tramgac_collector.jetstream.log import QueueLog
from tramgac_collector.jetstream.place import BATCHES, MARKS, Place
from tramgac_collector.logs import Counts
from tramgac_wire import chain
from tramgac_wire.batch import pack

from tests.collector.queue_servers import servers
from tests.collector.station import settings, start_of

HOST = "a1" * 16


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with servers(tmp_path_factory.mktemp("queue")) as made:
        yield made


@pytest.fixture
def queue(server):
    """Opens connections, and empties the streams afterwards."""

    @contextlib.asynccontextmanager
    async def opened(count=1, **changes):
        config = settings(queue=server.urls, queue_replicas=1, **{"queue_bytes": 64 << 20, **changes})
        places = [await Place.open(config, f"test {number}") for number in range(count)]
        try:
            yield SimpleNamespace(config=config, places=places, logs=[QueueLog(place, Counts()) for place in places])
        finally:
            for name in (BATCHES, MARKS):
                await places[0].js.delete_stream(name)
            for place in places:
                await place.client.close()

    return opened


class Lane:
    """Batches of one lane of one host, in order."""

    def __init__(self, host=HOST, epoch=7, lane=1):
        self.host, self.epoch, self.lane = host, epoch, lane
        self.first, self.chain = 1, chain.START

    def batch(self, count=3, *, gap=0, text=""):
        """The next batch, and the chain after it."""
        self.first += gap
        blobs = [start_of(self.first + number, text) for number in range(count)]
        made = pack(self.epoch, self.lane, self.first, self.chain, blobs, gap=gap)
        self.first, self.chain = self.first + count, chain.extend(self.chain, blobs)
        return made, self.chain
