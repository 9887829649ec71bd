from tramgac_rules.correlation.stream import machine_of

from tests.rules.correlation.making import SECOND, correlation, match


def run(made, *matches):
    """Where it fired, as the seconds of the members; and what is left of the groups."""
    machine = machine_of(made)
    found = [[each.time // SECOND for each in sorted(members)] for m in matches if (members := machine.apply(m))]
    return found, list(machine.groups)


def at(*times, **more):
    return [match(time, **more) for time in times]


def test_enough_events_within_the_span_fire_and_the_group_begins_anew():
    counting = correlation("event_count", ("gte", 3))
    assert run(counting, *at(1, 2, 3, 4, 5)) == ([[1, 2, 3]], [("an",)])
    assert run(counting, *at(1, 2, 11)) == ([[1, 2, 11]], []), "the span is inclusive"
    assert run(counting, *at(1, 2, 11.5, 12.1))[0] == []
    assert run(correlation("event_count", ("gt", 3)), *at(1, 2, 3))[0] == []
    assert run(correlation("event_count", ("gte", 1)), *at(1, 2))[0] == [[1], [2]]


def test_groups_are_counted_apart():
    counting = correlation("event_count", ("gte", 2))
    matches = [match(1), match(2, group=("binh",)), match(3, group=("binh",)), match(4, group=("chi",))]
    assert run(counting, *matches) == ([[2, 3]], [("an",), ("chi",)])


def test_values_count_once_each_by_their_last_match():
    counting = correlation("value_count", ("gte", 3))
    matches = [match(t, value=v) for t, v in ((1, "a"), (2, "a"), (3, "b"), (9, "a"), (12, "c"))]
    assert run(counting, *matches)[0] == [[3, 9, 12]]
    assert run(counting, *matches[:3:2], match(12, value="c"), match(14, value="d"))[0] == []


def test_rules_in_any_order():
    both = correlation("temporal", ("gte", 2), rules=2)
    assert run(both, match(1, turn=0), match(2, turn=0), match(3, turn=1))[0] == [[2, 3]]
    assert run(both, match(1, turn=0), match(12, turn=1))[0] == []
    assert run(both, match(1, turn=0), match(1, turn=1))[0] == [[1, 1]], "one event may meet both"
    two_of_three = correlation("temporal", ("gte", 2), rules=3)
    assert run(two_of_three, match(1, turn=2), match(2, turn=0))[0] == [[1, 2]]


def test_rules_joined_by_words():
    either = correlation("temporal", rules=3, ways=((0b110, 0), (0b001, 0)))
    assert run(either, match(1, turn=1), match(2, turn=2), match(3, turn=0))[0] == [[1, 2], [3]]


def test_the_order_of_use_and_what_is_dead():
    for made in (
        correlation("event_count", ("gte", 3)),
        correlation("value_count", ("gte", 3)),
        correlation("temporal", ("gte", 2), rules=2),
        correlation("temporal_ordered", ("gte", 2), rules=2),
    ):
        machine = machine_of(made)
        for user, time in (("a", 1), ("b", 2), ("a", 3)):
            assert machine.apply(match(time, group=(user,), turn=len(made.rules) - 1)) is None
        assert list(machine.groups) == [("b",), ("a",)]
        state = machine.groups["b",]
        assert not machine.dead(state, 2 * SECOND)
        assert machine.dead(state, 2 * SECOND + 1)
