import pytest
from tramgac_collector import database, judges
from tramgac_collector.judging.tide import LATE_NS
from tramgac_collector.judging.together import Together
from tramgac_collector.schema import CursorRow

SEATS = judges.seats(2)
TIME = 10 * LATE_NS


@pytest.fixture
def two(store):
    with database.session(store) as s:
        s.add_all(CursorRow(name=seat.cursor, position=8) for seat in SEATS)
    return store


def test_each_hears_of_the_other_through_its_row(two):
    first, second = map(Together, SEATS)
    with database.session(two) as s:
        for one in (first, second):
            one.begin(s, 3, 1)
        second.hear(TIME, 77)
        second.tell(s)
    with database.session(two) as s:
        assert first.look(s, 8) == [TIME - LATE_NS, 0]
        assert first.heard == 77
        first.applied = [TIME - LATE_NS, 0]
        first.tell(s)
    with database.session(two) as s:
        assert second.look(s, 8) == [TIME - LATE_NS, TIME - LATE_NS], "the first has applied what this refers to"
        assert first.agree(s)
        second.begin(s, 4, 1)
        assert not second.agree(s)


def test_a_judge_that_is_behind_is_waited_for(two):
    first, second = map(Together, SEATS)
    with database.session(two) as s:
        second.hear(TIME, 77)
        second.tell(s)
        assert first.look(s, 7) == [0]
        assert first.look(s, 8) == [TIME - LATE_NS]


def test_it_goes_on_from_what_was_written_by_the_same_content(two):
    first = Together(SEATS[0])
    with database.session(two) as s:
        first.begin(s, 3, 1)
        first.hear(TIME, 5)
        first.applied = [9, 4]
        first.tell(s)
    for content, applied in ((3, [9, 4]), (4, [0, 0])):
        again = Together(SEATS[0])
        with database.reading(two) as s:
            again.begin(s, content, 1)
        assert (again.seen, again.applied) == (TIME, applied)
