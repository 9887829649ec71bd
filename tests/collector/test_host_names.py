import pytest
from tramgac_collector import database, host_names, hosts, tokens
from tramgac_collector.search.parsing import parse

NAMES = {"ab" * 16: "PC-1", "cd" * 16: "pc-1", "ef" * 16: "máy-2"}


@pytest.fixture
def enrolled(store, now):
    with database.session(store) as s:
        for serial, (number, name) in enumerate(NAMES.items()):
            _, token = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=now)
            hosts.enrol(s, number, name, "linux", "0.1.0", f"0{serial}", token, now)
    return store


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("PC-1", ["PC-1"]),
        ("pc-*", ["PC-1", "pc-1"]),
        ("abababab", ["PC-1"]),
        ("abab", []),
        ("máy-2", ["máy-2"]),
        ("má?-2", ["máy-2"]),
        ("none", []),
    ],
)
def test_who_is_meant(enrolled, written, meant):
    with database.session(enrolled) as s:
        found = host_names.fitting(s, parse(f"host:{written}").node.check)
    assert sorted(NAMES[each] for each in found) == meant
