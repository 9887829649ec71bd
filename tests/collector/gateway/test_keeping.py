import pytest
from tramgac_collector import proofs
from tramgac_collector.gateway.keeping import keep
from tramgac_collector.ingest import Attestation

from tests.collector.station import station

pytestmark = pytest.mark.asyncio


async def test_what_could_not_be_written_is_tried_again_with_what_came_since(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        old, new = (Attestation(agent.host, 1, 9, 1, number, bytes(32), bytes(33), b"s") for number in (1, 2))
        stranger = Attestation("ab" * 16, 1, 9, 1, 1, bytes(32), bytes(33), b"s")  # no such host: the store refuses
        here.hall.attested = {(one.host, 9, 1): one for one in (old, stranger)}
        with pytest.raises(Exception, match="FOREIGN KEY"):
            await keep(here.hall)
        del here.hall.attested["ab" * 16, 9, 1]
        here.hall.attested[agent.host, 9, 1] = new
        await keep(here.hall)
        await keep(here.hall)
        assert await here.hall.control.read(lambda s: list(proofs.listing(s))) == [new]
