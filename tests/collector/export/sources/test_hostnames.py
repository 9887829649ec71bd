from tramgac_collector import database
from tramgac_collector.export.sources.hostnames import Hostnames
from tramgac_collector.schema import HostRow

from tests.collector.judging.feed import HOST, OTHER, add_hosts


def test_names_are_asked_for_now_and_then(store):
    clock = [0.0]
    names = Hostnames(store, lambda: clock[0])
    assert names.of(HOST) == ""
    add_hosts(store, HOST)
    assert names.of(HOST) == ""
    clock[0] = 6
    assert names.of(HOST) == "pc-0"
    with database.session(store) as s:
        s.get_one(HostRow, HOST).hostname = "pc-9"
    clock[0] = 30
    assert names.of(HOST) == "pc-0"
    assert names.of(OTHER) == ""
    clock[0] = 100
    assert names.of(HOST) == "pc-9"
