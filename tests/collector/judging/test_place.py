import pytest
from tramgac_collector import database, ingest, judges
from tramgac_collector.judging.place import Place, cursors
from tramgac_collector.schema import CursorRow

from tests.collector.judging.feed import HOST, OTHER, start


def add(store, **positions):
    with database.session(store) as s:
        s.add_all(CursorRow(name=name.replace("_", "-"), position=position) for name, position in positions.items())


def test_the_only_judge_begins_with_the_log_and_takes_all(store, feed):
    place = Place()
    with database.session(store) as s:
        assert place.begin(s) == 0
        place.hold(s, 0)
        place.move(s, 0, 7)
    with database.session(store) as s:
        assert place.begin(s) == 7
    assert all(place.takes(feed.entry([start("x")], host=host)) for host in (HOST, OTHER))


def test_each_of_several_takes_the_batches_of_its_hosts(store, state, feed):
    add(store, judge_1_of_2=3, judge_2_of_2=5)
    places = [Place(seat) for seat in judges.seats(2)]
    with database.reading(store) as s:
        assert [place.begin(s) for place in places] == [3, 5]
        assert cursors(s) == {"judge-1-of-2": 3, "judge-2-of-2": 5}
    for host in (HOST, OTHER):
        assert sum(place.takes(feed.entry([start("x")], host=host)) for place in places) == 1
    places[1].tell(state, 5)
    assert ingest.read_cursor(state, "judge-2") == 5


@pytest.mark.parametrize("seat", [judges.Seat(), judges.Seat(1, 3)])
def test_whoever_has_no_cursor_begins_nothing(store, seat):
    add(store, judge_1_of_2=3, judge_2_of_2=5)
    with pytest.raises(OSError, match="another judge"), database.session(store) as s:
        Place(seat).begin(s)


def test_whose_cursor_is_elsewhere_goes_no_further(store):
    add(store, judge_1_of_2=3, judge_2_of_2=5)
    place = Place(judges.Seat(1, 2))
    with database.session(store) as s:
        place.hold(s, 3)
        with pytest.raises(OSError, match="at 3, not 4"):
            place.hold(s, 4)
        with pytest.raises(OSError, match="at 3, not 4"):
            place.move(s, 4, 9)
        with pytest.raises(OSError, match="at None"):
            Place().move(s, 0, 1)
