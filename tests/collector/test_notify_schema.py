from tramgac_collector.notify.settings import _WORD
from tramgac_collector.notify_schema import ChannelRow, NoticeRow, OutboxCursorRow
from tramgac_collector.schema import Base


def test_its_tables_are_the_control_stores():
    for table in (ChannelRow, NoticeRow, OutboxCursorRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__


def test_there_is_room_for_the_longest_name_of_a_channel():
    assert _WORD.fullmatch("x" * ChannelRow.__table__.c.name.type.impl_instance.length)
    assert not _WORD.fullmatch("x" * (ChannelRow.__table__.c.name.type.impl_instance.length + 1))
