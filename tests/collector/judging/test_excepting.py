"""Exceptions from end to end at the judge: what they hold back is counted and kept, all else is raised."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tramgac_collector import database, exception_book, held_back
from tramgac_collector.exception_book import Wanted
from tramgac_collector.exception_schema import ExceptionRow, HeldRow
from tramgac_collector.exceptions import ANY, event_of, read
from tramgac_collector.judging import consumer as consuming
from tramgac_collector.judging import excepting, writing
from tramgac_collector.judging.look_back import LookBack
from tramgac_collector.judging.reading_texts import Texts
from tramgac_collector.judging.scanning import Scans
from tramgac_collector.schema import HostRow
from tramgac_collector.search.evaluate import asked
from tramgac_proto.event_pb2 import Event, Health, Sensor, SensorState

from tests.collector.judging.choices import RULE, counts
from tests.collector.judging.conftest import sequences, started
from tests.collector.judging.correlated import Site, correlation
from tests.collector.judging.crashes import crashing
from tests.collector.judging.feed import HOST, NOW, OTHER, add_hosts, alerts_of, arrive, publish, scan_hit, start, write
from tests.collector.judging.several import Several

MANY = "00000000-0000-4000-9000-000000000001"
LATER = 3_600_000_000_000


def stated(store, query, rule=RULE, **more):
    with database.session(store) as s:
        return exception_book.state(s, Wanted(rule, query, "an", "harmless", **more), NOW).id


def end(store, which):
    with database.session(store) as s:
        exception_book.end(s, which, by="an", why="enough", now=NOW)


def held(store):
    with database.reading(store) as s:
        return {row.id: row.held for row in s.scalars(select(ExceptionRow))}


def test_it_is_read_when_somebody_changes_something_and_only_then(store):
    read_ = excepting.Excepting(store)
    assert (read_.changed(), read_.changed(), read_.now.concern(RULE)) == (True, False, False)
    which = stated(store, "user.name:an")
    assert (read_.changed(), read_.changed(), read_.now.concern(RULE)) == (True, False, True)
    end(store, which)
    assert (read_.changed(), read_.now.concern(RULE)) == (True, False)


def test_what_meets_it_is_counted_and_not_raised_until_it_ends(ready, state, feed):
    judge = started(ready, state)
    which = stated(ready, "process.command_line:*backup*")
    judge.in_force.look(NOW)
    feed.send(start("evil backup"), start("evil 2"), start("ls backup"))
    judge.drain()
    assert [alert.summary for alert in alerts_of(ready)] == ["evil 2"]
    assert held(ready) == {which: 1}
    assert counts(ready) == {(RULE, HOST): 2}
    assert judge.counts["alerts_held_back"] == 1
    with database.reading(ready) as s:
        [row] = held_back.recent(s, which)
        assert (row.told["rule"], row.told["hostname"]) == (RULE, "pc-0")
        assert row.told["event"]["fields"]["process.command_line"] == "evil backup"
    end(ready, which)
    judge.in_force.look(NOW)
    feed.send(start("evil backup"))
    judge.drain()
    assert sequences(ready) == [2, 4]
    assert held(ready) == {which: 1}


def test_it_waits_for_no_backlog(ready, state, feed, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 1)
    for _ in range(4):
        feed.send(start("evil"))
    judge = started(ready, state)
    real = judge.correlating.write

    def then_state(s, rules, block, *rest, **how):
        if block[0].entry.batch.first == 2:
            exception_book.state(s, Wanted(RULE, "user.name:an", "an", "in the middle of it"), NOW)
        return real(s, rules, block, *rest, **how)

    monkeypatch.setattr(type(judge.correlating), "write", lambda _self, *given, **how: then_state(*given, **how))
    judge.drain()
    assert sequences(ready) == [1, 2]
    assert [*held(ready).values()] == [2]


def test_at_one_site(ready, state, feed):
    with database.session(ready) as s:
        s.get_one(HostRow, HOST).site = "Hà Nội"
    stated(ready, "user.name:an", ANY, site="Hà Nội")
    judge = started(ready, state)
    feed.send(start("evil"))
    feed.send(start("evil"), host=OTHER)
    judge.drain()
    assert [alert.host for alert in alerts_of(ready)] == [OTHER]


def test_yara_and_indicators_too_and_never_what_the_collector_says(store, state, author, feed):
    author.yara("EVILSCRIPT")
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    stated(store, "*", ANY, force=True)
    judge = started(store, state)
    data = b"#!/bin/sh\nEVILSCRIPT\n"
    feed.send(scan_hit("bad_script"), start("evil"), write("/tmp/x.sh", hashlib.sha256(data).digest()))
    judge.drain()
    arrive(store, state, data)
    scans = Scans(state, store, judge.in_force)
    assert scans.look() == 1
    scans.close()
    assert (alerts_of(store), [*held(store).values()]) == ([], [3])
    for alive in (SensorState.SENSOR_STATE_ALIVE, SensorState.SENSOR_STATE_BLIND):
        feed.send(Event(time=NOW, health=Health(sensors=[Sensor(capability="process", rung="ebpf", state=alive)])))
    judge.drain()
    assert {alert.rule_id for alert in alerts_of(store)} == {"tramgac:sensor-blind"}


def test_an_alert_that_is_there_already_is_not_held_back(ready, state, feed):
    judge = started(ready, state)
    entry = feed.entry([start("evil")])
    judge._write(judge._examine([entry]), 1)
    stated(ready, "user.name:an")
    judge.in_force.look(NOW)
    judge._write(judge._examine([entry]), 2)
    assert (len(alerts_of(ready)), [*held(ready).values()]) == (1, [0])


def test_a_flood_is_counted_whole(ready, state, feed, monkeypatch):
    monkeypatch.setattr(writing, "_AT_ONCE", 7)
    which = stated(ready, "user.name:an")
    judge = started(ready, state)
    feed.send(*[start("evil") for _ in range(100)])
    judge.drain()
    assert (alerts_of(ready), held(ready), judge.counts["alerts_held_back"]) == ([], {which: 100}, 100)
    with database.reading(ready) as s:
        newest = [row.told["event"]["id"]["sequence"] for row in held_back.recent(s, which)]
    assert sorted(newest) == [*range(81, 101)]


def test_a_crash_at_any_statement_counts_each_once(ready, state, feed, monkeypatch):
    monkeypatch.setattr(consuming, "ENTRIES", 2)
    stated(ready, "process.command_line:*backup*")
    for _ in range(4):
        feed.send(start("evil backup"), start("evil"))

    crashes = crashing(ready, range(1, 400, 5), lambda: started(ready, state).drain())
    assert crashes > 5
    assert [*held(ready).values()] == [4]
    assert sequences(ready) == [2, 4, 6, 8]
    assert counts(ready) == {(RULE, HOST): 8}


TERM = st.sampled_from(
    [
        "user.name:an",
        "process.command_line:*a*",
        "Image:/bin/sh",
        "process.pid:>=2",
        "kind:process_start",
        "b",
        "host:a*",
    ]
)
SEARCH = st.recursive(
    TERM, lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or", "not"]), inner)
)
EVENTS = st.lists(st.tuples(st.sampled_from(["a", "b", "ab", ""]), st.integers(1, 3)), min_size=1, max_size=6)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_the_alerts_are_those_without_it_less_those_whose_event_meets_it(ready, state, feed):
    judge = started(ready, state)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(SEARCH, EVENTS)
    def check(text, told):
        which = stated(ready, text, force=True)
        judge.in_force.look(NOW)
        entry = feed.entry([start(f"evil {word}", pid=pid) for word, pid in told])
        feed.log.submit(HOST, entry.received, 0, entry.batch, entry.chain).result(10)
        before, test = {alert.id for alert in alerts_of(ready)}, asked(read(text))
        wanted = [d for found in judge._examine([entry]) for meaning in found.meanings for d in meaning.detections]
        kept = {one.number for one in wanted if not test(event_of(one.events[0]))}
        judge.drain()
        assert {alert.id for alert in alerts_of(ready)} - before == kept
        assert held(ready)[which] == len(wanted) - len(kept)
        end(ready, which)

    check()


@pytest.fixture
def several(store, state, author):
    """A correlation of three matches of a rule in ten minutes."""
    correlation(author, "many", [RULE])
    return Site(store, state, author)


def test_events_that_are_held_back_feed_correlations_all_the_same(several):
    stated(several.store, "user.name:an")
    several.judge.in_force.look(NOW)
    several.send(1, 2, 3)
    assert several.alerts() == [("many", "provisional", [1, 2, 3])]


def test_a_correlation_is_held_back_while_all_of_its_events_meet_it(several):
    which = stated(several.store, "process.command_line:*backup*", MANY)
    several.judge.in_force.look(NOW)
    several.send(1, 2, 3, text="evil backup")
    assert (several.alerts(), held(several.store)) == ([], {which: 1})
    several.restart().send(1.5)  # late, and no backup: what happened is another thing now
    several.now += LATER
    several.send(2_000.0, user="someone else")
    assert several.alerts() == [("many", "confirmed", [1, 1.5, 2])]
    assert held(several.store) == {which: 0}


def test_a_window_that_is_held_back_counts_once_whatever_comes_late(several):
    which = stated(several.store, "process.command_line:*backup*", MANY)
    several.judge.in_force.look(NOW)
    several.send(1, 2, 4, text="evil backup").send(3, text="evil backup")
    several.now += LATER
    several.send(2_000.0, user="someone else")
    assert (several.alerts(), held(several.store)) == ([], {which: 1})
    assert counts(several.store)[MANY, HOST] == 1
    with database.reading(several.store) as s:
        assert [row.correlated for row in s.scalars(select(HeldRow))] == [True]


def test_each_of_several_judges_holds_back_and_each_alert_counts_once(store, state, author):
    correlation(author, "many", [RULE])
    site = Several(store, state, author, HOST, OTHER)
    which = stated(store, "process.command_line:*backup*", MANY)
    site.anew(2)
    for host, text in ((HOST, "evil backup"), (OTHER, "evil backup"), (OTHER, "evil")):
        site.send(1, 2, 3, host=host, user=f"{host} {text}", text=text, judge=False)
    site.end()
    assert [title for title, *_ in site.alerts()] == ["many"]
    assert held(store) == {which: 2}
    site.close()


def test_texts_of_events_and_files_that_are_listed_later(store, state, author, feed):
    author.yara("BADTEXT")
    add_hosts(store, HOST)
    publish(store, state, author.sign())
    which = stated(store, "user.name:an", ANY)
    judge = started(store, state)
    texts = Texts(state, store, judge.in_force, clock=lambda: NOW)
    texts.look()
    feed.send(start("echo BADTEXT", sha256=bytes.fromhex("07" * 32)))
    judge.drain()
    assert texts.look() == 1
    texts.close()
    assert (alerts_of(store), held(store)) == ([], {which: 1})
    author.listing("07" * 32)
    publish(store, state, author.sign())
    judge.in_force.refresh(NOW)
    assert LookBack(state, store, judge.in_force, clock=lambda: NOW).look()
    assert (alerts_of(store), held(store)) == ([], {which: 2})
