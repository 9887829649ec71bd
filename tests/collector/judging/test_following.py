"""Events of an agent of version N+1: judged, stored and exported for what is known of them, and kept whole."""

import pytest
from tramgac_collector import database
from tramgac_collector.events.block import build, table
from tramgac_collector.export import formats
from tramgac_collector.export.records import of_blob
from tramgac_collector.host_listing import listing
from tramgac_collector.judging import writing
from tramgac_collector.judging.detect import Rules, examine
from tramgac_collector.judging.writing import Written
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_proto.names import kind_of
from tramgac_proto.rows import from_row, to_row

from tests.collector.judging.feed import HOST, NOW, Feed, add_hosts
from tests.golden.following import LANE, events

EVENTS = events()


@pytest.fixture
def entry(state):
    feed = Feed(state)
    yield feed.entry(EVENTS, lane=LANE)
    feed.log.close()


def test_they_are_judged_and_what_the_host_says_of_itself_is_written(entry, store):
    add_hosts(store, HOST)
    found = examine(entry, Rules(), "linux")
    assert (found.failures, found.events) == ([], len(EVENTS))
    with database.session(store) as s:
        written = Written()
        writing.write(s, found, YaraRules(), written, NOW)
        writing.settle(s, written, NOW)
        told = listing(s, HOST)[0]
    assert told["sensors"][0]["state"] == "unknown"
    assert told["completeness"]["emitted"] > 0


def test_they_are_stored_and_given_back_as_they_came(entry):
    block = build(1, [entry])
    assert (block.poison, block.rows) == ([], len(EVENTS))
    assert table(block).num_rows == len(EVENTS)
    assert [from_row(kind_of(event), to_row(event)) for event in EVENTS] == EVENTS


@pytest.mark.parametrize("name", formats.FORMATS)
def test_they_are_exported(name):
    make = formats.make(name)
    for event in EVENTS:
        record = of_blob(event.SerializeToString(), (HOST, 7, LANE, 1), NOW, "pc-1")
        assert make.encode(record)
