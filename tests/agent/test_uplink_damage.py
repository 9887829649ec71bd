"""What a damaged spool or a fault of ours costs the uplink: the events concerned, counted, and no lane besides."""

import asyncio

import pytest
from tramgac_agent import frames, outgoing
from tramgac_agent import spool as spool_module
from tramgac_agent.ledger import TORN

from tests.agent.collector import Memory, serving
from tests.agent.host import Host, config_in, impatient, until, uplinked
from tests.agent.pki import Authority

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def memory():
    return Memory(Authority())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    impatient(monkeypatch)


def events(first, last):
    return [b"event %d" % number for number in range(first, last + 1)]


def damaged(monkeypatch):
    """What is put from now on lies in frames that no reader can take apart."""
    monkeypatch.setattr(spool_module, "encode", lambda frame: frames.encode(frame)[:-1])


@pytest.mark.asyncio
async def test_a_damaged_frame_is_passed_over_and_counted_at_both_ends(tmp_path, memory, monkeypatch):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            memory.acking = False
            host.put(2, *events(1, 10))
            await until(lambda: memory.stored(2) == events(1, 10))
            with monkeypatch.context() as patch:
                damaged(patch)
                host.put(2, *events(11, 20))
            host.put(2, *events(21, 30))
            await until(lambda: len(memory.stored(2)) == 20)
            memory.acking = True
            host.put(2, b"last")
            await until(lambda: host.spool.ledger()[2].acked == 21)
            book = host.spool.ledger()[2]
            assert memory.stored(2) == [*events(1, 10), *events(21, 30), b"last"]
            assert (book.emitted, book.spooled, book.dropped) == (31, 0, {TORN: 10})
            assert "damaged on the disk from sequence 11 to 20" in host.spool.trouble
            gaps = [m.batch.gap for m in memory.heard if m.HasField("batch") and m.batch.gap]
            assert gaps == [10]


@pytest.mark.asyncio
async def test_a_damaged_frame_at_the_end_is_given_up_too(tmp_path, memory, monkeypatch):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()):
            host.put(2, *events(1, 10))
            await until(lambda: host.spool.ledger()[2].acked == 10)
            with monkeypatch.context() as patch:
                damaged(patch)
                host.put(2, *events(11, 15))
            await until(lambda: host.spool.ledger()[2].dropped == {TORN: 5})
            host.put(3, b"bulk")
            host.put(2, b"next")
            await until(lambda: host.spool.ledger()[2].acked == 11 and host.spool.ledger()[3].acked == 1)
            assert all(book.balanced and not book.spooled for book in host.spool.ledger().values())


@pytest.mark.asyncio
async def test_a_sensor_that_is_killed_before_it_books_a_loss_counts_it_all_the_same(tmp_path, memory, monkeypatch):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        killed = Host(config)
        turning = asyncio.create_task(killed.turn())
        killed.put(2, *events(1, 10))
        with monkeypatch.context() as patch:
            damaged(patch)
            killed.put(2, *events(11, 20))
        killed.put(2, *events(21, 30))
        async with uplinked(config, memory.authority.identity()):
            await until(lambda: killed.spool.ledger()[2].acked == 20)
            turning.cancel()
            killed.duties.close()
            async with Host(config).running() as host:
                await until(lambda: host.spool.ledger()[2].acked == 20)
                book = host.spool.ledger()[2]
                assert (book.emitted, book.spooled, book.dropped) == (30, 0, {TORN: 10})


@pytest.mark.asyncio
async def test_a_batch_that_cannot_be_made_holds_up_no_other(tmp_path, memory, monkeypatch):
    real = outgoing.pack

    def pack(epoch, lane, *arguments, **options):
        if lane == 2:
            raise RuntimeError("a fault of ours")
        return real(epoch, lane, *arguments, **options)

    monkeypatch.setattr(outgoing, "pack", pack)
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running() as host, uplinked(config, memory.authority.identity()) as uplink:
            host.put(2, b"stuck")
            await until(lambda: uplink.standing.failures)
            host.put(1, b"alert")
            await until(lambda: host.spool.ledger()[1].acked == 1)
            assert host.spool.ledger()[2].spooled == 1
            monkeypatch.setattr(outgoing, "pack", real)
            host.put(2, b"more")
            await until(lambda: host.spool.ledger()[2].acked == 2)
