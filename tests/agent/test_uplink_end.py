"""How the uplink ends: what waits goes first, and last words are waited for."""

import asyncio

import pytest
from tramgac_agent import uplink as module
from tramgac_agent.errors import ErrandFailed

from tests.agent.collector import Memory, serving
from tests.agent.host import Host, config_in, impatient, until, uplinked
from tests.agent.pki import Authority

pytestmark = pytest.mark.enable_socket


def events(first, last):
    return [b"event %d" % number for number in range(first, last + 1)]


@pytest.fixture
def memory():
    return Memory(Authority())


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    impatient(monkeypatch)


@pytest.mark.asyncio
async def test_at_its_end_it_sends_what_would_still_wait_for_company(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address, flush_security_s=600.0, flush_bulk_s=600.0)
        async with Host(config).running() as host:
            async with uplinked(config, memory.authority.identity()) as uplink:
                host.put(1, b"alert")
                await until(lambda: host.spool.ledger()[1].acked == 1)
                host.put(2, *events(1, 10))
                host.put(3, *events(1, 5))
                await until(lambda: uplink._waits(2) and uplink._waits(3))
            assert (memory.stored(2), memory.stored(3)) == (events(1, 10), events(1, 5))


@pytest.mark.asyncio
async def test_a_signal_to_both_parts_at_once_loses_no_last_words(tmp_path, memory):
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        host = Host(config)
        async with uplinked(config, memory.authority.identity(), paired=True) as uplink:
            async with host.running():
                host.put(1, b"alert")
                await until(lambda: host.spool.ledger()[1].acked == 1)
                uplink.stop()
                await asyncio.sleep(0.3)  # the sensor process drains, hashes what waits, and says why it ends
                host.spool.put(1, b"last words")
            await until(lambda: uplink.standing.state == "stopped")
        assert memory.stored(1) == [b"alert", b"last words"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("whose", "what"), [(module.errands, "checkpoints"), (module.SensorLink, "_flush")])
async def test_what_goes_on_all_the_time_does_not_stop_in_silence(tmp_path, memory, monkeypatch, whose, what):
    """Without the one no certificate is renewed, without the other nothing is heard of the sensors any more."""

    def broken(*_):
        raise LookupError("not foreseen")

    monkeypatch.setattr(module, "MINUTE_S", 0.05)
    monkeypatch.setattr(whose, what, broken)
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        async with Host(config).running():
            uplink = module.Uplink(config, memory.authority.identity())
            with pytest.raises(ErrandFailed, match="not foreseen"):
                async with asyncio.timeout(5):
                    await uplink.run()
            assert uplink.standing.state == "failed"


@pytest.mark.asyncio
@pytest.mark.parametrize("paired", [True, False])
async def test_a_sensor_process_that_stays_does_not_hold_the_uplink(tmp_path, memory, monkeypatch, paired):
    monkeypatch.setattr(module, "SENSOR_S", 0.3)
    async with serving(memory) as address:
        config = config_in(tmp_path, collector=address)
        uplinked_to = uplinked(config, memory.authority.identity(), paired=paired)
        async with Host(config).running() as host, uplinked_to as uplink:
            host.put(1, b"alert")
            await until(lambda: host.spool.ledger()[1].acked == 1)
            uplink.stop()
            await until(lambda: uplink.standing.state == "stopped", seconds=2)
