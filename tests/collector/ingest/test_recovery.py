import pytest
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest import consume
from tramgac_collector.ingest.recovery import marks_at, recover
from tramgac_collector.paths import StatePaths
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog

from tests.collector.ingest.test_log import HOST, Lane, open_log, put


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
