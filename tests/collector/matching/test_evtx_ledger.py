import re
import struct

import pytest
from tramgac_collector.matching.evtx_ledger import Ledger, numbers

CHUNK = 65_536


def header(count, following=0, *, oldest=0, flags=0):
    return struct.pack("<8sQQQIHHHH76xI", b"ElfFile\x00", oldest, 0, following, 128, 1, 3, 4096, count, flags)


def chunk(first, last):
    return struct.pack("<8sQQQQ", b"ElfChnk\x00", first, last, first, last).ljust(CHUNK, b"\x00")


ONE, TWO, THREE, NOTHING = chunk(1, 10), chunk(11, 20), chunk(21, 30), bytes(CHUNK)


@pytest.mark.parametrize(("head", "chunks", "lost"), [
    (header(3, 31), [ONE, TWO, THREE], None),
    (header(3, 31), [ONE, TWO, THREE, NOTHING, NOTHING], None),  # room for more
    (header(3, 31), [ONE, TWO], "3 (10 records)"),
    (header(3, 31), [ONE], "2-3 (20 records)"),
    (header(3, 31), [ONE, TWO, NOTHING, NOTHING], "3 (10 records)"),
    (header(3, 31), [ONE, NOTHING, THREE], "2 (10 records)"),
    (header(3, 31), [NOTHING, TWO], "1 (10 records), 3 (10 records)"),
    (header(3, 31), [], "1-3 (30 records)"),
    (header(3, 31), [ONE, b"junk", THREE], None),  # told as a chunk without its mark
    (header(3, 31), [b"junk", NOTHING, THREE], "2"),
    (header(1, 2), [], "1 (1 record)"),
    (header(3, 900_000), [ONE, TWO], "3"),  # more than a chunk can hold: a header that is wrong
    (header(3, 31, oldest=2), [chunk(11, 20), TWO], "3"),  # the log began again at its start
    (header(1, 5, flags=1), [ONE, TWO], None),
    (header(9, 5, flags=1), [ONE, TWO, NOTHING], None),  # dirty: what it says may be of before
    (header(1, 5, flags=1), [ONE, NOTHING, THREE], "2 (10 records)"),
    (header(1, 5), [ONE, TWO], None),
    (header(0), [], None),
    (header(12), [ONE] + [NOTHING, ONE] * 6, "2, 4, 6, 8, 10, …"),
])  # fmt: skip
def test_chunks_that_are_lost(head, chunks, lost):
    ledger = Ledger.of(head)
    assert [ledger.take(each) for each in chunks] == [each is not NOTHING for each in chunks]
    told = ledger.end()
    assert (told and told.en) == (lost and f"chunks of the event log are missing or all zeros: {lost}")
    assert (told and told.vi) == (lost and f"nhật ký sự kiện có khối bị thiếu hoặc toàn số 0: {vietnamese(lost)}")


def vietnamese(told):
    return re.sub("records?", "bản ghi", told)


def test_the_numbers_of_a_chunk():
    assert numbers(THREE) == (21, 31)
    assert numbers(chunk(2**64 - 1, 2**64 - 1)) == (0, 0)
    assert numbers(THREE[:9]) == (0, 1)
