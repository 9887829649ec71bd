import pytest
from sqlalchemy import func, select
from tramgac_collector import database, tokens
from tramgac_collector.gateway.control import Control
from tramgac_collector.schema import TokenRow

from tests.collector.station import prepare

pytestmark = pytest.mark.asyncio


async def test_a_write_is_whole_or_not_at_all(tmp_path):
    control = Control(database.open_database(prepare(tmp_path).database_url))

    def half(s):
        tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        await control.write(half)
    await control.write(lambda s: tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1))
    assert await control.read(lambda s: s.scalar(select(func.count()).select_from(TokenRow))) == 1
    control.close()
