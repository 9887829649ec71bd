"""Where events stand in a batch, of events and of garbage, and where the chain comes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.batch import join
from tramgac_wire.chain import START, extend
from tramgac_wire.errors import BatchError, LimitError
from tramgac_wire.limits import MAX_EVENT_BYTES
from tramgac_wire.walk import borders, follow

BLOBS = st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.sampled_from([b"x" * 127, b"y" * 128])), max_size=8)


@given(BLOBS)
def test_each_event_is_found_and_the_chain_is_that_of_the_events_one_by_one(blobs: list[bytes]) -> None:
    data = join(blobs)
    found = borders(data, len(blobs))
    assert [data[event] for event in found] == blobs
    assert follow(data, found, START) == extend(START, blobs)


@pytest.mark.parametrize("size", [16_383, 16_384, MAX_EVENT_BYTES])
def test_long_events_pass_up_to_the_limit(size: int) -> None:
    blobs = [bytes(size), b"after"]
    data = join(blobs)
    assert [data[event] for event in borders(data, 2)] == blobs


@given(st.binary(max_size=40), st.integers(0, 6))
def test_garbage_is_events_that_fill_it_or_refused(data: bytes, count: int) -> None:
    try:
        found = borders(data, count)
    except (BatchError, LimitError):
        return
    assert len(found) == count
    assert join([data[event] for event in found]) == data or any(byte & 0x80 for byte in data)  # longer varints


@pytest.mark.parametrize(
    ("tail", "why"),
    [
        (b"\x80", "at byte 4 of 5 no length"),
        (b"\x80\x80", "at byte 4 of 6 no length"),
        (b"\x80\x80\x80\x01", "at byte 4 of 8 no length"),
        (b"\x05abc", "event 2 of 2 does not fit: 5 bytes, 3 are left"),
        (b"\x00", "event 2 of 2 does not fit: 0 bytes"),
        (b"\x01a\x01b", "event 3 of 2 does not fit"),
        (b"", "2 events were said, 1 are there"),
    ],
)
def test_a_torn_end_is_refused(tail: bytes, why: str) -> None:
    with pytest.raises(BatchError, match=why):
        borders(join([b"one"]) + tail, 2)


def test_an_event_above_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="event 1 of 1 has 256001 bytes"):
        borders(join([bytes(MAX_EVENT_BYTES + 1)]), 1)
