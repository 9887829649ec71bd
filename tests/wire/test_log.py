import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_wire import segment
from tramgac_wire.errors import LimitError, LogDamaged, LogFailed, LogTrimmed
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.limits import MAX_RECORD
from tramgac_wire.log import LogReader, SegmentLog

from tests.tools.examples import examples
from tests.wire.logmodel import Violation, run
from tests.wire.simfs import FullDisk, NoDirectorySync, NoSync, NoTruncate, SimFileSystem


@settings(max_examples=examples(60))
@given(st.randoms(use_true_random=False))
def test_no_crash_and_no_error_anywhere_breaks_a_promise(random):
    run(random)


def test_many_histories():
    crashes = sum(run(Random(seed)).crashes for seed in range(200))
    assert crashes > 1_000


@pytest.mark.parametrize("bug", [NoSync, NoDirectorySync, NoTruncate])
def test_a_planted_bug_is_found(bug):
    with pytest.raises((Violation, LogDamaged, FileNotFoundError)):  # noqa: PT012 - some seed finds it
        for seed in range(500):
            run(Random(seed), bug)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "log")


def fill(log, payloads):
    for payload in payloads:
        log.append(payload)
        log.sync()


def test_positions_are_dense_from_zero_and_survive_opening(folder):
    log = SegmentLog.open(OsFileSystem(), folder)
    assert (log.first, log.next, log.synced, log.repair) == (0, 0, 0, None)
    assert [log.append(b"a"), log.append(b"b")] == [0, 1]
    assert (log.next, log.synced) == (2, 0)
    assert log.sync() == 2
    log.close()
    log = SegmentLog.open(OsFileSystem(), folder)
    assert (log.next, log.synced, log.repair) == (2, 2, None)
    assert log.append(b"c") == 2
    log.close()


def test_segments_are_closed_at_their_size_once_synced(folder):
    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=64)
    for _ in range(9):
        log.append(b"x" * 10)
    assert len(log.segments) == 1
    log.sync()
    log.append(b"y")
    assert [(part.first, part.next) for part in log.segments] == [(0, 9), (9, 10)]
    assert log.size == sum(part.size for part in log.segments)
    log.close()


def test_trim_removes_whole_segments_and_never_the_last(folder):
    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=30)
    fill(log, [b"x" * 20] * 5)
    assert len(log.segments) == 5
    assert log.trim(0) == 0
    assert log.trim(2) == 2
    assert log.trim(99) == 4
    assert log.next == 5
    log.close()
    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=30)
    assert (log.first, log.next) == (4, 5)
    log.close()


def test_clearing_gives_up_everything_without_any_room_and_positions_go_on(rnd):
    fs = FullDisk(rnd)
    log = SegmentLog.open(fs, "/log", segment_bytes=30)
    fill(log, [b"x" * 20] * 3)
    reader = LogReader(fs, "/log")
    assert reader.read(2) == [(2, b"x" * 20)]
    fs.room = fs.used
    assert log.clear() == 3
    assert log.clear() == 3, "there is nothing to give up"
    assert (log.first, log.next, log.synced, len(log.segments)) == (3, 3, 3, 1)
    assert fs.used == log.size == segment.HEADER_BYTES
    assert log.append(b"y") == 3
    log.sync()
    with pytest.raises(LogTrimmed):
        reader.read(2)
    assert reader.read(3) == [(3, b"y")]
    fs.crash()
    log = SegmentLog.open(fs, "/log", segment_bytes=30)
    assert (log.first, log.next, log.repair) == (3, 4, None)


@pytest.mark.parametrize("refused", ["rename", "sync_directory", "write"])
def test_a_clearing_that_is_refused_leaves_the_records(rnd, refused):
    fs = SimFileSystem(rnd)
    log = SegmentLog.open(fs, "/log")
    fill(log, [b"one", b"two"])
    honest = getattr(fs, refused)

    def refuse(*_):
        setattr(fs, refused, honest)
        raise OSError(5, "input/output error")

    setattr(fs, refused, refuse)
    with pytest.raises(OSError, match="input/output"):
        log.clear()
    assert log.append(b"three") == 2
    log.sync()
    fs.crash()
    assert LogReader(fs, "/log").read(0) == [(0, b"one"), (1, b"two"), (2, b"three")]


def test_each_segment_opens_with_what_the_caller_wants_there(folder):
    calls = []

    def opening(position):
        calls.append(position)
        return b"snapshot"

    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=40, opening=opening)
    assert log.append(b"x" * 20) == 1
    log.sync()
    assert log.append(b"y") == 3
    assert calls == [0, 2]
    log.close()
    assert LogReader(OsFileSystem(), folder).read(2) == [(2, b"snapshot"), (3, b"y")]
    SegmentLog.open(OsFileSystem(), folder, segment_bytes=40, opening=opening).close()
    assert calls == [0, 2]


