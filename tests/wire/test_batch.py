import contextlib
import resource

import pytest
from backports.zstd import CompressionParameter, ZstdCompressor, compress
from hypothesis import given
from hypothesis import strategies as st
from tramgac_proto.session_pb2 import Batch
from tramgac_wire.batch import join, pack, split, unpack
from tramgac_wire.dictionary import train
from tramgac_wire.errors import BatchError, LimitError, NoDictionary
from tramgac_wire.limits import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES

BLOBS = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=20)
ZEROS = bytes(32)


def batch(blobs=(b"one", b"two"), **changes):
    made = pack(7, 2, 1, ZEROS, blobs)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@given(BLOBS)
def test_what_is_packed_is_unpacked(blobs):
    made = pack(7, 2, 5, b"p" * 32, blobs, gap=4)
    assert unpack(Batch.FromString(made.SerializeToString())) == blobs
    assert (made.epoch, made.lane, made.first, made.count, made.gap) == (7, 2, 5, len(blobs), 4)
    assert made.size == len(join(blobs))


@given(BLOBS, st.integers(-2, 2), st.data())
def test_a_wrong_count_or_a_cut_anywhere_is_refused(blobs, off, data):
    raw = join(blobs)
    if off:
        with pytest.raises(BatchError):
            split(raw, len(blobs) + off)
    with pytest.raises(BatchError):
        split(raw[: data.draw(st.integers(0, len(raw) - 1))], len(blobs))


@given(st.binary(max_size=200), st.integers(0, 30))
def test_garbage_is_events_or_a_typed_error(raw, count):
    with contextlib.suppress(BatchError, LimitError):
        assert len(split(raw, count)) == count
    with pytest.raises(BatchError):
        unpack(batch(events=raw))


def test_an_empty_event_is_refused():
    with pytest.raises(BatchError):
        split(b"\x00", 1)


def test_the_largest_batch_passes_and_one_byte_more_does_not():
    big = b"x" * (MAX_EVENT_BYTES - 6_006)
    rest = MAX_BATCH_BYTES - len(join([big, big, big])) - 3
    assert unpack(pack(1, 1, 1, ZEROS, [big, big, big, b"y" * rest]))[-1] == b"y" * rest
    with pytest.raises(LimitError, match=str(MAX_BATCH_BYTES)):
        pack(1, 1, 1, ZEROS, [big, big, big, b"y" * (rest + 1)])


def test_too_many_none_or_too_large_events_are_not_packed():
    assert len(unpack(pack(1, 1, 1, ZEROS, [b"e"] * MAX_BATCH_EVENTS))) == MAX_BATCH_EVENTS
    for blobs in ([b"e"] * (MAX_BATCH_EVENTS + 1), [], [b""], [b"x" * (MAX_EVENT_BYTES + 1)]):
        with pytest.raises(LimitError):
            pack(1, 1, 1, ZEROS, blobs)


def test_limits_are_checked_before_anything_is_read():
    with pytest.raises(LimitError, match="the limits are"):
        unpack(batch(size=MAX_BATCH_BYTES + 1))
    with pytest.raises(LimitError):
        unpack(batch(count=MAX_BATCH_EVENTS + 1))
    with pytest.raises(LimitError):
        unpack(batch(events=b"x" * 1_300_000))
    raw = join([b"x" * (MAX_EVENT_BYTES + 1)])
    with pytest.raises(LimitError, match="limit is"):
        unpack(batch(events=compress(raw), size=len(raw), count=1))


@pytest.mark.parametrize("changes", [{"first": 0}, {"count": 0}, {"previous": b"short"}, {"dictionary": 9}])
def test_a_batch_without_its_parts_is_refused(changes):
    with pytest.raises(BatchError):
        unpack(batch(**changes))


def test_a_decompression_bomb_takes_no_memory():
    compressor = ZstdCompressor()
    bomb = b"".join(compressor.compress(bytes(1_000_000)) for _ in range(400)) + compressor.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LimitError, match="larger than"):
        unpack(batch(events=bomb))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8_000  # kB


def test_a_frame_that_asks_for_a_huge_window_is_refused():
    options = {CompressionParameter.window_log: 27, CompressionParameter.content_size_flag: 0}
    compressor = ZstdCompressor(options=options)
    data = compressor.compress(join([b"one"])) + compressor.flush()
    with pytest.raises(BatchError, match="no zstd data"):
        unpack(batch(blobs=[b"one"], events=data))


@pytest.mark.parametrize("size", [1, 7, 9])
def test_a_size_that_is_not_true_is_refused(size):
    assert batch().size == 8
    with pytest.raises((BatchError, LimitError)):
        unpack(batch(size=size))


def test_what_follows_the_events_is_refused():
    made = batch()
    with pytest.raises(BatchError, match="follows"):
        unpack(batch(events=made.events + compress(b"more")))


@pytest.fixture(scope="module")
def dictionary():
    return train([b"/usr/bin/program --option=%d /home/an/%d " % (n % 7, n) * 6 for n in range(300)], 2_000)


@given(BLOBS)
def test_what_is_packed_with_a_dictionary_is_unpacked_by_whoever_knows_it(dictionary, blobs):
    made = Batch.FromString(pack(7, 2, 5, b"p" * 32, blobs, dictionary=dictionary).SerializeToString())
    assert made.dictionary == dictionary.number
    assert unpack(made, {dictionary.number: dictionary}) == blobs
    with pytest.raises(NoDictionary, match="send it without") as refused:
        unpack(made, {3: dictionary})
    assert refused.value.number == dictionary.number


def test_a_dictionary_pays(dictionary):
    blobs = [b"/usr/bin/program --option=5 /home/an/4711 "]
    assert len(pack(1, 1, 1, ZEROS, blobs, dictionary=dictionary).events) < len(batch(blobs).events) - 20


def test_with_a_dictionary_too_memory_is_bounded_and_garbage_refused(dictionary):
    known = {dictionary.number: dictionary}
    bomb = pack(1, 1, 1, ZEROS, [bytes(250_000)] * 3, dictionary=dictionary)
    with pytest.raises(LimitError, match="larger than"):
        unpack(batch(events=bomb.events, dictionary=dictionary.number), known)
    with pytest.raises(BatchError):
        unpack(batch(events=b"garbage", dictionary=dictionary.number), known)
    with pytest.raises(BatchError):  # it was compressed with one and does not say so
        unpack(batch(events=pack(1, 1, 1, ZEROS, [b"/usr/bin/program"] * 9, dictionary=dictionary).events))
