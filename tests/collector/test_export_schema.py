from tramgac_collector.export_schema import ExportGapRow, ExportRow
from tramgac_collector.schema import Base


def test_its_tables_are_the_control_stores():
    for table in (ExportRow, ExportGapRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__
