import pytest
from tramgac_rules.correlation.condition import Bounds, Ways, turns


@pytest.mark.parametrize(("pairs", "holds"), [
    ((("gt", 2),), {3, 4, 5}),
    ((("gte", 2),), {2, 3, 4, 5}),
    ((("lt", 2),), {0, 1}),
    ((("lte", 2),), {0, 1, 2}),
    ((("eq", 2),), {2}),
    ((("neq", 2),), {0, 1, 3, 4, 5}),
    ((("gt", 1), ("lte", 3)), {2, 3}),
    ((("gte", 2.5),), {3, 4, 5}),
])  # fmt: skip
def test_bounds(pairs, holds):
    assert {figure for figure in range(6) if Bounds(pairs).hold(figure)} == holds


@pytest.mark.parametrize(("pairs", "least"), [
    ((("gt", 2),), 3),
    ((("gte", 2),), 2),
    ((("gte", 2.5),), 3),
    ((("gt", 2.5),), 3),
    ((("gte", 2), ("gt", 4)), 5),
    ((("gte", -4),), 1),
    ((("lt", 2),), None),
    ((("gt", 1), ("lte", 3)), None),
    ((("eq", 2),), None),
    ((("neq", 2),), None),
])  # fmt: skip
def test_the_count_from_which_more_changes_nothing(pairs, least):
    assert Bounds(pairs).least == least


def test_ways():
    ways = Ways(((0b011, 0b100), (0b1000, 0)), "a and b and not c or d")
    assert [met for met in range(16) if ways.hold(met)] == [3, 8, 9, 10, 11, 12, 13, 14, 15]
    assert (ways.refuses, ways.wanted) == (True, 0b1011)
    assert not Ways(((1, 0),), "a").refuses


def test_as_people_read_it():
    assert str(Bounds((("gt", 100), ("lte", 200)))) == "> 100 and ≤ 200"
    assert str(Ways(((1, 0),), "a OR b")) == "a OR b"


def test_turns_stand_in_the_order_of_the_list():
    assert turns(0b1011) == (3, 1, 0)
    assert turns(0) == ()
