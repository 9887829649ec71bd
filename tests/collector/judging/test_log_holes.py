"""The judge goes past what cannot be read in the ingest log, and tells whose events it was."""

import os

from tramgac_collector import database, hosts, ingest
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import holes
from tramgac_collector.judging import consumer as consuming

from tests.collector.ingest.test_reading import UNKNOWN, write_unknown
from tests.collector.judging.conftest import sequences, started
from tests.collector.judging.feed import HOST, OTHER, Feed, start


def test_damage_below_the_head_of_the_last_segment_is_passed_and_a_gap(ready, state, feed):
    """With real bytes: the segment is still being written, and no snapshot follows the damage."""
    for number in range(4):
        feed.send(start(f"evil {number}"))
    entries = list(ingest.consume(state, 0))
    (file,) = state.log_segments.glob("*.log")
    content = file.read_bytes()
    at = content.index(entries[1].batch.SerializeToString())
    file.write_bytes(content[:at] + bytes(40) + content[at + 40 :])
    judge = started(ready, state)
    assert judge.drain() == 3
    assert judge.position == ingest.head(state) == ingest.read_cursor(state, "judge")
    assert sequences(ready) == [1, 3, 4]
    assert (judge.counts["log_holes"], judge.counts["log_damaged"]) == (1, 1)
    (hole,) = holes.listing(state)
    assert (hole.first, hole.next) == (entries[1].position, entries[2].position)
    assert bytes(40) in (state.holes / hole.evidence).read_bytes()
    for again in (judge, judge, started(ready, state)):
        again.account()
        with database.reading(ready) as s:
            (gap,) = hosts.get(s, HOST)["completeness"]["gaps"]
        assert (gap["first"], gap["count"], gap["reason"]) == (2, 1, "the collector's judge: log_damaged")
    assert started(ready, state).drain() == 0


def test_a_log_that_begins_later_than_the_cursor(ready, state, feed):
    judge = started(ready, state)
    feed.send(start("evil"))
    feed.log.close()
    (file,) = state.log_segments.glob("*.log")
    file.unlink()
    feed.log = Feed(state).log  # positions go on where they were
    feed.send(start("evil"), host=OTHER)
    assert judge.drain() == 1
    (hole,) = holes.listing(state)
    assert (hole.first, hole.next, hole.reason) == (0, 2, "log_trimmed")


def test_whose_records_stood_in_a_hole_is_looked_for_again_as_long_as_more_may_be_known(ready, state, feed):
    feed.send(start("ls"), host=OTHER)
    feed.send(start("ls"))
    feed.send(start("ls"))
    (file,) = state.log_segments.glob("*.log")
    with file.open("r+b") as out:
        out.seek(-20, os.SEEK_END)
        out.write(bytes(20))
    judge = started(ready, state)
    judge.drain()
    judge.account()

    def gaps():
        with database.reading(ready) as s:
            return hosts.get(s, HOST)["completeness"]["gaps"]

    assert gaps() == [], "nothing follows that would tell"
    feed.send(start("ls"))
    judge.account()
    assert gaps() == [], "a hole is not read again at every turn"
    now = judge.clock() + consuming.LOOK_AGAIN
    judge.clock = lambda: now
    judge.account()
    assert [(gap["first"], gap["count"]) for gap in gaps()] == [(2, 1)]


def test_a_record_of_unknown_type_is_set_aside_and_what_follows_is_judged(ready, state, feed):
    feed.send(start("evil"))
    feed.log.close()
    write_unknown(state)
    feed.log = Feed(state).log
    feed.send(start("evil"))
    judge = started(ready, state)
    assert judge.drain() == 2
    assert sequences(ready) == [1, 2]
    assert (judge.counts["record_unknown"], judge.counts["log_holes"]) == (1, 1)
    (hole,) = holes.listing(state)
    assert (hole.reason, (state.holes / hole.evidence).read_bytes()) == ("record_unknown", UNKNOWN)


def test_a_hole_of_another_consumer_is_a_gap_too(ready, state, feed):
    for number in range(3):
        feed.send(start(f"ls {number}"))
    feed.send(start("ls"), host="c3" * 16)
    second = list(ingest.consume(state, 0))[1].position
    judge = started(ready, state)
    judge.drain()
    judge.account()
    holes.record(state, "store", Unreadable(second, ingest.head(state), "log_damaged", "why"))
    judge.account()
    with database.reading(ready) as s:
        (gap,) = hosts.get(s, HOST)["completeness"]["gaps"]
    assert (gap["first"], gap["count"]) == (2, 2)
    assert judge.counts["gaps"] == 1, "of hosts that are known"
