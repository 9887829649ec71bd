from types import SimpleNamespace

import pytest
from tramgac_collector.backtest import excepting
from tramgac_collector.backtest.excepting import Excepting
from tramgac_collector.backtest.stored import Stored
from tramgac_collector.exceptions import Exceptions, Stated
from tramgac_proto.event_pb2 import Event
from tramgac_rules.correlation.model import Match, Window

NOW = 50


def stored(sequence, user="an", host="a"):
    event = Event(time=sequence)
    event.process_start.process.user = user
    return Stored(host, 7, 1, sequence, 9, event)


def window(rule, *events):
    """A window over stored events, or other windows."""
    ids = [one.event if isinstance(one, Window) else (one.host, one.epoch, one.lane, one.sequence) for one in events]
    members = tuple(Match(number, name, 0, ("g",)) for number, name in enumerate(ids))
    return Window(rule, ("g",), members, len(members), len(members), (9, ids[-1], 0))


def made(*stated):
    return Excepting(Exceptions.of(stated), {"a": "Huế"}.get, NOW)


def test_an_event_is_asked_of_those_of_its_rule_at_its_site_while_they_stand():
    asked = made(
        Stated(1, "r", "", "User:an", NOW), Stated(2, "r", "Huế", "User:an", 0), Stated(3, "q", "", "User:*", 0)
    )
    assert [asked.of_event("r", stored(1, user)) for user in ("an", "binh")] == [2, 0]
    assert asked.of_event("r", stored(1, host="b")) == 0
    assert [asked.of_event(rule, stored(1, "binh")) for rule in ("q", "tramgac:x")] == [3, 0]


def test_a_window_is_held_back_when_all_below_it_meet_one():
    asked = made(Stated(1, "chain", "", "User:an", 0))
    events = [stored(number) for number in range(4)]
    for one in events:
        asked.keep(one)
    inner, outer = window("many", *events[:2]), window("chain", *events[2:])
    assert asked.of_window(inner) == 0, "none is of it"
    asked.note(inner)
    assert asked.of_window(window("chain", inner, events[3])) == 1
    assert asked.of_window(outer) == 1
    asked.keep(stored(2, "binh"))
    assert asked.of_window(outer) == 0
    assert not asked.counts


@pytest.mark.parametrize("limit", ["KEPT", "JUDGED"])
def test_where_events_are_gone_or_too_many_nobody_knows(monkeypatch, limit):
    monkeypatch.setattr(excepting, limit, 1)
    asked = made(Stated(1, "many", "", "User:an", 0))
    events = [stored(number) for number in range(2)]
    for one in events:
        asked.keep(one)
    assert asked.of_window(window("many", *events)) == 0
    assert asked.counts == {"exceptions_unsure": 1}
    assert asked.of_window(window("many", events[1])) == 1


def test_whether_any_correlation_is_concerned():
    asked = made(Stated(1, "many", "", "User:an", 0))
    of = [SimpleNamespace(all=[SimpleNamespace(rule=SimpleNamespace(id=name))]) for name in ("many", "few")]
    assert [asked.concerns(each) for each in of] == [True, False]
