import pytest
from tramgac_collector import tallies
from tramgac_collector.tallies import Tally, Teller
from tramgac_collector.write_times import LONG_S, WriteTimes

from tests.tools.console import Clock


def test_a_note_is_left_now_and_then_and_read_back(state):
    clock = Clock()
    teller = Teller(state, "store", clock)
    assert tallies.read(state, "store") is None
    teller.tell({"events_stored": 1}, {"cursor": 7})
    began = clock()
    assert tallies.read(state, "store") == Tally("store", began, began, {"events_stored": 1}, {"cursor": 7})
    clock.forward(tallies.EVERY_S - 1)
    teller.tell({"events_stored": 2})
    assert tallies.read(state, "store").counters == {"events_stored": 1}
    clock.forward(1)
    teller.tell({"events_stored": 3})
    found = tallies.read(state, "store")
    assert (found.counters, found.gauges, found.started) == ({"events_stored": 3}, {}, began)
    clock.forward(-60)  # somebody set the clock back: no reason to say nothing for a minute
    assert teller.due


def test_who_writes_into_the_control_store_tells_how_long_that_took(state):
    writes = WriteTimes()
    writes.note(2 * LONG_S)
    Teller(state, "judge", writes=writes).tell({"events": 1}, {"cursor": 7})
    found = tallies.read(state, "judge")
    assert found.counters == {"events": 1, "writes_long": 1}
    assert found.gauges == {"cursor": 7, "write_longest_s": 2 * LONG_S}


def test_a_disk_that_takes_nothing_stops_nobody(state):
    teller = Teller(state, "store")
    state.run.rmdir()
    for _ in range(2):
        teller._told = 0
        teller.tell({"x": 1})
    assert teller.failures == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"role": 1}', "\x00"])
def test_what_cannot_be_read_is_passed_over(state, text):
    Teller(state, "judge").tell({"events": 1})
    state.tally("store").write_text(text)
    assert tallies.read(state, "store") is None
    assert [tally.role for tally in tallies.read_all(state)] == ["judge"]
