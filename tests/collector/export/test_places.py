import pytest
from tramgac_collector import database
from tramgac_collector.export import places
from tramgac_collector.export.errors import Elsewhere
from tramgac_collector.export.places import Gap, Place, Told

FIRST, SECOND = Place("ab", 3, 2, "", 7), Place("ab", 9, 0, "", 11)


def test_a_place_is_begun_once_and_moved_by_who_knows_it(store, now):
    with database.session(store) as s:
        assert places.read(s, "a") is None
        assert places.begin(s, "a", "events", FIRST, now).place == FIRST
        assert places.begin(s, "a", "events", SECOND, now).place == FIRST
        places.move(s, "a", FIRST, SECOND, Told(5, 1, [Gap(3, 9, "log_trimmed")]), {"size": 4}, now + 1)
    with database.session(store) as s:
        found = places.read(s, "a")
        assert (found.place, found.sent, found.refused, found.known, found.moved) == (
            SECOND,
            5,
            1,
            {"size": 4},
            now + 1,
        )
        assert [(gap.first, gap.next, gap.reason) for gap in places.gaps(s, "a")] == [(3, 9, "log_trimmed")]
    with database.session(store) as s, pytest.raises(Elsewhere, match="only one may run"):
        places.move(s, "a", FIRST, SECOND, Told(1), {}, now)


def test_the_outbox_is_kept_for_the_target_that_is_last(store, now):
    with database.session(store) as s:
        assert places.outbox_needed(s) is None
        for name, what, position in (("a", "alerts", 9), ("b", "alerts", 4), ("c", "events", 1)):
            places.begin(s, name, what, Place(position=position), now)
        assert places.outbox_needed(s) == 4
