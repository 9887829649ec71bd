import json

import pytest
from tramgac_collector import database, host_ledger, hosts, proofs
from tramgac_collector.hosts import Gap
from tramgac_collector.ingest import Attestation
from tramgac_collector.refusals import HostUnknown
from tramgac_collector.schema import HostRow, LedgerRow, MissedRow
from tramgac_proto.names import time_text

HOST = "a" * 32


@pytest.fixture
def known(store, now):
    with database.session(store) as s:
        s.add(HostRow(id=HOST, hostname="pc-1", os_type="linux", agent_version="0", site="", serial="1", enrolled=now))
        s.flush()
        yield s


def account(s, lane=1, **changes):
    counts = {"emitted": 9, "acked": 7, "spooled": 2, "dropped": {}, **changes}
    s.add(LedgerRow(host=HOST, epoch=f"{5:016x}", lane=lane, time=1_000_000_000, **counts))
    s.flush()


def test_all_is_here_or_waits_there(known):
    account(known)
    known.add(MissedRow(host=HOST, class_name="filter", capability="file", first=1, last=2, count=4))
    proofs.keep(known, [Attestation(HOST, 7, 5, 1, 6, bytes(32), bytes(33), b"s")])
    told = host_ledger.ledger(known, HOST)
    assert (told["complete"], told["why_not"], told["name"]) == (True, [], "pc-1")
    (lane,) = told["lanes"]
    assert lane == {
        "epoch": f"{5:016x}",
        "lane": 1,
        "name": "urgent",
        "time": "1970-01-01T00:00:01Z",
        "emitted": 9,
        "acked": 7,
        "spooled": 2,
        "dropped": {},
        "resent": 0,
        "gone": 0,
        "balanced": True,
        "gaps": 0,
        "signed": {"sequence": 6, "time": time_text(7)},
    }
    json.dumps(told)


def test_each_loss_is_named(known, now, monkeypatch):
    monkeypatch.setattr(host_ledger, "GAPS_SHOWN", 1)
    account(known, emitted=10)
    account(known, lane=3, emitted=12, dropped={"spool_full": 3})
    for first in (4, 20):
        hosts.record_gap(known, HOST, Gap(6, 2, first, 3, "why"), now)
    known.add(MissedRow(host=HOST, class_name="agent_down", capability="", first=1, last=2, count=0))
    told = host_ledger.ledger(known, HOST)
    assert (told["complete"], told["why_not"]) == (False, ["unbalanced", "dropped", "gaps", "unwatched"])
    assert [(lane["name"], lane["balanced"], lane["gaps"]) for lane in told["lanes"]] == [
        ("security", True, 6),
        ("urgent", False, 0),
        ("bulk", True, 0),
    ]
    assert told["lanes"][0]["emitted"] is None
    assert ([gap["first"] for gap in told["gaps"]], told["gaps_total"]) == ([20], 2)


def test_a_host_that_is_not_known(known):
    with pytest.raises(HostUnknown):
        host_ledger.ledger(known, "b" * 32)


def test_what_a_restored_collector_did_not_get_back_keeps_it_from_being_complete(known):
    account(known, resent=4)
    assert host_ledger.ledger(known, HOST)["complete"]
    account(known, lane=2, resent=1, gone=3)
    told = host_ledger.ledger(known, HOST)
    assert (told["complete"], told["why_not"]) == (False, ["gone"])
    assert [(lane["resent"], lane["gone"]) for lane in told["lanes"]] == [(4, 0), (1, 3)]


def test_time_that_nobody_watched_is_told_apart_from_events_that_were_missed(known):
    account(known)
    known.add(MissedRow(host=HOST, class_name="agent_down", capability="", first=1, last=2_000_000_001, count=0))
    told = host_ledger.ledger(known, HOST)
    assert (told["complete"], told["why_not"], told["missed_seconds"]) == (False, ["unwatched"], {"agent_down": 2})
    known.add(MissedRow(host=HOST, class_name="ring_full", capability="process", first=1, last=2, count=3))
    assert host_ledger.ledger(known, HOST)["why_not"] == ["missed", "unwatched"]
