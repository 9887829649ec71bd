import errno
import os

import pytest
from tramgac_wire import log_reader, segment
from tramgac_wire.errors import LogDamaged, LogTrimmed
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog
from tramgac_wire.log_reader import LogReader

from tests.wire.simfs import SimFileSystem


@pytest.fixture
def fs(rnd):
    return SimFileSystem(rnd)


@pytest.fixture
def log(fs):
    """Ten records of 20 bytes in segments of two."""
    log = SegmentLog.open(fs, "/log", segment_bytes=60)
    for number in range(10):
        log.append(b"%020d" % number)
        log.sync()
    return log


def test_nothing_is_read_where_nothing_is(fs):
    assert LogReader(fs, "/log").read(0) == []
    assert LogReader(fs, "/log").segments() == ()


def test_records_are_read_across_segments(fs, log):
    reader = LogReader(fs, "/log")
    assert [position for position, _ in reader.read(3)] == list(range(3, 10))
    assert reader.read(10) == []
    assert reader.read(99) == []
    assert reader.segments() == (0, 2, 4, 6, 8)


def test_a_read_is_bounded_and_gives_at_least_one(fs, log):
    reader = LogReader(fs, "/log")
    assert len(reader.read(0, max_bytes=1)) == 1
    assert len(reader.read(1, max_bytes=50)) == 2
    assert [position for position, _ in reader.read(5, until=7)] == [5, 6]
    assert reader.read(5, until=5) == []


def test_what_is_appended_later_is_read_later(fs, log):
    reader = LogReader(fs, "/log")
    assert reader.read(10) == []
    log.append(b"new")
    assert reader.read(10) == [(10, b"new")]
    assert reader.read(11) == []


def test_a_trimmed_position_says_where_the_log_begins(fs, log):
    log.trim(5)
    with pytest.raises(LogTrimmed) as caught:
        LogReader(fs, "/log").read(1)
    assert caught.value.first == 4


def test_trimming_between_looking_and_opening_is_no_error(fs, log):
    reader = LogReader(fs, "/log")
    looked = fs.list

    def once(directory):
        names = looked(directory)
        fs.list = looked
        log.trim(5)
        return names

    fs.list = once
    with pytest.raises(LogTrimmed):
        reader.read(0)


def test_a_record_being_written_is_the_end(fs, log):
    handle = fs.open_write("/log/0000000000000008.log")
    fs.write(handle, log.segments[-1].size, b"\x05\x00\x00\x00\x01\x02")
    reader = LogReader(fs, "/log")
    assert [position for position, _ in reader.read(8)] == [8, 9]
    assert reader.read(10) == []


def test_damage_inside_is_named_and_can_be_passed(fs, log):
    handle = fs.open_write("/log/0000000000000002.log")
    fs.write(handle, 60, b"????")
    reader = LogReader(fs, "/log")
    assert [position for position, _ in reader.read(0)] == [0, 1, 2]
    with pytest.raises(LogDamaged) as caught:
        reader.read(3)
    assert (caught.value.position, caught.value.resume) == (3, 4)
    assert [position for position, _ in reader.read(caught.value.resume)] == list(range(4, 10))


def test_below_what_is_synced_the_last_segment_too_must_be_whole(fs):
    log = SegmentLog.open(fs, "/log")
    ends = []
    for number in range(10):
        log.append(b"%020d" % number)
        log.sync()
        ends.append(log.size)
    handle = fs.open_write("/log/0000000000000000.log")
    fs.write(handle, ends[3] - 4, b"????")
    assert [position for position, _ in LogReader(fs, "/log").read(0)] == [0, 1, 2], "nobody says that more is there"
    assert LogReader(fs, "/log").read(3) == []
    reader = LogReader(fs, "/log")
    assert [position for position, _ in reader.read(0, until=10)] == [0, 1, 2]
    for _ in range(2):
        with pytest.raises(LogDamaged) as caught:
            reader.read(3, until=10)
        assert (caught.value.position, caught.value.resume) == (3, 4)
        assert (caught.value.path, caught.value.span) == ("/log/0000000000000000.log", (ends[2], ends[3]))
    assert [position for position, _ in reader.read(4, until=10)] == list(range(4, 10))
    assert [position for position, _ in LogReader(fs, "/log").read(7, until=10)] == [7, 8, 9], "with nothing remembered"
    fs.write(handle, ends[4] - 4, b"????")
    with pytest.raises(LogDamaged) as caught:
        LogReader(fs, "/log").read(4, until=10)
    assert (caught.value.position, caught.value.resume) == (4, 5), "asked for from within the damage"


def test_damage_up_to_the_end_is_passed_when_more_is_written(fs):
    log = SegmentLog.open(fs, "/log")
    for number in range(4):
        log.append(b"%020d" % number)
    log.sync()
    fs.write(fs.open_write("/log/0000000000000000.log"), log.size - 30, b"?" * 30)
    reader = LogReader(fs, "/log")
    with pytest.raises(LogDamaged) as caught:
        reader.read(2, until=4)
    assert (caught.value.resume, caught.value.span[1]) == (4, log.size)
    assert reader.read(4, until=4) == []
    log.append(b"and on it goes")
    log.sync()
    assert reader.read(4, until=5) == [(4, b"and on it goes")]


def test_a_header_that_is_lost_is_damage_up_to_what_is_known(fs, log):
    fs.write(fs.open_write("/log/0000000000000008.log"), 0, bytes(30))
    with pytest.raises(LogDamaged) as caught:
        LogReader(fs, "/log").read(8, until=10)
    assert (caught.value.position, caught.value.resume, caught.value.span[0]) == (8, 10, 0)


