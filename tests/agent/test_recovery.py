from pathlib import Path

import pytest
from tramgac_agent.errors import SpoolError
from tramgac_agent.frames import Frame
from tramgac_agent.frames import encode as encode_frame
from tramgac_agent.recovery import Books, Generation, decode_books, encode, last_books, read_frames, settle
from tramgac_wire.chain import START, extend
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog
from tramgac_wire.log_reader import LogReader


def books_with(written=0, watermark=0, acked=0, **dropped):
    books = Books(boot="b", age=7, epochs=[Generation(5)])
    book = books.epochs[0].lanes[2]
    book.written = book.emitted = written
    book.watermark, book.acked = watermark, acked
    book.dropped.update(dropped)
    return books


@pytest.fixture
def log(tmp_path):
    opened = SegmentLog.open(OsFileSystem(), str(tmp_path))
    yield opened
    opened.close()


def reader(tmp_path):
    return LogReader(OsFileSystem(), str(tmp_path))


def frame(first, count, epoch=5):
    return encode_frame(Frame(epoch, first, 0, START, (b"x",) * count))


def test_books_are_what_was_written():
    books = books_with(10, 4, 3, spool_full=1)
    books.floors[3] = 9
    books.past["spool_torn"] = 2
    again = decode_books(encode(books))
    assert (again.boot, again.age, again.floors, again.past) == (books.boot, 7, books.floors, books.past)
    assert again.epochs[0].lanes[2].dropped == {"spool_full": 1}
    assert again.epochs[0].lanes[2].written == 10


@pytest.mark.parametrize("record", [b"", b"{", b"[]", b"{}", b'{"boot": 1}', b"\xff"])
def test_a_damaged_record_is_said(record):
    with pytest.raises(SpoolError, match="damaged"):
        decode_books(record)


def test_the_last_good_record_counts(tmp_path, log):
    log.append(encode(books_with(1)))
    log.append(encode(books_with(2)))
    log.append(b"garbage")
    assert last_books(reader(tmp_path)).epochs[0].lanes[2].written == 2


def test_no_records_are_empty_books(tmp_path, log):
    assert last_books(reader(tmp_path)) == Books()


def test_frames_after_the_books_are_counted(tmp_path, log):
    log.append(frame(1, 10))
    log.append(frame(11, 5))
    books = books_with(10, 4, 4)
    read_frames(books, 2, reader(tmp_path), log.next)
    settle(books, torn=())
    book = books.epochs[0].lanes[2]
    assert (book.emitted, book.acked, book.spooled, dict(book.dropped)) == (15, 4, 11, {})
    assert book.chain == extend(START, [b"x"] * 5)


@pytest.mark.parametrize(("torn", "why"), [({2}, "spool_torn"), ({1, 3}, "spool_full")])
def test_what_is_neither_here_nor_acknowledged_is_given_up(tmp_path, log, torn, why):
    log.append(frame(1, 10))
    log.append(frame(15, 5))
    books = books_with()
    read_frames(books, 2, reader(tmp_path), log.next)
    settle(books, torn=torn)
    assert books.epochs[0].lanes[2].dropped == {why: 4}
    assert books.epochs[0].lanes[2].ledger.balanced


def test_frames_below_the_floor_were_given_up(tmp_path, log):
    log.append(frame(1, 10))
    log.append(frame(11, 5))
    books = books_with(15, spool_age=10)
    books.floors[2] = 1
    read_frames(books, 2, reader(tmp_path), log.next)
    settle(books, torn=())
    assert books.epochs[0].lanes[2].ledger.dropped == {"spool_age": 10}
    assert books.epochs[0].lanes[2].spooled == 5


def test_an_epoch_that_the_books_do_not_know_is_added(tmp_path, log):
    log.append(b"no frame")
    log.append(frame(1, 3, epoch=5))
    log.append(frame(1, 2, epoch=6))
    books = books_with()
    read_frames(books, 2, reader(tmp_path), log.next)
    settle(books, torn=())
    assert [one.epoch for one in books.epochs] == [5, 6]
    assert [one.lanes[2].spooled for one in books.epochs] == [3, 2]


@pytest.mark.parametrize(("floor", "proven"), [(2, True), (1, False), (0, False)])
def test_where_no_frame_is_left_the_books_must_know_that_they_were_given_up(tmp_path, log, floor, proven):
    log.append(frame(1, 10))
    log.append(frame(11, 5))
    log.clear()
    books = books_with(15, spool_full=15)
    books.floors[2] = floor
    assert read_frames(books, 2, reader(tmp_path), log.next)[:2] == (proven, False)


@pytest.mark.parametrize("bad", [frame(6, 5)[:-1], b"x", None])
def test_what_cannot_be_read_does_not_wait_though_nobody_has_said_so(tmp_path, bad):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path), segment_bytes=30)
    for record in (frame(1, 5), bad or frame(6, 5), frame(11, 5)):
        log.append(record)
        log.sync()
    if bad is None:
        path = Path(log.segments[1].path)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    books = books_with(15)
    found = read_frames(books, 2, reader(tmp_path), log.next)
    settle(books, torn={2} if found.damaged else ())
    book = books.epochs[0].lanes[2]
    assert (found[:2], book.spooled, dict(book.dropped)) == ((True, True), 10, {"spool_torn": 5})
    log.close()
