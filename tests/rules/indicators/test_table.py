import random
from array import array
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import accumulate
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.indicators.table import NONE, Networks, Table, parents


def numbers(listed):
    return memoryview(array("I", listed))


def table(listed, width=0):
    order = sorted(listed, key=lambda value: (crc32(value), value))
    starts = numbers([] if width else accumulate(map(len, order), initial=0))
    keys = numbers(map(crc32, order))
    return Table(keys, starts, width, memoryview(b"".join(order)), numbers(range(len(order))))


def networks(listed):
    size = ip_network(listed[0]).max_prefixlen // 8
    order = sorted({ip_network(text).network_address.packed + bytes([ip_network(text).prefixlen]) for text in listed})
    keys = numbers(int.from_bytes(value[:4]) for value in order)
    count = numbers(range(len(order)))
    return Networks(keys, memoryview(b"".join(order)), numbers(parents(order)), count, size)


@given(st.sets(st.binary(max_size=12), max_size=40), st.lists(st.binary(max_size=12), max_size=20))
def test_what_is_in_is_found_and_nothing_else(inside, asked):
    made = table(inside)
    assert len(made) == len(inside)
    for value in [*inside, *asked]:
        found = made.find(value)
        assert (found >= 0) is (value in inside)
        assert found < 0 or made.value(found) == value


@given(st.sets(st.binary(min_size=20, max_size=20), min_size=1, max_size=40))
def test_values_of_one_length(inside):
    made = table(inside, 20)
    assert {made.value(made.find(value)) for value in inside} == inside


def test_a_table_of_nothing():
    assert table([]).find(b"x") == -1


def test_half_surrogates_are_in_no_table():
    made = table([b"x", "ü".encode()])
    assert made.find_text("ü") >= 0
    assert made.find_text("\ud800") == -1


# Four bytes after these make any CRC: 3,000 values of one CRC, as a poisoned list may have them.
def colliding(count, wanted=0x12345678):
    return [prefix + patch(prefix, wanted) for prefix in (f"{i:08d}".encode() for i in range(count))]


STEPS = [crc32(bytes([i])) ^ crc32(b"\0") for i in range(256)]
TOPS = {step >> 24: (index, step) for index, step in enumerate(STEPS)}


def patch(prefix, wanted):
    """Return four bytes that give prefix + them the CRC wanted."""
    state, indexes = wanted ^ 0xFFFFFFFF, []
    for _ in range(4):
        index, step = TOPS[state >> 24]
        indexes.append(index)
        state = ((state ^ step) << 8) & 0xFFFFFFFF
    now, patched = crc32(prefix) ^ 0xFFFFFFFF, bytearray()
    for index in reversed(indexes):
        patched.append((now ^ index) & 0xFF)
        now = (now >> 8) ^ STEPS[index]
    return bytes(patched)


def test_values_that_all_have_one_crc_are_found_by_a_binary_search(monkeypatch):
    inside = colliding(3_000)
    assert {crc32(value) for value in inside} == {0x12345678}
    made = table(inside)
    reads, plain = [], Table.value
    monkeypatch.setattr(Table, "value", lambda self, entry: reads.append(entry) or plain(self, entry))
    assert all(made.find(value) >= 0 for value in inside[::100])
    assert all(made.find(value) == -1 for value in colliding(3_030)[3_000:])
    assert len(reads) < 60 * 20


NESTED = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.1.9.0/24", "192.0.2.0/24", "0.0.0.0/0"]


@pytest.mark.parametrize(("address", "wanted"), [
    ("10.1.2.3", ["10.1.2.3/32", "10.1.2.0/24", "10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]),
    ("10.1.2.4", ["10.1.2.0/24", "10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]),
    ("10.1.5.5", ["10.1.0.0/16", "10.0.0.0/8", "0.0.0.0/0"]),
    ("11.0.0.0", ["0.0.0.0/0"]),
    ("255.255.255.255", ["0.0.0.0/0"]),
    ("0.0.0.0", ["0.0.0.0/0"]),
])  # fmt: skip
def test_networks_around_an_address_from_narrow_to_wide(address, wanted):
    made = networks(NESTED)
    found = made.around(ip_address(address).packed)
    assert [f"{ip_address(made.value(at)[:-1])}/{made.value(at)[-1]}" for at in found] == wanted


@pytest.mark.parametrize("bits", [32, 128])
def test_networks_are_those_that_hold_the_address(bits):
    draw = random.Random(bits)
    make = IPv4Address if bits == 32 else IPv6Address
    for _ in range(150):
        near = draw.choice((4, 8, bits))  # few bits: many networks within each other
        drawn = [make(draw.getrandbits(near) << draw.choice((0, bits - near))) for _ in range(draw.randint(1, 20))]
        listed = {ip_network((one.packed, draw.randint(0, bits)), strict=False) for one in drawn}
        made = networks([str(one) for one in listed])
        for one in [*drawn, *(make(draw.getrandbits(near)) for _ in range(5))]:
            found = [made.value(at) for at in made.around(one.packed)]
            wanted = {net.network_address.packed + bytes([net.prefixlen]) for net in listed if one in net}
            assert set(found) == wanted
            assert [value[-1] for value in found] == sorted((value[-1] for value in wanted), reverse=True)


def test_parents_stand_before_their_entries():
    order = sorted(ip_network(text).network_address.packed + bytes([ip_network(text).prefixlen]) for text in NESTED)
    found = [*parents(order)]
    assert found[0] == NONE
    assert all(parent < entry for entry, parent in enumerate(found) if parent != NONE)
    assert found.count(NONE) == 1
