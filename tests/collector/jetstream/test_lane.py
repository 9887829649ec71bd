import asyncio

import pytest
from nats.errors import NoRespondersError
from nats.js.api import PubAck
from nats.js.errors import APIError
from tramgac_collector.errors import DiskFull, IngestError
from tramgac_collector.jetstream import lane as lanes
from tramgac_collector.jetstream.lane import LaneQueue, Waiting
from tramgac_collector.logs import Counts

from tests.collector.jetstream.conftest import Lane

pytestmark = pytest.mark.asyncio


class Faults:
    """Servers that answer each publish with the next of these; a number vouches for the batch."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def publish(self, _subject, _payload, *, headers, **_more):
        self.asked.append(headers)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return PubAck(stream="s", seq=answer)


@pytest.fixture
def lane(monkeypatch):
    monkeypatch.setattr(lanes, "AGAIN_S", 0)
    source = Lane()
    return LaneQueue((source.host, source.epoch, source.lane), Counts()), source


def put(lane, servers):
    queue, source = lane
    batch, chain = source.batch()
    item = Waiting(1, 0, batch, chain)
    queue.put(servers, item)
    return asyncio.wrap_future(item.future)


async def test_servers_that_choose_a_leader_are_asked_again_for_the_same(lane):
    servers = Faults(NoRespondersError(), TimeoutError(), 5)
    assert await put(lane, servers) == 5
    assert servers.asked[0] == servers.asked[1] == servers.asked[2]
    assert lane[0].counts["queue_tried_again"] == 2


async def test_servers_that_stay_away_are_given_up(lane, monkeypatch):
    monkeypatch.setattr(lanes, "PATIENCE_S", -1)
    servers = Faults(NoRespondersError(), 9)
    with pytest.raises(IngestError, match="does not answer"):
        await put(lane, servers)
    assert lane[0].mark is None


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [(10071, IngestError, "another gateway"), (10077, DiskFull, "no room"), (10076, IngestError, "10076")],
)
async def test_what_the_servers_refuse_is_told_apart(lane, code, error, says):
    servers = Faults(APIError(code=400, err_code=code, description="why"))
    with pytest.raises(error, match=says):
        await put(lane, servers)


async def test_what_waits_behind_a_refused_batch_is_refused_with_it(lane):
    servers = Faults(APIError(code=400, err_code=10077, description="full"))
    done = await asyncio.gather(put(lane, servers), put(lane, servers), return_exceptions=True)
    assert [type(one) for one in done] == [DiskFull, DiskFull]
    assert len(servers.asked) == 1
    assert lane[0].counts["batches_refused_full"] == 2


async def test_other_events_have_another_id(lane):
    servers, (queue, source) = Faults(1, 2), lane
    await put(lane, servers)
    twin = Lane(), LaneQueue(queue.key, Counts())
    batch, chain = twin[0].batch(text="other")
    item = Waiting(1, 0, batch, chain)
    twin[1].put(servers, item)
    await asyncio.wrap_future(item.future)
    assert len({headers["Nats-Msg-Id"] for headers in servers.asked}) == 2
    assert source.first == twin[0].first
