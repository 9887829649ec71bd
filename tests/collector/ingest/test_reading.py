import os
from pathlib import Path

import pytest
from tramgac_collector.errors import Unreadable
from tramgac_collector.ingest import consume, head, open_reader, read_cursor, reading, set_aside, tell_cursor
from tramgac_collector.ingest.headfile import HeadFile
from tramgac_collector.paths import StatePaths
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog

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


def gone_through(paths):
    """What a consumer comes by: entries, and what it could not read."""
    position, entries, met, reader = 0, [], [], open_reader(paths)
    while True:
        try:
            entries += consume(paths, position, reader=reader)
        except Unreadable as error:
            met.append(error)
            position = error.next
        else:
            return entries, met


def test_damage_in_the_last_segment_below_the_head_is_met_and_what_follows_is_read(tmp_path):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    positions = [put(log, lane, size=2_000).result(10) for _ in range(9)]
    (file,) = paths.log_segments.glob("*.log")
    before = file.read_bytes()
    with file.open("r+b") as out:
        out.seek(len(before) // 2)
        out.write(bytes(300))
    entries, (met,) = gone_through(paths)
    assert (met.reason, met.next) == ("log_damaged", met.first + 1)
    assert [entry.position for entry in entries] == [position for position in positions if position != met.first]
    assert met.evidence in file.read_bytes()
    assert bytes(300) in met.evidence
    assert str(file) in str(met)
    put(log, lane).result(10)
    assert len(gone_through(paths)[0]) == 9, "met again at each start, passed again"
    log.close()


def test_damage_is_looked_at_twice(tmp_path, monkeypatch):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    position = put(log, lane).result(10)
    log.close()
    first = open_reader(paths)
    monkeypatch.setattr(first, "segments", lambda: ())  # as a listing that a disk gave wrong, once
    assert [entry.position for entry in consume(paths, 0, reader=first)] == [position]


def test_so_much_evidence_and_no_more_and_none_where_there_is_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "EVIDENCE_BYTES", 10)
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    put(log, lane, size=5_000).result(10)
    log.close()
    (file,) = paths.log_segments.glob("*.log")
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(Unreadable) as met:
        list(consume(paths, 0))
    assert (met.value.first, met.value.next, met.value.evidence) == (0, head(paths), bytes(10))
    file.unlink()
    with pytest.raises(Unreadable) as met:
        list(consume(paths, 0))
    assert (met.value.next, met.value.evidence) == (head(paths), b"")


def test_a_record_of_unknown_type_is_read_twice_and_then_one_to_go_past(tmp_path, monkeypatch):
    paths, lane = StatePaths(tmp_path), Lane()
    log = open_log(paths)
    positions = [put(log, lane).result(10) for _ in range(3)]
    log.close()
    write_unknown(paths)
    log = open_log(paths)
    positions.append(put(log, lane).result(10))
    log.close()
    tries = []
    real = reading.decode
    monkeypatch.setattr(reading, "decode", lambda number, payload: tries.append(number) or real(number, payload))
    entries, (met,) = gone_through(paths)
    assert [entry.position for entry in entries] == positions
    assert (met.first, met.next, met.reason, met.evidence) == (4, 5, "record_unknown", UNKNOWN)
    assert tries.count(4) == 2
    assert "unknown type 9: did a newer version write it?" in str(met)


UNKNOWN = b"\x09 what a newer version writes"


def write_unknown(paths):
    """Append what only another version could read, as its gateway would."""
    other = SegmentLog.open(OsFileSystem(), str(paths.log_segments))
    other.append(UNKNOWN)
    told = HeadFile(paths)
    told.tell(other.sync())
    told.close()
    other.close()


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
