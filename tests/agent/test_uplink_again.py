"""What was acknowledged is sent again to a collector that was put back to an earlier state."""

import pytest
from tramgac_proto import session_pb2 as pb

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
async def test_a_collector_that_is_put_back_gets_again_what_it_had_of_all_epochs(tmp_path, memory):
    before = Host(config_in(tmp_path, collector="127.0.0.1:1"), boot="one")
    before.put(2, *events(1, 50))
    before.duties.close()
    server = memory.authority.server()
    async with serving(memory, server=server) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config, boot="two").running() as host, uplinked(config, memory.authority.identity()):
            host.put(2, *events(51, 90))
            await until(lambda: host.spool.ledger()[2].acked == 40)
            for forgotten in (memory.events, memory.acked, memory.chains):
                forgotten.clear()
            memory.say(goodbye=pb.Goodbye(reason=pb.REASON_SHUTDOWN))
            await until(lambda: len(memory.stored(2)) == 90)
            await until(lambda: host.spool.ledger()[2].resent == 40 and host.spool.heads()[0] == host.spool.epoch)
            assert memory.stored(2, before.spool.epoch) == events(1, 50)
            host.put(2, b"new")
            await until(lambda: host.spool.ledger()[2].acked == 41)
            assert all(book.balanced for book in host.spool.ledger().values())
