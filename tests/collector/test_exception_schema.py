from tramgac_collector.exception_schema import ExceptionRow, HeldCountRow, HeldRow
from tramgac_collector.schema import Base


def test_its_tables_are_the_control_stores():
    for table in (ExceptionRow, HeldCountRow, HeldRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__
