import mmap
import os
import struct
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_agent.sensors.linux.bpf import ring as module
from tramgac_agent.sensors.linux.bpf.ring import Ring

SIZE = 4096


class Writer:
    """The kernel's side, on a file in memory laid out as the kernel lays out a ring."""

    def __init__(self):
        self.fd = os.memfd_create("ring")
        os.ftruncate(self.fd, 2 * mmap.PAGESIZE + SIZE)
        self.map = mmap.mmap(self.fd, 0)
        self.position = 0

    def room(self):
        return SIZE - (self.position - struct.unpack_from("<Q", self.map)[0])

    def put(self, payload, flags=0):
        """False where the kernel would say that the ring is full."""
        size = (8 + len(payload) + 7) & ~7
        if size > self.room():
            return False
        self._write(self.position, struct.pack("<II", len(payload) | flags, 0) + payload)
        self.position += size
        struct.pack_into("<Q", self.map, mmap.PAGESIZE, self.position)
        return True

    def _write(self, position, data):
        for i, byte in enumerate(data):
            self.map[2 * mmap.PAGESIZE + ((position + i) % SIZE)] = byte

    def finish(self, position, length):
        self._write(position, struct.pack("<I", length))


class NoPoll:
    """A file cannot be polled: the wake-up is tested on the real ring (test_source.py)."""

    def register(self, *_): ...
    def poll(self, *_): ...
    def close(self): ...


def make_pair():
    writer = Writer()
    with patch.object(module.select, "epoll", NoPoll):
        return writer, Ring(writer.fd, SIZE)


@pytest.fixture
def pair():
    return make_pair()


def drained(ring, budget=1000):
    found = []
    ring.drain(budget, lambda view: found.append(bytes(view)))
    return found


def test_records_in_order_and_none_twice(pair):
    writer, ring = pair
    writer.put(b"one")
    writer.put(b"twotwotwo")
    assert drained(ring) == [b"one", b"twotwotwo"]
    assert drained(ring) == []
    ring.close()


def test_one_that_is_being_written_holds_back_those_behind_it(pair):
    writer, ring = pair
    writer.put(b"first")
    at = writer.position
    writer.put(b"second", flags=1 << 31)
    writer.put(b"third")
    assert drained(ring) == [b"first"]
    writer.finish(at, 6)
    assert drained(ring) == [b"second", b"third"]


def test_one_that_was_thrown_away_is_passed_over(pair):
    writer, ring = pair
    writer.put(b"x", flags=1 << 30)
    writer.put(b"y")
    assert drained(ring) == [b"y"]


def test_a_budget_leaves_the_rest_for_later(pair):
    writer, ring = pair
    for i in range(5):
        writer.put(bytes([i]))
    assert drained(ring, 2) == [b"\0", b"\1"]
    assert drained(ring) == [b"\2", b"\3", b"\4"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.binary(min_size=1, max_size=900), st.booleans()), max_size=60))
def test_whatever_is_written_comes_out_also_around_the_end(records):
    writer, ring = make_pair()
    put, got = [], []
    for payload, drain_now in records:
        if writer.put(payload):
            put.append(payload)
        if drain_now:
            got += drained(ring)
    got += drained(ring)
    assert got == put
    assert writer.room() == SIZE
    ring.close()
