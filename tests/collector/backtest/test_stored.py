import os
import threading

import pytest
from tramgac_collector.backtest import stored
from tramgac_collector.backtest.stored import Source, Wanted
from tramgac_collector.errors import EngineAway
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.event_pb2 import Event

from tests.collector.events.test_store import fill_log

pytestmark = pytest.mark.enable_socket
BEGIN, SECOND = 1_600_000_000_000_000_000, 1_000_000_000  # no other test's events are of that year
END = BEGIN + 86_400 * SECOND
AHEAD = END + 5


@pytest.fixture(scope="module")
def paths(engine_paths, tmp_path_factory):
    """Forty events of two channels in any order: many at one moment, some far apart, two of a clock that is ahead."""
    mine = StatePaths(tmp_path_factory.mktemp("stored"))
    mine.make()
    mine.engine.symlink_to(engine_paths.engine)
    mine.log_id.write_text(os.urandom(8).hex())
    times = [BEGIN + 7] * 15 + [BEGIN + n * 3_000 * SECOND for n in range(23)] + [AHEAD, AHEAD]
    events = []
    for number, time in enumerate(times):
        event = Event(time=time)
        event.event_log.channel, event.event_log.record_id = ("Security", "System")[number % 2], number
        events.append(event)
    events.append(Event(time=BEGIN + 1))
    fill_log(mine, [[event.SerializeToString() for event in reversed(events)]], received=END - 10)
    Store.open(mine, Counts()).fill(threading.Event())
    return mine


@pytest.mark.parametrize("page", [4, 1_000])
def test_all_of_them_once_in_the_order_of_time(paths, monkeypatch, page):
    monkeypatch.setattr(stored, "PAGE", page)
    source = Source.look(paths, Wanted(BEGIN, END, frozenset({"event_log"})))
    pages = list(source.pages())
    assert all(len(one.events) <= page for one in pages)
    events = [each for one in pages for each in one.events]
    assert (source.total, source.first) == (len(events), BEGIN) == (40, BEGIN)
    assert len({each.sequence for each in events}) == 40
    assert [each.event.time for each in events[:2]] == [AHEAD, AHEAD], "of a clock that is ahead: at once"
    times = [each.event.time for each in events[2:]]
    assert times == sorted(times)
    bounds = [one.until for one in pages]
    assert bounds == sorted(bounds)
    for number, one in enumerate(pages):
        later = [each.event.time for after in pages[number + 1 :] for each in after.events]
        assert not later or min(later) >= one.until or number == 0
    assert bounds[-1] == END


def test_only_what_is_wanted(paths):
    wanted = Wanted(BEGIN, BEGIN + 10, frozenset({"event_log"}), frozenset({"security"}))
    source = Source.look(paths, wanted)
    found = [each for page in source.pages() for each in page.events]
    assert {each.event.event_log.channel for each in found} == {"Security"}
    assert len(found) == source.total == 8
    nothing = Source.look(paths, Wanted(BEGIN - 10, BEGIN))
    assert (nothing.total, nothing.first, [page.events for page in nothing.pages()]) == (0, 0, [()])


def test_without_a_store_it_says_so(tmp_path):
    with pytest.raises(EngineAway):
        Source.look(StatePaths(tmp_path), Wanted(1, 2))
