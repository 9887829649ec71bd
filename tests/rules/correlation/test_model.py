import pytest
from tramgac_rules.correlation.model import KEPT, MAX_MEMBERS, Window, event_of, event_text, fired, position

from tests.rules.correlation.making import correlation, match


@pytest.mark.parametrize(("made", "closing"), [
    (correlation("event_count", ("gte", 3)), False),
    (correlation("event_count", ("gt", MAX_MEMBERS)), True),
    (correlation("event_count", ("gte", MAX_MEMBERS)), False),
    (correlation("event_count", ("gte", 3), ("lte", 5)), True),
    (correlation("value_count", ("eq", 3)), True),
    (correlation("temporal", ("gte", 2), rules=2), False),
    (correlation("temporal", rules=2, ways=((3, 0),)), False),
    (correlation("temporal_ordered", rules=2, ways=((1, 2),)), True),
    (correlation("value_sum", ("gt", 3)), True),
    (correlation("value_median", ("gt", 3)), True),
])  # fmt: skip
def test_what_a_further_event_can_undo_is_judged_when_its_window_closes(made, closing):
    assert made.closing is closing


def test_a_group_as_people_read_it():
    plain = correlation("event_count", ("gte", 1), group_by=("User", "Computer"))
    assert plain.shown(("an", "pc")) == (("User", "an"), ("Computer", "pc"))
    hosted = correlation("event_count", ("gte", 1), group_by=("Computer",), by_host=True)
    assert hosted.shown(("h", "pc")) == (("Computer", "pc"),)


def test_the_id_is_of_correlation_group_and_first_member():
    one, two = correlation("event_count", ("gte", 1)), correlation("event_count", ("gte", 1), number=1)
    alike = {fired(one, [match(1), match(t)]).id for t in (2, 3)}
    others = {
        fired(two, [match(1)]).id,
        fired(one, [match(2)]).id,
        fired(one, [match(1, group=("binh",))]).id,
        fired(one, [match(1, group=("a", "n"))]).id,
        fired(one, [match(1, group=("\udc80",))]).id,
        fired(one, [match(1, turn=1)]).id,
    }
    assert len(alike) == 1
    assert len(alike | others) == 7
    assert all(len(name) == 32 for name in others)


def test_of_many_members_the_first_and_the_last_are_named():
    window = fired(correlation("event_count", ("gte", 1)), [match(t) for t in range(1_000)])
    assert (window.count, window.figure, len(window.members)) == (1_000, 1_000, 2 * KEPT)
    assert (window.first, window.last) == (match(0), match(999))
    assert window.end == position(match(999))
    few = fired(correlation("event_count", ("gte", 1)), [match(t) for t in range(2 * KEPT)])
    assert len(few.members) == 2 * KEPT


def test_a_firing_is_an_event_that_comes_after_its_last_member():
    window = fired(correlation("event_count", ("gte", 1)), [match(1), match(2)])
    assert window.event > match(2).event
    assert window.event[4] == window.id
    assert event_of(event_text(window.event)) == window.event
    assert event_of(event_text(match(2).event)) == match(2).event
    assert event_text(match(2).event) == "h/0000000000000001/2/2000"


def test_windows_are_equal_by_what_they_hold():
    one, two = (Window("c", ("an",), (match(1),), 1, 1, position(match(1))) for _ in range(2))
    assert one.id
    assert one == two
    assert one != Window("c", ("an",), (match(1),), 2, 1, position(match(1)))
