from tramgac_collector.judge_schema import HandedRow, JudgeRow
from tramgac_collector.schema import Base


def test_its_tables_are_the_control_stores():
    for table in (HandedRow, JudgeRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__
