import pytest
from nats.js.api import DiscardPolicy
from tramgac_collector.errors import IngestError
from tramgac_collector.jetstream.place import BATCHES, MARKS, Place, key_of, mark_subject, said_subject, subject

from tests.collector.jetstream.conftest import HOST
from tests.collector.station import settings

KEY = (HOST, (1 << 64) - 1, 3)


def test_subjects_name_a_lane():
    assert subject(KEY) == f"tramgac.batches.{HOST}.ffffffffffffffff.3"
    assert said_subject(HOST) == f"tramgac.said.{HOST}"
    assert key_of(subject(KEY)) == key_of(mark_subject(KEY)) == KEY


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_the_streams_are_made_once_and_drop_nothing_by_themselves(queue):
    async with queue(2) as here:
        batches = (await here.places[1].js.stream_info(BATCHES)).config
        marks = (await here.places[1].js.stream_info(MARKS)).config
        assert (batches.discard, batches.max_bytes, batches.max_age) == (DiscardPolicy.NEW, 64 << 20, 7 * 86_400)
        assert (batches.deny_delete, batches.deny_purge) == (True, True)
        assert marks.max_msgs_per_subject == 1
        assert not marks.max_age


@pytest.mark.asyncio
@pytest.mark.enable_socket
async def test_servers_without_room_are_told_with_what_to_look_at(server):
    config = settings(queue=server.urls, queue_replicas=1, queue_bytes=1 << 50)
    with pytest.raises(IngestError, match=r"TRAMGAC_BATCHES: .*queue_bytes of room"):
        await Place.open(config, "test")
