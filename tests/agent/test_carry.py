import pytest
from tramgac_agent import carry
from tramgac_agent.carry import Waiting, waiting
from tramgac_agent.frames import Frame, encode
from tramgac_agent.ledger import LaneBook
from tramgac_wire.chain import START
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import LogReader, SegmentLog

EVENTS = [b"%d" % number for number in range(9)]


@pytest.fixture
def book():
    made = LaneBook()
    for event in EVENTS:
        made.emit(event)
    return made


@pytest.fixture
def log(tmp_path, book):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path))
    for first in (1, 4, 7):
        record = encode(Frame(7, first, 0, START, tuple(EVENTS[first - 1 : first + 2])))
        book.stored(log.append(record[:-1] if first == 4 else record), first, 3, 0)
    yield log
    log.close()


def test_what_waits_is_read_back_and_what_is_damaged_is_named(tmp_path, book, log):
    book.ack(1)
    found = list(waiting(LogReader(OsFileSystem(), str(tmp_path)), book))
    assert found == [Waiting(2, 3, (b"1", b"2")), Waiting(4, 6, None), Waiting(7, 9, (b"6", b"7", b"8"))]


def test_it_is_done_by_and_by(tmp_path, book, log, monkeypatch):
    monkeypatch.setattr(carry, "CARRY_FRAMES", 1)
    assert [found.last for found in waiting(LogReader(OsFileSystem(), str(tmp_path)), book)] == [3]
