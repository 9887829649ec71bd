from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire import segment

from tests.wire.simfs import SimFileSystem

PAYLOADS = st.lists(st.binary(min_size=1, max_size=50), max_size=8)


def make(payloads, first=5):
    start, salt = segment.header(first)
    raw = start + b"".join(segment.record(salt, first + n, payload) for n, payload in enumerate(payloads))
    return raw, salt


def scan(raw, salt, position=5, offset=segment.HEADER_BYTES):
    return list(segment.scan(lambda at, size: raw[at : at + size], salt, position, offset))


@given(PAYLOADS)
def test_what_is_recorded_is_found(payloads):
    raw, salt = make(payloads)
    found = scan(raw, salt)
    assert [record.payload for record in found] == payloads
    assert [record.position for record in found] == list(range(5, 5 + len(payloads)))
    assert (found[-1].end if found else segment.HEADER_BYTES) == len(raw)


@given(PAYLOADS, st.data())
def test_a_cut_or_a_flipped_bit_ends_the_scan_before_it(payloads, data):
    raw, salt = make(payloads)
    whole = scan(raw, salt)
    at = data.draw(st.integers(segment.HEADER_BYTES, len(raw)))
    before = [record for record in whole if record.end <= at]
    assert scan(raw[:at], salt) == before
    if at < len(raw):
        flipped = bytearray(raw)
        flipped[at] ^= 1 << data.draw(st.integers(0, 7))
        assert scan(bytes(flipped), salt) == before


def test_a_record_is_valid_at_its_own_position_and_salt_alone():
    raw, salt = make([b"a", b"b"])
    assert scan(raw, salt, position=6) == []
    assert scan(raw, salt ^ 1) == []
    second = segment.HEADER_BYTES + segment.FRAME_BYTES + 1
    assert [record.payload for record in scan(raw, salt, 6, second)] == [b"b"]


def test_zeros_are_no_record():
    raw, salt = make([])
    assert scan(raw + bytes(4096), salt) == []


def test_one_record_by_itself():
    raw, salt = make([b"payload"])
    record = raw[segment.HEADER_BYTES :]
    assert segment.length_of(record) == 7
    assert segment.intact(salt, 5, record)
    assert not segment.intact(salt, 6, record)
    assert not segment.intact(salt, 5, record[:-1])
    assert not segment.intact(salt, 5, record[: segment.FRAME_BYTES])
    for none in (b"", bytes(8), b"\xff" * 8, record[:7]):
        assert segment.length_of(none) == 0


def test_a_record_larger_than_a_read_is_found():
    raw, salt = make([b"x" * 3_000_000, b"y"])
    assert [len(record.payload) for record in scan(raw, salt)] == [3_000_000, 1]


def test_a_header_belongs_to_its_name():
    raw, salt = make([])
    assert segment.salt_of(raw, 5) == salt
    assert segment.salt_of(raw, 6) is None
    assert segment.salt_of(raw[:-1], 5) is None
    assert segment.salt_of(bytes(20), 5) is None


def test_only_segments_are_listed(rnd):
    fs = SimFileSystem(rnd)
    for name in (segment.name(16), segment.name(2), "head", "x.log", segment.name(2) + ".torn", "000000000000000G.log"):
        fs.create(f"/d/{name}")
    assert segment.firsts(fs, "/d") == [2, 16]