def test_a_folder_that_was_emptied_is_damage_of_all_that_was_known(fs, log):
    for name in fs.list("/log"):
        fs.remove(f"/log/{name}")
    with pytest.raises(LogDamaged) as caught:
        LogReader(fs, "/log").read(2, until=10)
    assert (caught.value.position, caught.value.resume) == (2, 10)


def test_a_segment_that_was_taken_away_by_hand_is_damage(fs, log):
    fs.remove("/log/0000000000000004.log")
    with pytest.raises(LogDamaged) as caught:
        LogReader(fs, "/log").read(4)
    assert caught.value.resume == 6


def test_a_tail_cut_and_written_anew_is_read_anew(fs):
    log = SegmentLog.open(fs, "/log")
    reader = LogReader(fs, "/log")
    log.append(b"first")
    log.sync()
    log.append(b"a long record that is lost")
    log.append(b"lost too")
    assert len(reader.read(0)) == 3
    fs.fail_sync = True
    with pytest.raises(OSError, match="input/output"):
        log.sync()
    for payload in (b"x", b"y", b"z"):
        log.append(payload)
    assert reader.read(2) == [(2, b"y"), (3, b"z")]
    assert reader.read(1) == [(1, b"x"), (2, b"y"), (3, b"z")]


def test_marks_of_a_tail_that_was_cut_mislead_nobody(fs, monkeypatch):
    monkeypatch.setattr(log_reader, "_MARK_BYTES", 20)
    log = SegmentLog.open(fs, "/log")
    reader = LogReader(fs, "/log")
    for number in range(3):
        log.append(b"first %d" % number)
    log.sync()
    for _ in range(5):
        log.append(b"a long record that is lost")
    assert len(reader.read(0)) == 8
    fs.fail_sync = True
    with pytest.raises(OSError, match="input/output"):
        log.sync()
    for number in range(20):
        log.append(b"%d" % number)
    for position in (7, 22, 3, 15, 1, 6):
        assert reader.read(position) == LogReader(fs, "/log").read(position)


def watched(monkeypatch):
    """Positions of the records that readers looked at from now on, to give them or to pass over them."""
    scanned, scan = [], segment.scan

    def counted(*where):
        for found in scan(*where):
            scanned.append(found.position)
            yield found

    monkeypatch.setattr(log_reader.segment, "scan", counted)
    return scanned


@pytest.mark.parametrize("segment_bytes", [1 << 20, 64 << 20])
def test_who_takes_less_than_was_read_or_reads_elsewhere_too_does_not_begin_anew(tmp_path, monkeypatch, segment_bytes):
    """A consumer that stops within a block; one that looks far ahead and comes back."""
    log = SegmentLog.open(OsFileSystem(), str(tmp_path), segment_bytes=segment_bytes)
    for _ in range(20_000):
        log.append(bytes(200))
    log.sync()
    scanned = watched(monkeypatch)
    reader = LogReader(OsFileSystem(), str(tmp_path))
    for position in range(0, 16_000, 1_000):
        assert reader.read(position, max_bytes=300_000)[0][0] == position
        assert reader.read(position + 4_000, max_bytes=1)[0][0] == position + 4_000
    asked, once, again = 16 * 1_500, 20_000, 32 * (log_reader._MARK_BYTES // 200)
    assert len(scanned) < asked + once + again


def test_the_segment_that_is_read_again_and_again_does_not_begin_anew_since_others_are_read_once(tmp_path, monkeypatch):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path), segment_bytes=1 << 20)
    while len(log.segments) < 20:
        for _ in range(1_000):
            log.append(bytes(200))
        log.sync()
    end = log.segments[0].next - 1
    scanned = watched(monkeypatch)
    reader = LogReader(OsFileSystem(), str(tmp_path))
    others = log.segments[1:]
    for other in others:
        assert reader.read(end, max_bytes=1)[0][0] == end
        assert reader.read(other.first, max_bytes=1)[0][0] == other.first
    once, again = end + 1, len(others) * (log_reader._MARK_BYTES // 200)
    assert sum(position <= end for position in scanned) < once + again


def test_another_process_reads_while_one_writes(tmp_path):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path), segment_bytes=1_000)
    reader = LogReader(OsFileSystem(), str(tmp_path))
    seen: list[tuple[int, bytes]] = []
    for number in range(200):
        log.append(b"%05d" % number)
        if number % 3 == 0:
            log.sync()
        if number % 7 == 0:
            seen += reader.read(len(seen))
    seen += reader.read(len(seen))
    assert seen == [(number, b"%05d" % number) for number in range(200)]
    log.close()


def test_what_the_disk_does_not_give_is_damage_and_no_more_than_that(tmp_path, monkeypatch):
    """A sector that cannot be read costs what stands in it; what is before and after it is read."""
    fs = OsFileSystem()
    log = SegmentLog.open(fs, str(tmp_path), segment_bytes=1 << 20)
    for number in range(20):
        log.append(b"%01000d" % number)
    log.sync()
    honest = OsFileSystem.read

    def read(self, handle, offset, size):
        if offset < 9_000 and offset + size > 8_500:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return honest(self, handle, offset, size)

    monkeypatch.setattr(OsFileSystem, "read", read)
    reader = LogReader(fs, str(tmp_path))
    assert [position for position, _ in reader.read(0, until=20)] == list(range(8))
    with pytest.raises(LogDamaged) as damage:
        reader.read(8, until=20)
    assert damage.value.position == 8
    resume = damage.value.resume
    assert resume <= 13
    assert [position for position, _ in reader.read(resume, until=20)] == list(range(resume, 20))
