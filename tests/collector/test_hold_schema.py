from tramgac_collector.hold_schema import HoldRow
from tramgac_collector.schema import Base


def test_its_table_is_the_control_stores():
    assert Base.metadata.tables["holds"] is HoldRow.__table__
