import os
from pathlib import Path

from tramgac_collector.ingest import consume, head, read_cursor, set_aside, tell_cursor
from tramgac_collector.ingest.headfile import HeadFile
from tramgac_collector.paths import StatePaths

from tests.collector.ingest.test_log import HOST, Lane, open_log, put


def test_nothing_is_read_beyond_the_head(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    positions = [put(log, lane).result(10) for _ in range(3)]
    told = HeadFile(paths)
    told.tell(positions[1])
    assert [entry.position for entry in consume(paths, 0)] == positions[:1]
    told.tell(positions[2] + 1)
    told.close()
    assert [entry.position for entry in consume(paths, positions[0] + 1)] == positions[1:]
    log.close()


def test_a_new_log_has_nothing(tmp_path):
    paths = StatePaths(tmp_path)
    assert head(paths) == 0
    assert list(consume(paths, 0)) == []
    assert read_cursor(paths, "judge") == 0


def test_a_cursor_is_what_was_told_last(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    for position in (5, 2**63):
        tell_cursor(paths, "judge", position)
        assert read_cursor(paths, "judge") == position
    paths.cursor("judge").write_bytes(b"torn")
    assert read_cursor(paths, "judge") == 0


def test_what_is_set_aside_is_kept_once_with_its_reason(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    put(log, lane).result(10)
    log.close()
    (entry,) = consume(paths, 0)
    assert set_aside(paths, "store", entry, "bad \x1b[31m")
    assert not set_aside(paths, "store", entry, "bad")
    (kept,) = paths.poison.glob("*.batch")
    assert kept.read_bytes() == entry.batch.SerializeToString()
    assert HOST in kept.with_suffix(".txt").read_text()


def test_what_is_set_aside_is_on_the_disk_before_the_cursor_goes_past_it(tmp_path, monkeypatch):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    put(log, lane).result(10)
    log.close()
    (entry,) = consume(paths, 0)
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(Path(f"/proc/self/fd/{descriptor}").readlink()))
    set_aside(paths, "store", entry, "bad")
    part = f".store-{entry.position:020d}"
    assert [path.name for path in synced] == [f"{part}.txt.part", "poison", f"{part}.batch.part", "poison"]
