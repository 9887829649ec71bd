import pytest
from tramgac_rules.correlation.closing import Tiles
from tramgac_rules.correlation.model import AFTER, KEPT, MAX_MEMBERS

from tests.rules.correlation.making import SECOND, correlation, match


def window(made, *matches):
    """What comes of matches within one span."""
    tiles = Tiles(made)
    closes = None
    for each in matches:
        opened, _ = tiles.apply(each)
        closes = closes or opened
    return tiles.close(matches[0].group, closes)


def figures(kind, *values, **more):
    made = correlation(kind, ("gte", 0), **more)
    return window(made, *[match(at, event=at, value=value) for at, value in enumerate(values)]).figure


@pytest.mark.parametrize(("kind", "values", "more", "figure"), [
    ("value_sum", [1, 2, 3.5], {}, 6.5),
    ("value_sum", [10**18, 1], {}, 10**18 + 1),
    ("value_avg", [1, 2, 6], {}, 3),
    ("value_median", [9, 1, 3, 2], {}, 2),
    ("value_median", [9, 1, 3], {}, 3),
    ("value_percentile", [*range(1, 101)], {"percentile": 99}, 99),
    ("value_percentile", [*range(1, 1_001)], {"percentile": 99.9}, 999),
    ("value_percentile", [3, 1, 2], {"percentile": 0}, 1),
    ("value_percentile", [3, 1, 2], {"percentile": 100}, 3),
    ("value_count", ["a", "b", "a"], {}, 2),
])  # fmt: skip
def test_figures(kind, values, more, figure):
    if kind == "value_count":
        made = correlation(kind, ("lt", 9))
        assert window(made, *[match(at, event=at, value=value) for at, value in enumerate(values)]).figure == figure
    else:
        assert figures(kind, *values, **more) == figure


def test_a_window_opens_with_a_match_and_holds_the_span():
    tiles = Tiles(correlation("event_count", ("lt", 3)))
    closes, room = tiles.apply(match(5))
    assert (closes, room) == (15 * SECOND, True)
    assert tiles.apply(match(15)) == (None, True)
    assert tiles.close(("an",), 14 * SECOND) is None, "another window's end"
    ended = tiles.close(("an",), 15 * SECOND)
    assert (ended.count, ended.fired, ended.end) == (2, True, (15 * SECOND, AFTER, 0))
    assert tiles.close(("an",), 15 * SECOND) is None
    assert not tiles.groups


def test_of_many_the_first_and_the_last_are_kept():
    ended = window(correlation("event_count", ("eq", 0), span=10_000), *[match(t) for t in range(5_000)])
    assert (ended.count, len(ended.members), ended.fired) == (5_000, 2 * KEPT, False)
    assert (ended.first, ended.last) == (match(0), match(4_999))


def test_only_what_is_asked_for_opens_a_window():
    followed = correlation("temporal", rules=2, ways=((0b10, 0b01),))
    tiles = Tiles(followed)
    assert tiles.apply(match(1, turn=0)) == (None, True)
    assert tiles.apply(match(2, turn=1))[0] == 12 * SECOND
    assert tiles.close(("an",), 12 * SECOND).fired
    assert not window(followed, match(2, turn=1), match(3, turn=0)).fired


def test_rules_in_order_and_others_not_at_all():
    made = correlation("temporal_ordered", rules=3, ways=((0b110, 0b001),))
    assert window(made, match(1, turn=2), match(2, turn=1)).fired
    assert window(made, match(1, turn=2), match(2, turn=1)).figure == 2
    assert not window(made, match(1, turn=1), match(2, turn=2)).fired
    assert not window(made, match(1, turn=2), match(2, turn=1), match(3, turn=0)).fired
    assert not window(made, match(1, event=1, turn=1), match(1, event=1, turn=2)).fired


def test_how_many_rules_in_order():
    made = correlation("temporal_ordered", ("lt", 3), rules=3)
    assert window(made, match(1, turn=2), match(2, turn=0), match(3, turn=1)).figure == 2
    assert window(made, match(1, turn=2), match(2, turn=1), match(3, turn=0)).figure == 3


def test_what_has_no_room_is_told():
    for kind, more in (("value_count", {}), ("value_median", {})):
        tiles = Tiles(correlation(kind, ("lt", 5), span=10**6, **more))
        rooms = [tiles.apply(match(at, event=at, value=at))[1] for at in range(MAX_MEMBERS + 1)]
        assert (all(rooms[:-1]), rooms[-1]) == (True, False)
