import time

import pytest
from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.judging import hours
from tramgac_collector.judging.hours import ALWAYS, HOUR_NS, UNKNOWN, Hours, learned, slot, usually_on
from tramgac_collector.presence_schema import HoursRow
from tramgac_collector.schema import HostRow

from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts

WEEK = 168 * HOUR_NS
BEGAN = NOW // HOUR_NS * HOUR_NS
END = BEGAN + HOUR_NS


@pytest.fixture
def learner(store):
    add_hosts(store, HOST, OTHER)
    return Hours(store)


def seen(store, **times):
    with database.session(store) as s:
        for row in s.scalars(select(HostRow)):
            for name, value in times.items():
                setattr(row, name, value[row.id] if isinstance(value, dict) else value)


def told(store, host, moment):
    with database.reading(store) as s:
        return usually_on(s, [host])(host, moment)


def test_an_hour_is_learned_once_it_is_over(store, learner):
    seen(store, last_seen={HOST: BEGAN + 5, OTHER: BEGAN - 5})
    learner.learn(END - 1, 0)
    assert told(store, HOST, NOW) is None
    learner.learn(END, 0)
    assert (told(store, HOST, NOW), told(store, OTHER, NOW)) == (True, False)
    assert told(store, HOST, NOW + HOUR_NS) is None, "the next hour is another one"
    assert told(store, HOST, NOW + WEEK) is True, "the same hour of the next week"


def test_it_is_learned_once_an_hour(store, learner):
    seen(store, last_seen=BEGAN + 5)
    for minute in range(0, 60, 7):
        learner.learn(END + minute * 60_000_000_000, 0)
    seen(store, last_seen=BEGAN - 5)
    learner.learn(END + HOUR_NS - 1, 0)
    assert told(store, HOST, NOW) is True


def test_who_came_after_it_was_not_on(store, learner):
    seen(store, last_seen=END + 5, connected=END + 4)
    learner.learn(END + 10, 0)
    assert told(store, HOST, NOW) is False


def test_an_hour_in_which_not_all_could_speak_is_left_out(store, learner):
    seen(store, last_seen=BEGAN + 5)
    learner.learn(END, BEGAN + 1)
    learner.learn(END + 60, BEGAN + 1)
    assert told(store, HOST, NOW) is None


def test_some_hosts_at_a_time(store, learner, monkeypatch):
    monkeypatch.setattr(hours, "AT_ONCE", 1)
    seen(store, last_seen=BEGAN + 5)
    learner.learn(END, 0)
    assert sorted([told(store, HOST, NOW) is True, told(store, OTHER, NOW) is True]) == [False, True]
    learner.learn(END + 1, 0)
    learner.learn(END + 2, 0)
    assert told(store, HOST, NOW) is told(store, OTHER, NOW) is True
    with database.reading(store) as s:
        assert len(s.scalars(select(HoursRow)).all()) == 2


def test_a_habit_is_unlearned_in_three_weeks():
    share = learned(UNKNOWN, on=True)
    assert share == ALWAYS
    shares = [share := learned(share, on=False) for _ in range(3)]
    assert [2 * one >= ALWAYS for one in shares] == [True, False, False]
    for _ in range(40):
        share = learned(share, on=True)
    assert 0 <= share <= ALWAYS


def test_hours_are_those_of_the_place(monkeypatch):
    monkeypatch.setenv("TZ", "UTC-7")  # seven hours ahead of UTC, in the words of POSIX
    time.tzset()
    monday_midnight = 1_790_528_400 * 1_000_000_000
    assert time.gmtime(monday_midnight / 1e9)[:5] == (2026, 9, 27, 17, 0)
    assert (slot(monday_midnight), slot(monday_midnight - 1)) == (0, 167)
    monkeypatch.undo()
    time.tzset()
