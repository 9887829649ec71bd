from tramgac_collector.correlation_schema import MemberEventRow, MemberRow, WindowRow
from tramgac_collector.schema import Base
from tramgac_rules.correlation.model import event_text


def test_its_tables_are_the_control_stores():
    for table in (MemberEventRow, MemberRow, WindowRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__


def test_there_is_room_for_the_longest_id_of_an_event():
    longest = event_text(("f" * 32, 2**64 - 1, 255, 2**64 - 1, "f" * 32))
    assert len(longest) <= MemberRow.__table__.c.event.type.impl_instance.length
