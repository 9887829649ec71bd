"""States of correlations at the judge, and of the rules that they refer to."""

import itertools

import pytest

from tests.collector.judging.choices import RULE, choose, counts
from tests.collector.judging.correlated import Site, correlation
from tests.collector.judging.feed import HOST, NOW


@pytest.fixture
def several(store, state, author):
    """A correlation of three matches of a rule in ten minutes."""
    correlation(author, "many", [RULE])
    return Site(store, state, author)


MANY = "00000000-0000-4000-9000-000000000001"


def settled(site):
    """Let the watermark pass all that came so far."""
    site.now += 3_600_000_000_000
    site.send(float(next(LATER)), user="someone else")


LATER = itertools.count(1_500, 500)


def test_a_watched_rule_feeds_a_correlation_and_one_that_is_off_does_not(several):
    choose(several.store, "watch")
    several.judge.in_force.look(NOW)
    several.send(1, 2, 3)
    assert several.alerts() == [("many", "provisional", [1, 2, 3])]
    choose(several.store, "off")
    several.judge.in_force.look(NOW)
    several.send(11, 12, 13, user="binh")
    settled(several)
    assert several.alerts() == [("many", "confirmed", [1, 2, 3])]


def test_a_watched_correlation_is_counted_once_and_raises_nothing(several):
    choose(several.store, "watch", MANY)
    several.judge.in_force.look(NOW)
    several.send(1, 2, 4)
    several.send(3)  # late: the firing is amended, and is the same
    settled(several)
    assert several.alerts() == []
    assert counts(several.store)[MANY, HOST] == 1


def test_a_firing_that_is_taken_back_is_taken_off_the_count(several):
    choose(several.store, "watch", MANY)
    several.judge.in_force.look(NOW)
    several.send(11, 12, 13)
    settled(several)
    assert counts(several.store)[MANY, HOST] == 1
    several.send(1)  # far too late: now another event is the first
    settled(several)
    assert counts(several.store)[MANY, HOST] == 1
    assert several.alerts() == []


def test_an_alert_that_is_there_is_confirmed_though_its_correlation_is_watched_now(several):
    several.send(1, 2, 3)
    assert several.alerts() == [("many", "provisional", [1, 2, 3])]
    choose(several.store, "watch", MANY)
    several.judge.in_force.look(NOW)
    settled(several)
    assert several.alerts() == [("many", "confirmed", [1, 2, 3])]
    several.send(1_000, 1_001, 1_002)
    settled(several)
    assert len(several.alerts()) == 1
