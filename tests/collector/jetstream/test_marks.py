import pytest
from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.entry import Mark, encode, encode_snapshot
from tramgac_collector.jetstream import marks

from tests.collector.jetstream.conftest import HOST, Lane


def test_a_mark_comes_back():
    mark = Mark((1 << 64) - 1, bytes(range(32)))
    assert marks.decode(marks.encode(mark)) == mark


def test_a_batch_makes_the_mark_of_its_last_event():
    batch, chain = Lane().batch(5, gap=2)
    assert marks.of_batch(encode(HOST, 1, 0, chain, batch)) == Mark(7, chain)


@pytest.mark.parametrize("data", [b"", b"x" * 39, b"x" * 41])
def test_what_is_no_mark_is_refused(data):
    with pytest.raises(LogDamaged):
        marks.decode(data)


@pytest.mark.parametrize("data", [b"", b"\x01", encode_snapshot({})])
def test_what_is_no_batch_is_refused(data):
    with pytest.raises(LogDamaged):
        marks.of_batch(data)
