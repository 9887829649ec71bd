from tramgac_rules.correlation.ordered import Chain, Steps, TemporalOrdered

from tests.rules.correlation.making import SECOND, correlation, match


def run(made, *matches):
    """Seconds of the members of each firing. Turn 2 is the first of three rules."""
    machine = TemporalOrdered(made)
    return [[each.time // SECOND for each in members] for m in matches if (members := machine.apply(m))]


THREE = correlation("temporal_ordered", ("gte", 3), rules=3)


def seen(text, start=1):
    """Matches a second apart: a, b, c for the first, second, third rule."""
    return [match(start + at, turn=2 - "abc".index(name)) for at, name in enumerate(text)]


def test_in_order_within_the_span():
    assert run(THREE, *seen("abc")) == [[1, 2, 3]]
    assert run(THREE, *seen("acb")) == []
    assert run(THREE, *seen("aabbc")) == [[2, 3, 5]], "the beginning that began last"
    assert run(THREE, *seen("a"), *seen("b", 9), *seen("c", 12)) == []
    assert run(THREE, *seen("a"), *seen("b", 9), *seen("c", 11)) == [[1, 9, 11]]


def test_a_beginning_that_is_too_old_gives_way_to_a_later_one():
    assert run(THREE, *seen("ab"), *seen("ab", 9), *seen("c", 15)) == [[9, 10, 15]]


def test_one_event_never_follows_itself():
    both = [match(1, turn=1, event=5), match(1, turn=2, event=5)]
    assert run(THREE, *sorted(both), match(2, turn=0)) == []
    assert run(THREE, *sorted(both), match(2, turn=1), match(3, turn=0)) == [[1, 2, 3]]


def test_some_of_the_rules_in_order():
    two = correlation("temporal_ordered", ("gte", 2), rules=3)
    for text in ("ab", "ac", "bc"):
        assert run(two, *seen(text)) == [[1, 2]], text
    for text in ("ba", "ca", "cb", "cba"):
        assert run(two, *seen(text)) == [], text
    assert run(two, *seen("cbac")) == [[3, 4]]


def test_one_of_several_orders():
    ways = correlation("temporal_ordered", rules=3, ways=((0b110, 0), (0b011, 0)))
    assert run(ways, *seen("ab")) == [[1, 2]]
    assert run(ways, *seen("bc")) == [[1, 2]]
    assert run(ways, *seen("ac")) == []


def test_what_begins_nothing_opens_no_group():
    machine = TemporalOrdered(THREE)
    assert machine.apply(match(1, turn=0)) is None
    assert not machine.groups


def test_only_what_can_still_be_met_has_a_slot():
    assert Steps.some(3, 3).slots == 3
    assert Steps.some(3, 1).slots == 3
    assert [len(of) for of in Steps.some(3, 2).of] == [1, 2, 1]
    assert [step.last for of in Steps.some(2, 1).of for step in of] == [True, True]


def test_a_chain_gives_its_members_in_order():
    first, second = match(1), match(2)
    assert Chain(1, Chain(1, None, first), second).members() == (first, second)


def test_a_group_is_dead_when_every_chain_began_too_long_ago():
    machine = TemporalOrdered(THREE)
    for each in seen("ab", 1):
        machine.apply(each)
    machine.apply(match(4, turn=2))  # the first rule again: a chain that is younger than that of the first two
    ((_, state),) = machine.groups.items()
    assert not machine.dead(state, 1 * SECOND)
    assert not machine.dead(state, 4 * SECOND)
    assert machine.dead(state, 4 * SECOND + 1)
    assert machine.dead([None, None], 0)
