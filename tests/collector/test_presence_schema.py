from tramgac_collector.presence_schema import HoursRow
from tramgac_collector.schema import Base


def test_its_table_is_the_control_stores():
    assert Base.metadata.tables["host_hours"] is HoursRow.__table__
