from tramgac_collector.access_schema import AccessTokenRow
from tramgac_collector.schema import Base


def test_its_table_is_the_control_stores():
    assert Base.metadata.tables["access_tokens"] is AccessTokenRow.__table__
