import os
import threading

import pytest
from tramgac_collector.events.store import Store
from tramgac_collector.export.places import Place
from tramgac_collector.export.sources import stored
from tramgac_collector.export.sources.stored import Stored
from tramgac_collector.ingest import head
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_proto.names import time_text

from tests.collector.events.test_store import NOW, fill_log
from tests.collector.station import start_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def filled(engine_paths, tmp_path_factory):
    """Five batches of three events in a log of their own, stored."""
    paths = StatePaths(tmp_path_factory.mktemp("export"))
    paths.make()
    paths.log_id.write_text(os.urandom(8).hex())
    paths.engine.symlink_to(engine_paths.engine)
    fill_log(paths, [[start_of(3 * batch + at) for at in range(3)] for batch in range(5)])
    Store.open(paths, Counts()).fill(threading.Event())
    return paths


def begin(paths, **more):
    return Place(paths.log_id.read_text(), **more)


def drained(paths, place, most, until):
    found, made = [], Stored(paths)
    while place is not None and place.position < until:
        taken = made.take(place, until, most)
        found += [row["sequence"] for row in taken.rows]
        place = taken.after
    return found


@pytest.mark.parametrize("most", [2])
def test_all_come_in_the_log_s_order_wherever_it_stops(filled, most, monkeypatch):
    monkeypatch.setattr(stored, "_WINDOW", 2)
    assert drained(filled, begin(filled), most, head(filled)) == list(range(1, 16))


def test_rows_are_as_searches_present_them(filled):
    [row] = Stored(filled).take(begin(filled), head(filled), 1).rows
    assert (row["kind"], row["process.command_line"], row["ingested"]) == (
        "process_start",
        "/bin/true 0",
        time_text(NOW),
    )


def test_it_goes_on_in_a_batch_after_its_time_and_before_the_end(filled):
    first = Stored(filled).take(begin(filled), head(filled), 4)
    assert first.missing == 0  # a log begins with a snapshot, which is nothing to be missed
    place = first.after
    assert drained(filled, place, 100, place.position + 1) == [5, 6]
    assert drained(filled, begin(filled, time=NOW + 3), 100, head(filled)) == list(range(10, 16))


def test_what_retention_took_is_told_and_nothing_else(filled):
    end = head(filled)
    other = Stored(filled).take(Place("00000000000000ff", 1), end, 10)
    assert (other.rows, other.after, other.missing) == ([], None, end)
    assert Stored(filled).take(begin(filled, position=end), end + 9, 10).missing == 0  # what was before is there
    assert Stored(filled).take(Place("00000000000000ff", end), end + 1, 10).missing == 0
