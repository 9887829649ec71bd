from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from tramgac_collector import database, outbox
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import head, open_reader
from tramgac_collector.judging import ahead, levelling, writing
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging.consumer import Consumer
from tramgac_collector.judging.levelling import Heir
from tramgac_collector.judging.place import Place
from tramgac_collector.rule_schema import RuleCountRow

from tests.collector.judging.conftest import started
from tests.collector.judging.crashes import crashing
from tests.collector.judging.feed import HOST, OTHER, start

URGENT, BULK = 1, 2


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A backlog is more than three records, a block one batch."""
    monkeypatch.setattr(ahead, "NEAR", 3)
    monkeypatch.setattr(ahead, "MOST", 2)
    monkeypatch.setattr(consuming, "ENTRIES", 1)


def told(store):
    """What the alerts in the outbox are about, in the order in which they were raised."""
    with database.reading(store) as s:
        return [row.payload["summary"] for row in outbox.after(s, 0) if row.topic == "alert"]


def met(store):
    with database.reading(store) as s:
        return s.scalar(select(func.sum(RuleCountRow.matches)))


def test_what_is_urgent_is_told_before_what_was_sent_before_it(ready, state, feed):
    for number in range(4):
        feed.send(start(f"evil old {number}"))
    feed.send(start("evil now"), host=OTHER, lane=URGENT)
    judge = started(ready, state)
    assert judge.drain() == 5
    assert told(ready) == ["evil now", *(f"evil old {number}" for number in range(4))]
    assert judge.counts["batches_ahead"] == 1
    assert judge.counts["alerts_known"] == 0, "nothing is judged twice"
    assert met(ready) == 5
    assert judge.position == judge.written == head(state)


def test_without_a_backlog_nothing_goes_ahead(ready, state, feed):
    feed.send(start("evil old"))
    feed.send(start("evil now"), lane=URGENT)
    judge = started(ready, state)
    assert judge.drain() == 2
    assert told(ready) == ["evil old", "evil now"]
    assert judge.counts["batches_ahead"] == 0


def test_what_comes_while_a_backlog_is_worked_on_waits_for_one_block(ready, state, feed, monkeypatch):
    for number in range(6):
        feed.send(start(f"evil old {number}"))
    real, sent = writing.write, []

    def write(s, found, *rest):
        real(s, found, *rest)
        if not sent:
            sent.append(feed.send(start("evil now"), lane=URGENT))

    monkeypatch.setattr(writing, "write", write)
    started(ready, state).drain()
    assert told(ready)[:3] == ["evil old 0", "evil now", "evil old 1"]
    assert len(told(ready)) == 7


def test_what_fails_ahead_is_judged_in_its_turn(ready, state, feed, monkeypatch):
    for number in range(4):
        feed.send(start(f"evil old {number}"))
    feed.send(start("evil now"), lane=URGENT)
    real, tries = writing.write, []

    def write(s, found, *rest):
        if found.entry.batch.lane == URGENT:
            tries.append(1)
            if len(tries) == 1:
                raise ValueError("poison")
        real(s, found, *rest)

    monkeypatch.setattr(writing, "write", write)
    judge = started(ready, state)
    judge.drain()
    assert told(ready)[-1] == "evil now"
    assert (judge.counts["ahead_failures"], judge.counts["batches_ahead"], len(tries)) == (1, 0, 2)


def test_it_goes_ahead_up_to_where_the_log_cannot_be_read(state, feed, monkeypatch):
    entries = [feed.entry([start("x")], lane=lane) for lane in (BULK, URGENT)]

    def consume(*_args, **_more):
        yield entries[0]
        yield entries[1]
        raise Unreadable(2, 3, "log_damaged", "zeros", b"")

    monkeypatch.setattr(ahead.ingest, "head", lambda _paths: 9)
    monkeypatch.setattr(ahead.ingest, "consume", consume)
    (part,) = ahead.look(state, open_reader(state), Place(), 0)
    assert part.entries == entries[1:]


def test_many_small_events_are_judged_in_parts(state, feed, monkeypatch):
    monkeypatch.setattr(ahead, "MOST", 256)
    monkeypatch.setattr(ahead, "EVENTS", 5)
    for _ in range(6):
        feed.send(*(start(f"evil {number}") for number in range(2)), lane=URGENT)
    parts, place = [], Place()
    for part in ahead.look(state, open_reader(state), place, 0):
        parts.append([entry.batch.count for entry in part.entries])
        place.ahead = part.after
    assert parts == [[2, 2, 2], [2, 2, 2]]


def test_a_crash_at_any_statement_loses_and_doubles_nothing(ready, state, feed):
    for number in range(3):
        feed.send(start(f"evil {number}"))
        feed.send(start(f"evil now {number}"), lane=URGENT)

    crashes = crashing(ready, range(3, 400, 5), lambda: started(ready, state).drain())
    started(ready, state).drain()
    assert crashes > 3
    assert Counter(told(ready)) == Counter(f"evil {word}{n}" for word in ("", "now ") for n in range(3))
    assert met(ready) == 6


def test_other_judges_go_on_where_the_former_had_gone_ahead(ready, state, feed, monkeypatch):
    for number in range(4):
        feed.send(start(f"evil old {number}"))
    feed.send(start("evil now"), lane=URGENT)
    judge = started(ready, state)
    judge._hurry()
    assert told(ready) == ["evil now"]
    heir = Consumer(state, ready, judge.in_force, clock=judge.clock, place=Heir())
    levelling.level(heir, 2)
    assert sorted(told(ready)) == ["evil now", *(f"evil old {number}" for number in range(4))]
    assert met(ready) == 5


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((URGENT, BULK)), st.booleans(), st.booleans()), max_size=12))
def test_whatever_goes_ahead_each_event_is_judged_once(plan):
    """Against a model: which positions are taken in their turn and which ahead, whenever a judge looks."""

    class Entry:
        def __init__(self, position, lane):
            self.position, self.host = position, HOST
            self.batch = type("Batch", (), {"lane": lane})

    place, position, log, judged = Place(), 0, [], []
    for lane, look, step in plan:
        log.append(Entry(len(log), lane))
        if look:
            judged += [entry.position for entry in log[max(position, place.ahead) :] if place.takes_urgent(entry)]
            place.ahead = len(log)
        if step:
            judged += [entry.position for entry in log[position:] if place.takes(entry)]
            position = len(log)
    judged += [entry.position for entry in log[position:] if place.takes(entry)]
    assert sorted(judged) == list(range(len(log)))
