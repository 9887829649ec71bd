import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.entry import Entry, Mark, Snapshot, decode, encode, encode_snapshot
from tramgac_wire.batch import pack

HOST = "0123456789abcdef" * 2
U64 = st.integers(0, 2**64 - 1)


@given(received=U64, skip=st.integers(0, 2), chain=st.binary(min_size=32, max_size=32))
def test_a_batch_comes_back_as_it_went_in(received, skip, chain):
    batch = pack(5, 1, 10, bytes(32), [b"a", b"b", b"c"])
    entry = decode(3, encode(HOST, received, skip, chain, batch))
    assert entry == Entry(3, HOST, received, skip, chain, batch)
    assert list(entry.events()) == [(10, b"a"), (11, b"b"), (12, b"c")][skip:]


@given(
    st.dictionaries(
        st.tuples(st.binary(min_size=16, max_size=16).map(bytes.hex), U64, st.integers(1, 3)),
        st.builds(Mark, U64, st.binary(min_size=32, max_size=32)),
        max_size=20,
    )
)
def test_a_snapshot_comes_back_as_it_went_in(marks):
    assert decode(0, encode_snapshot(marks)) == Snapshot(0, marks)


@pytest.mark.parametrize("payload", [b"", b"\x09newer", b"\x01short", b"\x02\x00\x00\x00\x05" + bytes(65)])
def test_what_is_no_record_says_so(payload):
    with pytest.raises(LogDamaged, match=r"record 7|snapshot of 5"):
        decode(7, payload)
