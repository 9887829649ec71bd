import json

from tramgac_collector import database, host_listing, hosts
from tramgac_collector.hosts import Gap
from tramgac_collector.schema import HostRow

CONTRACT = {"id", "name", "os", "agent_version", "last_seen", "skew_ms", "sensors", "completeness", "bundle"}


def add(s, host, name, now):
    s.add(HostRow(id=host, hostname=name, os_type="linux", agent_version="0", site="", serial="1", enrolled=now))
    s.flush()


def test_hosts_are_listed_by_name_with_the_stable_keys(store, now):
    with database.session(store) as s:
        for number, name in enumerate(["c", "a", "b"]):
            add(s, f"{number:032x}", name, now)
        told = host_listing.listing(s)
    assert [host["name"] for host in told] == ["a", "b", "c"]
    assert set(told[0]) >= CONTRACT
    assert set(told[0]["completeness"]) >= {"emitted", "acked", "spooled", "dropped", "missed", "gaps"}
    assert told[0]["last_seen"] is None
    json.dumps(told)


def test_the_newest_gaps_are_shown_and_all_are_counted(store, now, monkeypatch):
    monkeypatch.setattr(host_listing, "GAPS_SHOWN", 2)
    with database.session(store) as s:
        add(s, "a" * 32, "a", now)
        add(s, "b" * 32, "b", now)
        for first in (1, 10, 20):
            hosts.record_gap(s, "a" * 32, Gap(1, 2, first, 3, "spool_full"), now)
        told = host_listing.listing(s)
    assert [gap["first"] for gap in told[0]["completeness"]["gaps"]] == [10, 20]
    assert [host["completeness"]["gaps_total"] for host in told] == [3, 0]
    assert told[0]["completeness"]["as_of"] is None
