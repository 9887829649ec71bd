"""One pass says what `split` and `extend` say, of events and of garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.batch import join, split
from tramgac_wire.chain import START, extend
from tramgac_wire.errors import BatchError, LimitError
from tramgac_wire.limits import MAX_EVENT_BYTES
from tramgac_wire.walk import walk

BLOBS = st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.sampled_from([b"x" * 127, b"y" * 128])), max_size=8)


@given(BLOBS, st.integers(0, 8))
def test_the_chain_is_that_of_the_events_one_by_one(blobs: list[bytes], skip: int) -> None:
    there, end = walk(join(blobs), len(blobs), START, min(skip, len(blobs)))
    assert there == extend(START, blobs[:skip])
    assert end == extend(START, blobs)


@pytest.mark.parametrize("size", [16_383, 16_384, MAX_EVENT_BYTES])
def test_long_events_pass_up_to_the_limit(size: int) -> None:
    blobs = [bytes(size), b"after"]
    assert walk(join(blobs), 2, START)[1] == extend(START, blobs)


def _fault(look: object, data: bytes, count: int) -> tuple[type[Exception], str] | None:
    try:
        look(data, count)
    except (BatchError, LimitError) as error:
        return type(error), str(error)
    return None


@given(st.binary(max_size=40), st.integers(0, 6))
def test_garbage_is_refused_with_the_same_words(data: bytes, count: int) -> None:
    assert _fault(lambda *of: walk(*of, START), data, count) == _fault(split, data, count)


@pytest.mark.parametrize("tail", [b"\x80", b"\x80\x80", b"\x80\x80\x80\x01", b"\x05abc", b"\x00"])
def test_a_torn_end_is_refused_with_the_same_words(tail: bytes) -> None:
    data = join([b"one"]) + tail
    said = _fault(lambda *of: walk(*of, START), data, 2)
    assert said is not None
    assert said == _fault(split, data, 2)


def test_an_event_above_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="event 1 of 1 has 256001 bytes"):
        walk(join([bytes(MAX_EVENT_BYTES + 1)]), 1, START)
