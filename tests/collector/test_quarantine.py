import json

import pytest
from tramgac_collector import alerts, audit, database, host_listing, hosts, quarantine
from tramgac_collector.refusals import HostUnknown
from tramgac_collector.schema import HostRow

HOST = "a" * 32
MINUTE = 60_000_000_000


@pytest.fixture
def known(store, now):
    with database.session(store) as s:
        s.add(HostRow(id=HOST, hostname="pc-1", os_type="linux", agent_version="0", site="", serial="1", enrolled=now))
    return store


def impose(store, now, reason="flood", detail="it went on"):
    with database.session(store) as s:
        return quarantine.impose(s, HOST, reason, detail, now, 10 * MINUTE)


def test_people_are_told_once_and_it_is_audited(known, now):
    until = impose(known, now)
    assert until == now + 10 * MINUTE
    assert impose(known, now + MINUTE) == until, "one in force stays as it is"
    with database.reading(known) as s:
        [alert] = alerts.page(s, alerts.Filters(), None).items
        told = alerts.detail(s, alert["id"])
        [row] = audit.page(s)
        assert quarantine.active(s, now) == {HOST: (until, "flood")}
        assert quarantine.active(s, until) == {}
    assert (alert["title"], alert["hostname"], alert["level"]) == ("Agent in quarantine", "pc-1", "high")
    assert "went on sending" in told["events"][0]["fields"]["message"]
    assert "it went on" in told["why"][0]["value"]
    assert (row.actor, row.action, row.object) == ("tramgac", "host.quarantine", HOST)
    assert json.loads(row.detail)["reason"] == "flood"


def test_each_in_a_week_is_longer_up_to_a_day_and_none_is_for_ever(known, now):
    lengths = []
    for _ in range(8):
        until = impose(known, now)
        lengths.append((until - now) // MINUTE)
        now = until
    assert lengths == [10, 40, 160, 640, 1440, 1440, 1440, 1440]
    later = now + quarantine.FORGET_NS
    assert impose(known, later) == later + 10 * MINUTE


def test_a_person_ends_it_and_only_one_that_is(known, now):
    impose(known, now)
    with database.session(known) as s:
        assert hosts.release(s, HOST, now + MINUTE)
        assert not hosts.release(s, HOST, now + MINUTE)
        assert quarantine.active(s, now + MINUTE) == {}
        with pytest.raises(HostUnknown):
            hosts.release(s, "b" * 32, now)


def test_a_host_that_is_not_known_gets_none(store, now):
    with database.session(store) as s:
        assert quarantine.impose(s, HOST, "flood", "", now, MINUTE) == now
        assert quarantine.active(s, 0) == {}


def test_it_is_listed_while_it_lasts(known, now, monkeypatch):
    until = impose(known, now)
    for moment, shown in ((now, "flood"), (until, None)):
        monkeypatch.setattr(host_listing.time, "time_ns", lambda moment=moment: moment)
        with database.reading(known) as s:
            [row] = host_listing.listing(s)
        assert (row["quarantine"] and row["quarantine"]["reason"]) == shown
