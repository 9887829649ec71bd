import pytest
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest import consume, head
from tramgac_collector.ingest.recovery import marks_at, recover
from tramgac_collector.paths import StatePaths
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog

from tests.collector.ingest.test_holes import OTHER, spoil, write_segments
from tests.collector.ingest.test_log import HOST, Lane, open_log, put
from tests.collector.ingest.test_reading import gone_through


def test_a_new_log_knows_nothing(tmp_path):
    marks, received = recover(OsFileSystem(), str(tmp_path))
    assert marks.all() == {}
    assert received == 0


def test_marks_come_from_the_last_snapshot_and_what_follows(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths, segment_bytes=1 << 16)
    for number in range(20):
        put(log, lane, size=5_000, received=number).result(10)
    log.close()
    marks, received = recover(OsFileSystem(), str(paths.log_segments))
    assert marks.get((HOST, 9, 1)).sequence == 40
    assert received == 19


def test_marks_at_a_place_are_those_of_all_before_it(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths, segment_bytes=1 << 16)
    for _ in range(20):
        put(log, lane, size=5_000).result(10)
    log.close()
    fs, folder = OsFileSystem(), str(paths.log_segments)
    for entry in consume(paths, 0):
        mark = marks_at(fs, folder, entry.position).get((HOST, 9, 1))
        assert (mark.sequence if mark else 0) == entry.batch.first - 1
    (tmp_path / "none").mkdir()
    assert marks_at(fs, str(tmp_path / "none"), 5) is None


def test_a_torn_tail_costs_what_was_not_synced_only(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    put(log, lane).result(10)
    log.close()
    (file,) = paths.log_segments.glob("*.log")
    with file.open("ab") as out:
        out.write(b"\x40\x00\x00\x00torn")
    log = open_log(paths)
    assert log.marks(HOST, 9)[1] == (2, lane.chain)
    put(log, lane).result(10)
    log.close()


def test_a_record_that_cannot_be_read_is_passed_over(tmp_path):
    paths, lanes = StatePaths(tmp_path), [Lane(), Lane(OTHER)]
    log = open_log(paths)
    for lane in (*lanes, *lanes):
        put(log, lane, size=5_000).result(10)
    log.close()
    (file,) = paths.log_segments.glob("*.log")
    spoil(file, 25_000)
    marks, _ = recover(OsFileSystem(), str(paths.log_segments), head(paths))
    assert marks.get((HOST, 9, 1)).sequence == 2, "the second batch cannot be read any more"
    assert marks.get((OTHER, 9, 1)).sequence == 4


@pytest.mark.parametrize("offset", [0, 30], ids=["header", "snapshot"])
def test_a_snapshot_that_cannot_be_read_is_passed_over_for_the_one_before(tmp_path, offset):
    paths, lane = StatePaths(tmp_path), Lane()
    write_segments(paths, [lane], 8)
    segments = sorted(paths.log_segments.glob("*.log"))
    assert len(segments) > 2
    spoil(segments[-1], offset)
    entries, (met,) = gone_through(paths)
    assert met.first == int(segments[-1].stem, 16)
    marks, _ = recover(OsFileSystem(), str(paths.log_segments), head(paths))
    assert marks.get((HOST, 9, 1)).sequence == entries[-1].batch.first + 1


def test_a_log_that_cannot_know_its_marks_says_how_to_mend(tmp_path):
    fs = OsFileSystem()
    log = SegmentLog.open(fs, str(tmp_path), segment_bytes=1 << 10)
    for _ in range(10):
        log.append(bytes(1_000))
    log.sync()
    log.trim(5)
    log.close()
    with pytest.raises(LogDamaged, match=r"restore the folder|unknown type"):
        recover(fs, str(tmp_path))
