import asyncio
import contextlib

import pytest
from tramgac_collector.errors import IngestError
from tramgac_collector.ingest import IngestLog, Limits, consume, read_cursor
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.jetstream import intake as intakes
from tramgac_collector.jetstream.intake import NAME, Intake
from tramgac_collector.jetstream.place import BATCHES, MARKS
from tramgac_collector.logs import Counts

from tests.collector.jetstream.conftest import HOST, Lane
from tests.collector.jetstream.test_log import handed
from tests.collector.station import prepare

pytestmark = [pytest.mark.asyncio, pytest.mark.enable_socket]


@contextlib.asynccontextmanager
async def taking(paths, place):
    """An intake at work, over its own log."""
    log = IngestLog(paths, limits=Limits(), counts=Counts(), synced=lambda: None)
    stop, made = asyncio.Event(), Intake(paths, log, Counts())
    task = asyncio.create_task(made.take(place.js, stop))
    try:
        yield made
    finally:
        stop.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(log.close)


async def until(intake, position):
    while intake.position < position:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)


def firsts(paths):
    return [(entry.batch.first, entry.skip, entry.batch.gap) for entry in consume(paths, 0)]


async def test_what_is_in_the_queue_comes_into_the_log_once(queue, tmp_path):
    paths = prepare(tmp_path / "state")
    async with queue(2) as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        for _ in range(3):
            await handed(log, lane, *lane.batch())
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 3)
        await handed(log, lane, *lane.batch())
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 4)
        assert firsts(paths) == [(1, 0, 0), (4, 0, 0), (7, 0, 0), (10, 0, 0)]
        paths.cursor(NAME).unlink()  # the power went before it was on the disk
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 4)
        assert len(firsts(paths)) == 4
        assert read_cursor(paths, NAME) == 4


async def test_what_the_queue_dropped_is_a_gap(queue, tmp_path):
    paths = prepare(tmp_path / "state")
    async with queue(2) as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        lane.batch()
        lane.batch()
        batch, chain = lane.batch()
        batch.gap = 6
        await handed(log, lane, batch, chain)
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 1)
        assert firsts(paths) == [(7, 0, 6)]


async def test_marks_outlive_the_batches(queue, tmp_path, monkeypatch):
    monkeypatch.setattr(intakes, "MARKS_EVERY_S", 0.0)
    monkeypatch.setattr(intakes, "WAIT_S", 0.05)
    paths = prepare(tmp_path / "state")
    async with queue(3) as here:
        first, lane = here.logs[0], Lane()
        await first.recall(HOST)
        await handed(first, lane, *lane.batch())
        async with taking(paths, here.places[1]):
            while not (await here.places[1].js.stream_info(MARKS)).state.messages:  # noqa: ASYNC110 - a server's
                await asyncio.sleep(0.01)
        await here.places[0].js.delete_stream(BATCHES)  # as if a week had passed
        place = await type(here.places[2]).open(here.config, "later")
        later = type(first)(place, Counts())
        await later.recall(HOST)
        assert later.marks(HOST, 7) == {1: (3, lane.chain)}
        await handed(later, lane, *lane.batch())
        assert later.marks(HOST, 7) == {1: (6, lane.chain)}
        await place.client.close()


async def test_what_a_host_signed_comes_after_its_batches(queue, tmp_path):
    paths = prepare(tmp_path / "state")
    async with queue(2) as here:
        log, lane = here.logs[0], Lane()
        await log.recall(HOST)
        said = Attestation(HOST, 1, 7, 1, 3, bytes(32), bytes(33), b"signature")
        with pytest.raises(IngestError):
            await asyncio.wrap_future(log.attest(said))
        await handed(log, lane, *lane.batch())
        await asyncio.wrap_future(log.attest(said))
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 2)
        assert firsts(paths) == [(1, 0, 0)]


async def test_what_cannot_be_read_is_counted_and_passed(queue, tmp_path):
    paths = prepare(tmp_path / "state")
    async with queue(2) as here:
        await here.places[0].js.publish(f"tramgac.batches.{HOST}.7.1", b"\x09 what is this")
        async with taking(paths, here.places[1]) as intake:
            await until(intake, 1)
            assert intake._counts["record_unknown"] == 1
