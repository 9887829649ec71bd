import errno
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from tramgac_agent import spool as module
from tramgac_agent.errors import EventTooLarge
from tramgac_agent.frames import SpoolReader, encode
from tramgac_agent.spool import Spool, segment_bytes
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.limits import MAX_EVENT_BYTES

from tests.wire.simfs import FullDisk, SimFileSystem

SECOND = 1_000_000_000
CAP = 1 << 20
LANES = (1, 2, 3)


class Clock:
    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def open_spool(folder, clock, *, boot="boot", cap=CAP, **options):
    return Spool.open(Path(folder), cap_bytes=cap, boot=boot, now=clock, **options)


def fill(spool, lane, count, size=1000):
    for number in range(count):
        spool.put(lane, b"%06d" % number + bytes(size - 6))
    spool.flush()


def test_sequences_begin_at_one_in_each_lane(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    assert [spool.put(lane, b"x") for lane in (1, 2, 2, 3)] == [1, 1, 2, 1]
    assert spool.flush() == {1: 2, 2: 3, 3: 2}
    assert spool.heads() == (spool.epoch, {1: (1, 2), 2: (1, 3), 3: (1, 2)})
    spool.close()


def test_what_is_not_flushed_is_not_announced(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    spool.put(2, b"x")
    assert spool.heads()[1][2] == (1, 1)
    spool.close()


@pytest.mark.parametrize("size", [0, MAX_EVENT_BYTES + 1])
def test_an_event_that_no_batch_could_carry_is_refused(tmp_path, clock, size):
    spool = open_spool(tmp_path, clock)
    with pytest.raises(EventTooLarge, match="limit"):
        spool.put(2, bytes(size))
    assert spool.ledger()[2].emitted == 0
    spool.close()


@pytest.mark.parametrize(("boot", "clean", "same"), [("a", False, True), ("b", False, False), ("b", True, True)])
def test_the_epoch_goes_on_if_its_last_sequence_is_proven(tmp_path, clock, boot, clean, same):
    spool = open_spool(tmp_path, clock, boot="a")
    fill(spool, 2, 10)
    if clean:
        spool.close()
    again = open_spool(tmp_path, clock, boot=boot)
    assert (again.epoch == spool.epoch) is same
    assert again.heads()[1][2] == (1, 11)
    assert again.heads()[0] == spool.epoch
    assert again.put(2, b"next") == (11 if same else 1)
    again.close()


def test_a_torn_tail_begins_a_new_epoch(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    fill(spool, 2, 10)
    log = next((tmp_path / "security").glob("*.log"))
    with log.open("ab") as file:
        file.write(b"half a rec")
    again = open_spool(tmp_path, clock)
    assert again.epoch != spool.epoch
    assert again.heads() == (spool.epoch, {2: (1, 11)})
    again.close()


def test_a_last_frame_that_is_damaged_begins_a_new_epoch(tmp_path, clock, monkeypatch):
    spool = open_spool(tmp_path, clock)
    fill(spool, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr(module, "encode", lambda frame: encode(frame)[:-1])
        fill(spool, 2, 2)
    spool.close()
    again = open_spool(tmp_path, clock)
    assert again.epoch != spool.epoch
    again.lost(spool.epoch, 2, 4, 5)
    again.acked(spool.epoch, 2, 3)
    assert again.heads()[0] == again.epoch
    assert again.past == {"spool_torn": 2}
    again.close()


def test_urgent_events_of_the_present_epoch_go_before_an_older_one(tmp_path, clock):
    old = open_spool(tmp_path, clock, boot="a")
    fill(old, 2, 3)
    spool = open_spool(tmp_path, clock, boot="b")
    assert spool.heads()[0] == old.epoch
    fill(spool, 1, 1)
    assert spool.heads()[0] == old.epoch  # it was only just turned to
    spool.acked(old.epoch, 2, 1)
    assert spool.heads()[0] == spool.epoch
    spool.acked(spool.epoch, 1, 1)
    clock.now += module.STAY_S * SECOND - 1
    assert spool.heads()[0] == spool.epoch  # each turn is another stream
    clock.now += 1
    assert spool.heads()[0] == old.epoch
    fill(spool, 1, 1)
    assert spool.heads()[0] == old.epoch
    clock.now += module.STAY_S * SECOND
    assert spool.heads()[0] == spool.epoch
    spool.acked(spool.epoch, 1, 2)
    clock.now += module.STAY_S * SECOND
    spool.acked(old.epoch, 2, 3)
    assert spool.heads()[0] == spool.epoch
    spool.close()


def test_above_the_cap_the_oldest_of_the_lowest_lane_goes_first_and_is_counted(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    fill(spool, 3, 400)
    fill(spool, 2, 400)
    fill(spool, 1, 100)
    fill(spool, 3, 400)
    spool.enforce()
    assert spool.size <= CAP
    books = spool.ledger()
    assert all(book.balanced for book in books.values())
    assert books[3].dropped["spool_full"] > 0
    assert not books[2].dropped
    assert not books[1].dropped
    assert spool.heads()[1][3][0] == books[3].dropped["spool_full"] + 1
    spool.close()


def test_urgent_events_are_the_last_to_go(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    for _ in range(30):
        for lane in LANES:
            fill(spool, lane, 100)
        spool.enforce()
    books = spool.ledger()
    assert all(book.balanced for book in books.values())
    assert sum(books[1].dropped.values()) > 0  # 3 MB of urgent events do not fit into 1 MB
    assert books[1].spooled > books[2].spooled
    spool.close()


def test_age_counts_the_time_that_the_agent_ran(tmp_path, clock):
    spool = open_spool(tmp_path, clock, age_s=100)
    fill(spool, 2, 5)
    clock.now += 60 * SECOND
    spool.enforce()
    fill(spool, 2, 5)
    spool.close()
    clock.now += 10**9 * SECOND  # a clock that jumped while nobody ran is no age
    again = open_spool(tmp_path, clock, age_s=100)
    again.enforce()
    assert again.ledger()[2].spooled == 10
    clock.now += 101 * SECOND
    again.enforce()
    assert again.ledger()[2].dropped == {"spool_age": 10}
    assert again.heads()[1][2] == (11, 11)
    again.close()


def test_given_up_events_stay_given_up_after_a_crash(tmp_path, clock):
    spool = open_spool(tmp_path, clock, age_s=10)
    fill(spool, 2, 5)
    clock.now += 20 * SECOND
    spool.enforce()
    again = open_spool(tmp_path, clock, age_s=10)
    assert again.ledger() == spool.ledger()
    assert again.heads() == spool.heads()
    again.close()


def test_acknowledged_segments_are_removed(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    fill(spool, 2, 900)
    size = spool.size
    spool.acked(spool.epoch, 2, 850)
    assert spool.size < size / 2
    assert spool.ledger()[2].acked == 850
    spool.acked(spool.epoch, 2, 10**9)  # never given by us
    spool.acked(12345, 2, 1)
    assert spool.ledger()[2].acked == 850
    spool.close()


def test_the_books_do_not_grow(tmp_path, clock):
    spool = open_spool(tmp_path, clock)
    for number in range(1, 600):
        fill(spool, 2, 1, size=10)
        spool.acked(spool.epoch, 2, number)
        clock.now += SECOND
        spool.enforce()
    assert sum(path.stat().st_size for path in (tmp_path / "books").iterdir()) < 200_000
    spool.close()


def test_on_a_full_disk_bulk_makes_room_for_urgent_and_everything_is_counted(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 3, 500)
    fs.room = fs.used
    fill(spool, 1, 200)
    fill(spool, 2, 100)
    books = spool.ledger()
    assert books[1].spooled == 200
    assert not books[1].dropped
    assert books[3].dropped["spool_full"] > 0
    assert all(book.balanced for book in books.values())
    assert "space" in spool.trouble


def test_on_a_full_disk_the_file_that_is_being_written_gives_way_to_a_higher_lane(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 3, 30)
    fill(spool, 2, 10)
    fs.room = fs.used
    fill(spool, 1, 20)
    books = spool.ledger()
    assert (books[1].spooled, books[2].spooled, books[3].spooled) == (20, 10, 0)
    assert books[3].dropped == {"spool_full": 30}
    fs.kill()
    again = open_spool("/spool", clock, fs=fs)
    assert (again.epoch, again.ledger()) == (spool.epoch, books)
    assert again.put(3, b"next") == 31
    fill(again, 1, 25)
    assert again.ledger()[2].dropped == {"spool_full": 10}, "then the next lane above"


def test_a_lane_gives_way_to_itself_only_where_nothing_waits_in_it(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 3, 30)
    fs.room = fs.used
    fill(spool, 3, 1)
    assert spool.ledger()[3].dropped == {"spool_full": 1}
    spool.acked(spool.epoch, 3, 31)
    fill(spool, 3, 20)
    book = spool.ledger()[3]
    assert (book.acked, book.spooled, book.dropped, book.balanced) == (30, 20, {"spool_full": 1}, True)
    assert spool.heads()[1][3] == (32, 52)


class NoRoomForBooks(FullDisk):
    def write(self, handle, offset, data):
        if any(file is self._handles[handle] and "/books/" in path for path, file in self._cached.items()):
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(handle, offset, data)


def test_a_lane_that_was_given_up_and_not_booked_is_not_continued(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 3, 30)
    fs.room, fs.__class__ = fs.used, NoRoomForBooks
    fill(spool, 1, 20)
    assert spool.ledger()[3].spooled == 0
    fs.kill()
    fs.room, fs.__class__ = fs.FREE, FullDisk
    again = open_spool("/spool", clock, fs=fs)
    assert again.epoch != spool.epoch
    assert again.heads() == (spool.epoch, {1: (1, 21)})


@pytest.mark.root
@pytest.mark.parametrize("cap", [4 << 20, 256 << 20])  # with segments of 64 KiB, and with one a lane
def test_on_a_really_full_disk_urgent_events_stay_and_the_rest_is_counted(tmp_path, clock, cap):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", tmp_path], check=True)
    try:
        spool = open_spool(tmp_path / "spool", clock, cap=cap)
        fill(spool, 3, 1_000)
        fill(spool, 2, 600)
        for _ in range(10):
            fill(spool, 1, 50)
        books = spool.ledger()
        assert (books[1].spooled, dict(books[1].dropped)) == (500, {})
        assert books[3].dropped["spool_full"] > 0
        assert all(book.balanced for book in books.values())
        assert "No space left on device" in spool.trouble
        subprocess.run(["mount", "-o", "remount,size=16m", tmp_path], check=True)
        fill(spool, 3, 100)
        assert spool.ledger()[3].spooled == books[3].spooled + 100
        reader, (first, end) = SpoolReader(OsFileSystem(), tmp_path / "spool"), spool.heads()[1][1]
        frames = reader.read(spool.epoch, 1, first, until=end)
        assert sum(len(frame.blobs) for frame in frames) == 500
        spool.close()
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_where_nothing_can_make_room_the_new_events_are_given_up_counted(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 2, 5)
    fs.room = 0
    fill(spool, 2, 7)
    assert spool.ledger()[2].dropped == {"spool_full": 7}
    fs.room = 10**9
    fill(spool, 2, 3)
    assert spool.ledger()[2].spooled == 8
    frames = SpoolReader(fs, Path("/spool")).read(spool.epoch, 2, 6, until=16)
    assert [(frame.first, frame.last) for frame in frames] == [(13, 15)]
    again = open_spool("/spool", clock, fs=fs)
    assert again.epoch == spool.epoch
    assert again.ledger()[2] == spool.ledger()[2]


def test_opening_on_a_full_disk_begins_a_new_epoch_rather_than_none(clock):
    fs = FullDisk(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 2, 5)
    fs.room = 0
    again = open_spool("/spool", clock, fs=fs)
    assert again.epoch != spool.epoch
    assert again.heads() == (spool.epoch, {2: (1, 6)})


def test_a_refused_sync_is_counted_and_begins_a_new_epoch(clock):
    fs = SimFileSystem(Random(1))
    spool = open_spool("/spool", clock, fs=fs)
    fill(spool, 2, 5)
    old = spool.epoch
    fs.fail_sync = True
    spool.flush(durable=True)
    assert spool.epoch != old
    assert spool.past == {"spool_torn": 5}
    assert spool.put(2, b"x") == 1
    assert "error" in spool.trouble


def test_segments_are_small_in_a_small_spool():
    assert segment_bytes(1 << 20) == 64 << 10
    assert segment_bytes(256 << 20) == 4 << 20


WRITER = """
import sys, time
from pathlib import Path
from tramgac_agent.spool import Spool
spool = Spool.open(Path(sys.argv[1]), cap_bytes=1 << 26, boot="same", now=time.monotonic_ns)
while True:
    for _ in range(20):
        last = spool.put(2, b"%d " % (spool.ledger()[2].emitted + 1) + bytes(1000))
    spool.flush()
    print(spool.epoch, last, flush=True)
"""


def test_killed_at_any_time_what_was_flushed_is_there(tmp_path, clock):
    said = []
    for lines in (1, 7, 40):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        said += [writer.stdout.readline() for _ in range(lines)]
        writer.kill()
        said += [line for line in writer.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
    spool = open_spool(tmp_path, clock, boot="same", cap=1 << 26)
    promised = {}
    for line in said:
        epoch, last = map(int, line.split())
        promised[epoch] = max(promised.get(epoch, 0), last)
    reader = SpoolReader(OsFileSystem(), tmp_path)
    for epoch, last in promised.items():
        first = 1
        while first <= last:
            frames = reader.read(epoch, 2, first, until=1 << 60)
            for offset, blob in enumerate(blob for frame in frames for blob in frame.blobs):
                assert blob.startswith(b"%d " % (first + offset))
            first = frames[-1].last + 1
    assert all(book.balanced for book in spool.ledger().values())
    spool.close()
