import random
import time

import pytest
from tramgac_wire import salvage, segment
from tramgac_wire.salvage import Place, Source

SALT = 7


def write(sizes, seed=1):
    """Records of random bytes one after another: the bytes, and where each begins."""
    rnd, raw, places = random.Random(seed), bytearray(), []
    for position, size in enumerate(sizes):
        places.append(Place(position, len(raw)))
        raw += segment.record(SALT, position, rnd.randbytes(size))
    return raw, places


def source(raw):
    return Source(lambda offset, size: bytes(raw[offset : offset + size]), len(raw), SALT)


def rest(raw, places, bad):
    """What is found after a bad record, and again after the next."""
    return salvage.find(source(raw), places[bad], len(places))


def test_a_payload_that_went_bad_costs_one_record():
    raw, places = write([300] * 9)
    raw[places[4].offset + 100] ^= 1
    assert rest(raw, places, 4) == places[5]


def test_the_last_but_one_and_the_last():
    raw, places = write([300] * 9)
    raw[places[7].offset + 20] ^= 1
    assert rest(raw, places, 7) == places[8]
    raw[places[8].offset + 20] ^= 1
    assert rest(raw, places, 7) is None
    assert rest(raw, places, 8) is None


@pytest.mark.parametrize("page", [b"\0", b"\xff", None], ids=["zeros", "ones", "noise"])
@pytest.mark.parametrize("size", [60, 700, 5_000])
def test_a_page_that_was_lost_costs_the_records_on_it_alone(size, page):
    raw, places = write([size] * (400_000 // size))
    lost = range(40_960, 45_056)
    for offset in lost:
        raw[offset] = random.Random(offset).randrange(256) if page is None else page[0]
    ends = [*(place.offset for place in places[1:]), len(raw)]
    bad = [place for place, end in zip(places, ends, strict=True) if place.offset < lost.stop and end > lost.start]
    assert rest(raw, places, bad[0].position) == places[bad[-1].position + 1]


def test_a_length_that_lies_leads_nowhere():
    raw, places = write([300] * 40)
    raw[places[4].offset : places[4].offset + 3] = (2 * 308 - 8).to_bytes(3, "little")  # as if to the next but one
    assert rest(raw, places, 4) == places[5]


def test_a_record_that_is_being_written_behind_it_is_in_nobody_s_way():
    raw, places = write([300] * 6)
    raw[places[4].offset : places[4].offset + 4] = bytes(4)
    assert salvage.find(source(raw[:-200]), places[4], 5) is None
    raw += segment.record(SALT, 6, bytes(range(1, 200)))[:-30]
    assert salvage.find(source(raw), places[4], 6) == places[5]


def test_nothing_at_or_above_the_limit_is_looked_for():
    raw, places = write([300] * 9)
    raw[places[4].offset] ^= 1
    assert salvage.find(source(raw), places[4], 5) is None


def test_records_inside_of_a_payload_are_none():
    """A host that sends copies of a log's records does not know the salt of the segment that it will land in."""
    inner = b"".join(segment.record(SALT + 1, position, b"forged") for position in range(9))
    records = [segment.record(SALT, *numbered) for numbered in enumerate((b"good", inner, b"next", b"last"))]
    raw, bad = bytearray(b"".join(records)), Place(1, len(records[0]))
    raw[bad.offset : bad.offset + 4] = bytes(4)
    assert salvage.find(source(raw), bad, 4) == Place(2, bad.offset + segment.FRAME_BYTES + len(inner))


def test_damage_without_end_costs_seconds(monkeypatch):
    monkeypatch.setattr(salvage, "_EFFORT", 1 << 20)
    noise = bytearray(random.Random(3).randbytes(1 << 20))
    for offset in range(0, 1 << 19, 64):  # what looks like records at every step
        noise[offset : offset + 4] = (56).to_bytes(4, "little")
    began = time.monotonic()
    assert salvage.find(source(noise), Place(0, 0), 1 << 40) is None
    assert time.monotonic() - began < 10
