import os
import time

import pytest
from tramgac_collector.errors import DiskFull
from tramgac_collector.ingest import head, room, tell_cursor
from tramgac_collector.paths import StatePaths

from tests.collector.ingest.test_log import HOST, Lane, open_log, put


def test_little_room_refuses_before_the_disk_does(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths, minimum_free_bytes=1 << 60)
    with pytest.raises(DiskFull, match="minimum_free_bytes"):
        put(log, lane).result(10)
    log.close()


def test_where_room_is_ample_nobody_looks_each_time(tmp_path, monkeypatch):
    paths, lane, looks = StatePaths(tmp_path), Lane(), []
    free = {"bytes": room.AMPLE}
    monkeypatch.setattr(room, "free_bytes", lambda _paths: looks.append(1) or free["bytes"])
    log = open_log(paths)
    for _ in range(3):
        put(log, lane).result(10)
    assert len(looks) == 1
    free["bytes"] -= 1
    log._room.next_look = 0.0
    for _ in range(3):
        put(log, lane).result(10)
    assert len(looks) == 4
    log.close()


def look_for_what_may_go(log, lane):
    """Have the log's thread trim, and wait for the end of it: a batch is told before what may go is looked for."""
    log._room.next_trim = 0.0
    for _ in range(2):
        put(log, lane).result(10)


def test_segments_go_when_all_consumers_are_past_them(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths, segment_bytes=1 << 16, keep_s=-1.0)
    for _ in range(20):
        put(log, lane, size=5_000).result(10)
    files = len(list(paths.log_segments.glob("*.log")))
    tell_cursor(paths, "store", head(paths))
    look_for_what_may_go(log, lane)
    assert len(list(paths.log_segments.glob("*.log"))) == files
    tell_cursor(paths, "judge", head(paths))
    tell_cursor(paths, "judge-2", 0)
    look_for_what_may_go(log, lane)
    assert len(list(paths.log_segments.glob("*.log"))) == files, "a second judge is not past them"
    tell_cursor(paths, "judge-2", head(paths))
    look_for_what_may_go(log, lane)
    log.close()
    assert len(list(paths.log_segments.glob("*.log"))) == 1
    log = open_log(paths)
    assert log.marks(HOST, 9)[1] == (lane.next - 1, lane.chain)
    log.close()


def worked_off(folder):
    """A log of several segments that its consumers are past."""
    paths, lane = StatePaths(folder), Lane()
    log = open_log(paths, segment_bytes=1 << 16)
    for _ in range(20):
        put(log, lane, size=5_000).result(10)
    for consumer in ("store", "judge"):
        tell_cursor(paths, consumer, head(paths))
    return paths, lane, log


def test_segments_that_all_are_past_stay_for_a_day(tmp_path):
    paths, lane, log = worked_off(tmp_path)
    first, second, *_ = files = sorted(paths.log_segments.glob("*.log"))
    for file, hours in ((first, 24.1), (second, 23.9)):
        os.utime(file, times=(time.time() - hours * 3_600,) * 2)
    look_for_what_may_go(log, lane)
    log.close()
    assert sorted(paths.log_segments.glob("*.log"))[: len(files) - 1] == files[1:]


def test_with_little_room_what_was_read_goes_before_its_time(tmp_path):
    paths, lane, log = worked_off(tmp_path)
    log._room.limits = type(log._room.limits)(minimum_free_bytes=1 << 60)
    log._room.next_look = 0.0
    with pytest.raises(DiskFull):
        put(log, lane).result(10)
    assert len(list(paths.log_segments.glob("*.log"))) == 1
    log.close()
