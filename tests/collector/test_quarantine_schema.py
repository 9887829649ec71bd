from tramgac_collector.quarantine_schema import QuarantineRow
from tramgac_collector.schema import Base


def test_its_table_is_the_control_stores():
    assert Base.metadata.tables["quarantines"] is QuarantineRow.__table__
