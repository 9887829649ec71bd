import pytest
from tramgac_rules.errors import IndicatorError
from tramgac_rules.indicators import packing
from tramgac_rules.indicators.about import MAX_NOTE, About
from tramgac_rules.indicators.layout import TABLES
from tramgac_rules.indicators.opening import open_set
from tramgac_rules.indicators.packing import pack

from tests.rules.indicators.making import entry

EVERYTHING = [
    ("sha256", "ab" * 32), ("sha1", "ab" * 20), ("md5", "ab" * 16), ("imphash", "cd" * 16),
    ("address", "192.0.2.1"), ("address", "2001:db8::1"), ("network", "192.0.2.0/24"), ("network", "2001:db8::/32"),
    ("domain", "evil.com"), ("hostname", "a.b.evil.net"), ("url", "http://evil.com/ü"), ("path", "/tmp/x"),
    ("name", "evil.exe"),
]  # fmt: skip


def test_everything_comes_back():
    listed = {}
    for number, (kind, value) in enumerate(EVERYTHING):
        table, key = entry(kind, value)
        listed.setdefault(table, {})[key] = number
    abouts = [About("high", f"source {n % 2}", f"note ü {n}", n) for n in range(len(EVERYTHING))]
    made = open_set(pack(listed, abouts))
    assert set(listed) == set(TABLES)
    for table, values in listed.items():
        for value, number in values.items():
            found = made.networks[table] if table in made.networks else made.tables[table]
            assert found.value(0) == value
            assert made.abouts[found.about(0)] == abouts[number]
    assert made.labels == 2
    assert made.counts() == dict.fromkeys(TABLES, 1)


def test_a_set_of_nothing():
    made = open_set(pack({}, []))
    assert (made.counts(), len(made.abouts)) == ({}, 0)


def test_long_notes_are_cut_and_equal_texts_stand_once():
    many = pack({"name": {b"x": 0, b"y": 1}}, [About("low", "s", "n" * 10_000), About("low", "s", "n" * 10_000)])
    assert len(open_set(many).abouts[1].note) == MAX_NOTE
    assert len(many) < 3_000


def test_too_many_are_refused(monkeypatch):
    monkeypatch.setattr(packing, "MAX_ENTRIES", 1)
    with pytest.raises(IndicatorError, match="2 indicators, 1 are allowed"):
        pack({"name": {b"x": 0, b"y": 0}}, [About("low")])
