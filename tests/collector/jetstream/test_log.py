import asyncio
import random

import pytest
from tramgac_collector.errors import DiskFull, IngestError, LogClosed
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Entry, decode
from tramgac_collector.jetstream.place import BATCHES, subject

from tests.collector.jetstream.conftest import HOST, Lane

pytestmark = [pytest.mark.asyncio, pytest.mark.enable_socket]


def handed(log, lane, batch, chain, *, skip=0, received=1):
    return asyncio.wrap_future(log.submit(lane.host, received, skip, batch, chain))


async def stored(place, lane):
    """All batches of a lane, in the queue's order."""
    told = await place.js.stream_info(BATCHES)
    records = []
    for sequence in range(told.state.first_seq, told.state.last_seq + 1):
        message = await place.js.get_msg(BATCHES, sequence)
        if message.subject == subject((lane.host, lane.epoch, lane.lane)):
            records.append(decode(0, message.data))
    return records


async def test_what_was_handed_in_is_there_in_order(queue):
    async with queue() as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        assert (log.knows(HOST), log.marks(HOST, 7)) == (False, {})
        made = [lane.batch() for _ in range(20)]
        await asyncio.gather(*(handed(log, lane, *one) for one in made))
        assert log.marks(HOST, 7) == {1: (60, lane.chain)}
        entries = await stored(here.places[0], lane)
        assert [(entry.batch.first, entry.skip) for entry in entries] == [(3 * n + 1, 0) for n in range(20)]
        assert all(isinstance(entry, Entry) and len(list(entry.events())) == 3 for entry in entries)


async def test_another_gateway_goes_on_where_the_first_was(queue):
    async with queue(2) as here:
        (first, second), lane = here.logs, Lane()
        await first.recall(HOST)
        await handed(first, lane, *lane.batch())
        await second.recall(HOST)
        assert second.marks(HOST, 7) == {1: (3, lane.chain)}
        assert second.knows(HOST)
        await handed(second, lane, *lane.batch())
        assert [entry.batch.first for entry in await stored(here.places[1], lane)] == [1, 4]


async def test_a_gateway_that_was_overtaken_writes_nothing_more(queue):
    async with queue(2) as here:
        (first, second), lane, copy = here.logs, Lane(), Lane()
        for log in (first, second):
            await log.recall(HOST)
        await handed(second, lane, *lane.batch())
        other, waiting = copy.batch(text="other events"), copy.batch()
        refused = [handed(first, copy, *other), handed(first, copy, *waiting)]
        for one in await asyncio.gather(*refused, return_exceptions=True):
            assert isinstance(one, IngestError), "the one behind it would leave a hole"
        assert [entry.chain for entry in await stored(here.places[0], lane)] == [lane.chain]
        await first.recall(HOST)
        await handed(first, lane, *lane.batch())
        assert len(await stored(here.places[0], lane)) == 2


async def test_what_is_there_is_not_there_twice(queue):
    async with queue(2) as here:
        (first, second), lane = here.logs, Lane()
        await first.recall(HOST)
        one = lane.batch()
        await handed(first, lane, *one)
        await handed(first, lane, *one)
        await second.recall(HOST)
        await handed(second, lane, *one)
        longer = Lane()
        await handed(second, longer, *longer.batch(5))
        entries = await stored(here.places[0], lane)
        assert [(entry.batch.first, entry.batch.count, entry.skip) for entry in entries] == [(1, 3, 0), (1, 5, 3)]
        assert first._counts["batches_duplicate"] == second._counts["batches_duplicate"] == 1


async def test_a_hole_is_refused_unless_the_agent_gave_it_up(queue):
    async with queue() as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        await handed(log, lane, *lane.batch())
        await handed(log, lane, *lane.batch(gap=6))
        assert (await stored(here.places[0], lane))[-1].batch.gap == 6
        lane.batch()  # one that never comes
        with pytest.raises(IngestError, match="3 events before 16 are not in the log"):
            await handed(log, lane, *lane.batch())
        assert len(await stored(here.places[0], lane)) == 2


async def test_a_full_queue_says_so_and_drops_nothing(queue):
    async with queue(queue_bytes=1 << 20) as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        chance = random.Random(1)
        waiting = [handed(log, lane, *lane.batch(1, text=chance.randbytes(40_000).hex())) for _ in range(50)]
        done = await asyncio.gather(*waiting, return_exceptions=True)
        sent = sum(isinstance(one, int) for one in done)
        assert len(await stored(here.places[0], lane)) == sent > 0
        assert {type(one) for one in done[sent:]} == {DiskFull}
        assert log._counts["batches_refused_full"] == 50 - sent


async def test_a_closed_log_takes_nothing(queue):
    async with queue() as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        await asyncio.to_thread(log.close)
        with pytest.raises(LogClosed):
            await handed(log, lane, *lane.batch())
        log.check()
        with pytest.raises(IngestError, match="how far host"):
            await log.recall(HOST)
        here.places[0] = await type(here.places[0]).open(here.config, "again")


async def test_a_connection_that_is_over_ends_the_process(queue):
    async with queue(2) as here:
        await here.places[1].client.close()
        with pytest.raises(IngestError, match="is over"):
            here.logs[1].check()


async def test_what_a_host_signed_and_the_queue_refuses_ends_with_an_answer(queue):
    async with queue() as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        await handed(log, lane, *lane.batch())
        said = Attestation(HOST, 1, 7, 1, 3, bytes(32), bytes(33), b"signature" * 300_000)  # more than a message holds
        with pytest.raises(IngestError, match="did not take what host"):
            await asyncio.wait_for(asyncio.wrap_future(log.attest(said)), 10)
        assert log._counts["attestations_refused"] == 1


async def test_a_mark_that_cannot_be_read_is_no_silent_end(queue):
    async with queue() as here:
        await here.places[0].js.publish(f"tramgac.marks.{HOST}.0000000000000007.1", b"what is this")
        with pytest.raises(IngestError, match="how far host"):
            await here.logs[0].recall(HOST)
