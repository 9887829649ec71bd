from pathlib import Path

import pytest
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest import head
from tramgac_collector.ingest.sealing import Seal, seal
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_wire import segment
from tramgac_wire.errors import LogBusy
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog

from tests.collector.ingest.test_holes import OTHER, spoil, write_segments
from tests.collector.ingest.test_log import HOST, Lane, open_log, put
from tests.collector.ingest.test_reading import gone_through


@pytest.fixture
def damaged(tmp_path):
    """A log of one segment with batches of two hosts in turn; the fourth record cannot be read."""
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER)]
    log = open_log(paths)
    for number in range(8):
        put(log, lanes[number % 2], size=5_000).result(10)
    log.close()
    (file,) = paths.log_segments.glob("*.log")
    spoil(file, 35_000)
    return paths, lanes, file


def test_what_is_acknowledged_is_not_cut_at_a_start_and_no_position_is_given_twice(damaged):
    paths, lanes, file = damaged
    before, known, counts = file.read_bytes(), head(paths), Counts()
    log = open_log(paths, counts=counts)
    assert counts["log_sealed"] == 1
    assert counts["log_tail_cut"] == 0
    assert file.read_bytes() == before
    assert [log.marks(lane.host, 9)[1] for lane in lanes] == [(8, lane.chain) for lane in lanes]
    assert put(log, lanes[0]).result(10) == known + 1, "after the snapshot"
    log.close()
    entries, (met,) = gone_through(paths)
    assert (met.first, met.next) == (4, 5)
    assert [(entry.host, entry.batch.first) for entry in entries] == [
        *((host, first) for first in (1, 3, 5, 7) for host in (HOST, OTHER) if (host, first) != (OTHER, 3)),
        (HOST, 9),
    ]
    log = open_log(paths, counts=counts)
    assert counts["log_sealed"] == 1, "once"
    log.close()


def test_what_was_written_and_not_synced_is_not_read(damaged):
    """The agents send it again: nobody has acknowledged it."""
    paths, lanes, file = damaged
    salt = segment.salt_of(file.read_bytes(), 0)
    with file.open("ab") as out:
        out.write(segment.record(salt, head(paths), b"\x09 of no known type"))
    log = open_log(paths)
    put(log, lanes[0]).result(10)
    log.close()
    entries, (met,) = gone_through(paths)
    assert met.reason == "log_damaged"
    assert entries[-1].batch.first == 9


def test_a_last_segment_without_a_header_is_closed_too(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    write_segments(paths, [lane], 8)
    last = max(paths.log_segments.glob("*.log"))
    spoil(last, 0)
    known = head(paths)
    log = open_log(paths)
    assert log.marks(HOST, 9)[1][0] < lane.next - 1
    log.close()
    assert last.exists()
    _, (met,) = gone_through(paths)
    assert (met.first, met.next) == (int(last.stem, 16), known)


def test_segments_that_were_moved_away_leave_their_positions_used(damaged):
    paths, _, file = damaged
    known = head(paths)
    file.unlink()
    lane = Lane(epoch=10)
    log = open_log(paths)
    assert log.marks(HOST, 9) == {}
    put(log, lane).result(10)
    log.close()
    entries, (met,) = gone_through(paths)
    assert (met.reason, met.next) == ("log_trimmed", known)
    assert [entry.batch.first for entry in entries] == [1]


def test_a_torn_new_segment_is_in_nobody_s_way(damaged):
    paths, _, file = damaged
    torn = paths.log_segments / segment.name(head(paths))
    torn.write_bytes(b"TGL1")
    before = file.read_bytes()
    counts = Counts()
    open_log(paths, counts=counts).close()
    assert counts["log_sealed"] == 1
    assert file.read_bytes() == before
    assert len(torn.read_bytes()) > 100


def test_a_log_that_is_well_is_left_alone(tmp_path):
    paths, lane, fs = StatePaths(tmp_path), Lane(), OsFileSystem()
    paths.log_segments.mkdir(parents=True)
    assert seal(fs, str(paths.log_segments), 0) is None
    write_segments(paths, [lane], 8)
    there = {file: file.read_bytes() for file in paths.log_segments.glob("*.log")}
    spoil(min(there), 100)  # within: consumers pass it, opening cuts nothing
    for known in (head(paths), head(paths) - 1, 1):
        assert seal(fs, str(paths.log_segments), known) is None
    assert set(paths.log_segments.glob("*.log*")) == set(there)


def test_an_interrupted_seal_is_finished_by_the_next(damaged, monkeypatch):
    paths, _, file = damaged
    folder, known = str(paths.log_segments), head(paths)

    def die(*_):
        raise OSError(5, "the machine stopped")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        with pytest.raises(OSError, match="stopped"):
            seal(OsFileSystem(), folder, known)
    assert [path.name for path in sorted(paths.log_segments.glob("*.log"))] == [file.name]
    assert seal(OsFileSystem(), folder, known) == Seal(4, known)
    assert seal(OsFileSystem(), folder, known) is None


def test_where_the_watermarks_cannot_be_known_nothing_is_closed(tmp_path):
    folder = tmp_path / "segments"
    log = SegmentLog.open(OsFileSystem(), str(folder))
    log.append(b"of another program")
    known = log.sync() + 1
    log.close()
    with pytest.raises(LogDamaged, match="unknown type"):
        seal(OsFileSystem(), str(folder), known)
    assert len(list(folder.iterdir())) == 2, "the segment and the lock"


def test_a_log_that_another_process_writes_is_not_closed(damaged, monkeypatch):
    paths, _, file = damaged

    def busy(*_):
        raise BlockingIOError("locked")

    monkeypatch.setattr(OsFileSystem, "lock", busy)
    with pytest.raises(LogBusy):
        open_log(paths)
    assert list(paths.log_segments.glob("*.log")) == [file]