def test_a_torn_tail_is_cut_and_said(folder, tmp_path):
    log = SegmentLog.open(OsFileSystem(), folder)
    fill(log, [b"one", b"two", b"three"])
    log.close()
    path = tmp_path / "log" / "0000000000000000.log"
    path.write_bytes(path.read_bytes()[:-2])
    log = SegmentLog.open(OsFileSystem(), folder)
    assert log.repair is not None
    assert (log.repair.position, log.repair.cut_bytes) == (2, 11)
    assert log.append(b"3") == 2
    log.close()


def test_a_torn_start_is_put_aside(folder, tmp_path):
    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=30)
    fill(log, [b"x" * 20, b"y" * 20])
    log.close()
    last = tmp_path / "log" / "0000000000000001.log"
    last.write_bytes(last.read_bytes()[:10])
    log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=30)
    assert log.repair is not None
    assert (log.repair.position, log.next) == (1, 1)
    assert log.append(b"again") == 1
    fill(log, [b"z" * 40, b"more"])
    aside = tmp_path / "log" / "0000000000000001.log.torn"
    log.trim(1)
    assert log.first == 1
    assert aside.exists()
    log.trim(log.next)
    log.close()
    assert not aside.exists()


def test_random_bytes_in_the_files_never_stop_the_log_from_opening(folder, tmp_path, rnd):
    for _ in range(30):
        log = SegmentLog.open(OsFileSystem(), folder, segment_bytes=60)
        fill(log, [b"x" * 20] * 4)
        log.close()
        victim = rnd.choice(sorted((tmp_path / "log").glob("*.log")))
        raw = bytearray(victim.read_bytes())
        for _ in range(3):
            raw[rnd.randrange(len(raw))] = rnd.randrange(256)
        victim.write_bytes(raw)


def test_a_failed_append_leaves_the_log_as_it_was(rnd):
    fs = SimFileSystem(rnd)
    log = SegmentLog.open(fs, "/log")
    log.append(b"one")
    fs.fail_write = True
    with pytest.raises(OSError, match="no space"):
        log.append(b"two")
    assert log.append(b"2") == 1
    log.sync()
    fs.crash()
    assert LogReader(fs, "/log").read(0) == [(0, b"one"), (1, b"2")]


def test_a_failed_sync_takes_back_what_it_did_not_save(rnd):
    fs = SimFileSystem(rnd)
    log = SegmentLog.open(fs, "/log")
    fill(log, [b"one"])
    log.append(b"lost")
    fs.fail_sync = True
    with pytest.raises(OSError, match="input/output"):
        log.sync()
    assert (log.next, log.synced) == (1, 1)
    fill(log, [b"two"])
    fs.crash()
    assert LogReader(fs, "/log").read(0) == [(0, b"one"), (1, b"two")]


def test_a_log_that_cannot_take_back_is_broken_until_opened(rnd):
    fs = SimFileSystem(rnd)
    log = SegmentLog.open(fs, "/log")
    log.append(b"lost")
    fs.fail_sync = True
    fs.truncate = None  # type: ignore[assignment]

    def truncate(handle, size):
        raise OSError(5, "input/output error")

    fs.truncate = truncate
    with pytest.raises(LogFailed, match="open it again"):
        log.sync()
    with pytest.raises(LogFailed):
        log.append(b"more")


def test_a_closed_log_takes_nothing(folder):
    log = SegmentLog.open(OsFileSystem(), folder)
    log.close()
    log.close()
    with pytest.raises(LogFailed, match="closed"):
        log.append(b"x")


def test_records_have_limits(folder):
    log = SegmentLog.open(OsFileSystem(), folder)
    for payload in (b"", b"x" * (MAX_RECORD + 1)):
        with pytest.raises(LimitError):
            log.append(payload)
    assert log.next == 0
    log.close()


def test_a_second_process_is_kept_out(folder):
    log = SegmentLog.open(OsFileSystem(), folder)
    program = (
        "import sys; from tramgac_wire.fs import OsFileSystem; from tramgac_wire.log import SegmentLog\n"
        "SegmentLog.open(OsFileSystem(), sys.argv[1]).close()"
    )
    other = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=False)
    assert "LogBusy" in other.stderr
    assert "end it first" in other.stderr
    log.close()
    subprocess.run([sys.executable, "-c", program, folder], check=True)
