import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.errors import SpoolError
from tramgac_agent.frames import Frame, SpoolReader, decode, encode, header, scan
from tramgac_agent.spool import Spool
from tramgac_wire.chain import START
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog
from tramgac_wire.log_reader import LogReader

EVENTS = st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=20)


@given(
    st.integers(1, 2**64 - 1),
    st.integers(1, 2**63),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=32, max_size=32),
    EVENTS,
)
def test_a_frame_is_what_was_written(epoch, first, age, chain, events):
    frame = Frame(epoch, first, age, chain, tuple(events))
    record = encode(frame)
    assert decode(record) == frame
    assert (header(record).first, header(record).last) == (frame.first, frame.last)


@given(st.binary(max_size=200))
def test_garbage_is_refused(data):
    with pytest.raises(SpoolError, match="passed over"):
        decode(data)


def test_scan_passes_over_what_was_trimmed(tmp_path):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path), segment_bytes=100)
    for number in range(10):
        log.append(b"%d" % number * 50)
        log.sync()
    log.trim(4)
    assert [position for position, _ in scan(LogReader(OsFileSystem(), str(tmp_path)))] == list(range(log.first, 10))
    log.close()


@pytest.fixture
def spool(tmp_path):
    opened = Spool.open(tmp_path, cap_bytes=1 << 22, boot="b", now=lambda: 0)
    yield opened
    opened.close()


def put(spool, count, size=10):
    for _ in range(count):
        spool.put(2, bytes(size - 1) + b"x")
    spool.flush()


def test_a_batch_takes_whole_frames_within_its_limits(tmp_path, spool):
    for _ in range(10):
        put(spool, 100)
    reader = SpoolReader(OsFileSystem(), tmp_path)
    frames = reader.read(spool.epoch, 2, 1, until=1001, limits=(10**6, 350))
    assert [frame.first for frame in frames] == [1, 101, 201]
    frames = reader.read(spool.epoch, 2, 301, until=1001, limits=(2500, 10**6))
    assert [frame.first for frame in frames] == [301, 401]
    frames = reader.read(spool.epoch, 2, 501, until=601)
    assert [frame.first for frame in frames] == [501]
    assert reader.read(spool.epoch, 2, 1001, until=1001) == []


def test_a_frame_above_the_limit_goes_alone(tmp_path, spool):
    put(spool, 100)
    frames = SpoolReader(OsFileSystem(), tmp_path).read(spool.epoch, 2, 50, until=101, limits=(1, 1))
    assert [(frame.first, frame.last, frame.chain) for frame in frames] == [(1, 100, START)]


def test_another_epoch_is_not_read(tmp_path, spool):
    put(spool, 10)
    assert SpoolReader(OsFileSystem(), tmp_path).read(spool.epoch ^ 1, 2, 1, until=11) == []


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path):
    with pytest.raises(OSError, match="none"):
        SpoolReader(OsFileSystem(), tmp_path / "none").read(1, 2, 1, until=11)


def test_damaged_frames_are_passed_over(tmp_path, caplog):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path / "security"))
    whole = [encode(Frame(7, first, 0, START, (b"a", b"b"))) for first in (1, 3, 5, 7)]
    for record in (whole[0], whole[1][:-1], whole[2][:-1], whole[3]):
        log.append(record)
    reader = SpoolReader(OsFileSystem(), tmp_path)
    assert [frame.first for frame in reader.read(7, 2, 1, until=9)] == [1]
    assert [frame.first for frame in reader.read(7, 2, 3, until=9)] == [7]
    assert "security lane: spool: the frame of sequence 3 is damaged" in caplog.text
    log.close()
