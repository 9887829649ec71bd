"""What the collector holds under an epoch is less, more, or something else than the spool."""

import pytest
from tramgac_wire.chain import START, extend

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


@pytest.mark.asyncio
async def test_after_a_power_cut_the_old_epoch_is_sent_to_its_end_and_the_new_one_after_it(tmp_path, memory):
    config = config_in(tmp_path, collector="127.0.0.1:1")
    before = Host(config, boot="one")
    before.put(2, *events(1, 50))
    before.duties.close()
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config, boot="two").running() as host, uplinked(config, memory.authority.identity()):
            assert host.spool.epoch != before.spool.epoch
            host.put(2, b"new")
            host.put(1, b"urgent")
            await until(lambda: host.spool.ledger()[2].acked == 1 and host.spool.ledger()[1].acked == 1)
            await until(lambda: memory.stored(2, before.spool.epoch) == events(1, 50))
            await until(lambda: host.spool.heads()[0] == host.spool.epoch)
            assert memory.stored(2, host.spool.epoch) == [b"new"]
            assert host.spool.heads()[0] == host.spool.epoch


@pytest.mark.asyncio
async def test_what_a_power_cut_took_from_the_old_epoch_and_the_collector_has_is_no_loss(tmp_path, memory):
    config = config_in(tmp_path, collector="127.0.0.1:1")
    before = Host(config, boot="one")
    before.put(2, *events(1, 50))
    before.put(3, *events(1, 5))
    before.duties.close()
    memory.acked[before.spool.epoch, 2] = 60  # sent, acknowledged, and cut off here by the power cut
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config, boot="two").running() as host, uplinked(config, memory.authority.identity()):
            host.put(2, b"new")
            await until(lambda: host.spool.ledger()[2].acked == 1)
            assert memory.stored(3, before.spool.epoch) == events(1, 5)
            assert sum(host.spool.past.values()) == 0


@pytest.mark.asyncio
async def test_a_spool_that_was_put_back_to_an_earlier_state_begins_a_new_epoch(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        host = Host(config)
        old = host.spool.epoch
        memory.acked[old, 2] = 1000
        async with host.running(), uplinked(config, memory.authority.identity()):
            host.put(2, *events(1, 3))
            await until(lambda: host.spool.epoch != old)
            host.put(2, b"after")
            await until(lambda: host.spool.ledger()[2].acked == 4)
            assert memory.stored(2, host.spool.epoch) == [*events(1, 3), b"after"]
            assert not host.spool.past


@pytest.mark.asyncio
async def test_where_the_collector_holds_others_events_ours_go_on_under_a_new_epoch(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        host = Host(config)
        old = host.spool.epoch
        host.put(2, *events(1, 9))
        host.put(3, *events(1, 3))
        memory.acked |= {(old, 2): 5, (old, 3): 2}
        memory.chains |= {(old, 2): extend(START, [b"another's"] * 5), (old, 3): extend(START, events(1, 2))}
        async with host.running(), uplinked(config, memory.authority.identity()):
            await until(lambda: host.spool.epoch != old and host.spool.ledger()[2].acked == 9)
            await until(lambda: host.spool.ledger()[3].acked == 1)
            assert memory.stored(2, host.spool.epoch) == events(1, 9)
            assert memory.stored(3) == events(3, 3)  # the other two are ours, and there
            assert not host.spool.past
