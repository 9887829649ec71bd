import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tramgac_collector import ingest
from tramgac_collector.errors import EngineAway
from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.sources.hostnames import Hostnames
from tramgac_collector.export.sources.log import LogSource
from tramgac_collector.export.sources.stored import Found, Stored
from tramgac_collector.ingest import IngestLog, Limits
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths

from tests.collector.judging.feed import HOST, NOW, OTHER, Feed, add_hosts, start

LOG = "00000000000000ab"


@pytest.fixture
def source(store, state):
    add_hosts(store, HOST)
    return lambda query="", since="all", most=2_000: LogSource(state, Hostnames(store), query, since, most)


def drained(source, place=None):
    """All that there is: ids, and the place after."""
    place, found = place or source.begin(), []
    while True:
        taken = source.take(place)
        found += [record.id for record in taken.records]
        place = taken.after
        if not taken.more:
            return found, place


def test_events_come_in_the_log_s_order_with_their_host(feed, source):
    feed.send(start("a"), start("b"))
    feed.send(start("c"), host=OTHER, lane=1)
    feed.send(start("d"))
    made = source()
    taken = made.take(made.begin())
    assert [record.id for record in taken.records] == [
        f"{HOST}/{7:016x}/2/1",
        f"{HOST}/{7:016x}/2/2",
        f"{OTHER}/{7:016x}/1/1",
        f"{HOST}/{7:016x}/2/3",
    ]
    assert [record.row["process.command_line"] for record in taken.records] == ["a", "b", "c", "d"]
    assert [record.row["hostname"] for record in taken.records] == ["pc-0", "pc-0", "", "pc-0"]
    assert made.behind(made.begin()) > 0
    assert made.behind(taken.after) == 0


def test_it_goes_on_in_the_middle_of_a_batch(feed, source):
    feed.send(*(start(str(n)) for n in range(5)))
    feed.send(start("last"))
    made = source(most=2)
    first = made.take(made.begin())
    assert (first.more, first.after.sequence) == (True, 2)
    found, place = drained(made, first.after)
    assert [int(number.rpartition("/")[2]) for number in found] == [3, 4, 5, 6]
    assert made.take(place).records == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 5))
def test_wherever_it_stops_nothing_is_missing_and_nothing_comes_twice(tmp_path_factory, sizes, most):
    paths = StatePaths(tmp_path_factory.mktemp("log"))
    paths.make()
    paths.log_id.write_text(LOG)
    feed = Feed(paths)
    for size in sizes:
        feed.send(*(start("x") for _ in range(size)))
    feed.log.close()
    names = Hostnames.__new__(Hostnames)
    names.of = lambda _host: ""
    made = LogSource(paths, names, "", "all", most)
    found, _ = drained(made)
    assert [int(number.rpartition("/")[2]) for number in found] == list(range(1, sum(sizes) + 1))


def test_a_search_chooses_and_the_place_moves_all_the_same(feed, source):
    feed.send(start("curl x"), start("ls"), start("CURL y"))
    found, place = drained(source("process.command_line:*curl* host:" + HOST))
    assert [int(number.rpartition("/")[2]) for number in found] == [1, 3]
    assert source().behind(place) == 0


def test_now_is_the_log_s_end_and_a_time_is_when_it_reached_us(feed, source):
    feed.send(start("a"))
    assert drained(source(since="now"))[0] == []
    assert len(drained(source(since="2026-01-01"))[0]) == 1
    assert drained(source(since="2027-01-01"))[0] == []


def test_what_cannot_be_read_is_counted_and_passed(feed, source):
    feed.send(b"\xff\xff", start("a"))
    made = source()
    taken = made.take(made.begin())
    assert (len(taken.records), taken.unreadable) == (1, 1)
    assert made.behind(taken.after) == 0


def test_another_log_begins_anew_and_that_is_told(feed, source):
    feed.send(start("a"))
    taken = source().take(Place("ff", 40, 2, "", NOW))
    assert taken.gaps == [Gap(40, 40, "other_log")]
    assert (taken.after, taken.more) == (Place(LOG, time=NOW), True)


def cut(state):
    """A log whose beginning is gone; how far."""
    log = IngestLog(state, limits=Limits(segment_bytes=1), counts=Counts(), synced=lambda: None)
    feed = Feed.__new__(Feed)
    feed.log, feed._lanes, feed._skipped = log, {}, {}
    for n in range(4):
        feed.send(start(str(n)))
    at = log._segments.segments[2].first
    log._segments.trim(at)
    log.close()
    return at


def test_what_is_gone_from_the_log_comes_from_the_store_and_what_neither_has_is_told(state, source, monkeypatch):
    state.log_id.write_text(LOG)
    first = cut(state)
    made = source()
    row = {"host": HOST, "epoch": f"{7:016x}", "lane": 2, "sequence": 9, "time": "2026-01-01T00:00:00Z", "kind": ""}
    asked = []

    def take(_self, place, until, most):
        asked.append((place.position, until))
        return Found([row], Place(LOG, until, time=5), missing=1 if place.position else 0)

    monkeypatch.setattr(Stored, "take", take)
    taken = made.take(made.begin())
    assert (asked, taken.gaps, len(taken.records)) == ([(0, first)], [], 1)
    later = Place(LOG, 1, 0, "", 3)
    assert made.take(later).gaps == [Gap(1, 1, "log_trimmed")]
    monkeypatch.setattr(Stored, "take", lambda *_: Found(missing=first))
    taken = made.take(later)
    assert (taken.after.position, taken.gaps, taken.records) == (first, [Gap(1, first, "log_trimmed")], [])
    found, _ = drained(made, taken.after)
    assert found
    assert ingest.head(state) > first


def test_a_store_that_is_away_is_waited_for(state, source):
    state.log_id.write_text(LOG)
    cut(state)
    with pytest.raises(EngineAway):
        source().take(Place(LOG, 1))
