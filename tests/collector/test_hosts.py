import pytest
from sqlalchemy import select
from tramgac_collector import database, hosts, outbox, tokens
from tramgac_collector.host_streams import Began, Ended, began, ended
from tramgac_collector.hosts import Finding, Gap
from tramgac_collector.refusals import HostAmbiguous, HostSpoke, HostUnknown
from tramgac_collector.schema import FindingRow, HostRow

HOST, OTHER = "a1" * 16, "b2" * 16
HOUR = 3_600_000_000_000


@pytest.fixture
def enrolled(store, now):
    """A store with one host."""
    with database.session(store) as s:
        secret, _ = tokens.create(s, uses=2, ttl_s=60, site="hue", by="an", now=now)
        hosts.enrol(s, HOST, "máy-1", "linux", "0.1.0", "aa01", tokens.redeem(s, secret, now), now)
    return store


def one(engine):
    with database.reading(engine) as s:
        return hosts.get(s, HOST)


def test_an_enrolled_host_is_allowed_by_its_certificate(enrolled):
    with database.reading(enrolled) as s:
        assert hosts.allowed(s, HOST, "aa01")
        assert not hosts.allowed(s, HOST, "aa02")
        assert not hosts.allowed(s, OTHER, "aa01")
        assert s.get_one(HostRow, HOST).site == "hue"


def test_many_are_asked_about_at_once(enrolled):
    with database.reading(enrolled) as s:
        asked = [(HOST, "aa02"), (OTHER, "aa01"), (HOST, "aa01"), (HOST, ""), ("\0", "\0"), (HOST, "aa01")]
        assert hosts.all_allowed(s, asked) == [False, False, True, False, False, True]


def test_a_renewed_certificate_leaves_the_one_before_until_the_next(enrolled):
    with database.session(enrolled) as s:
        hosts.renewed(s, HOST, "aa02")
        hosts.renewed(s, HOST, "aa02")
        assert hosts.allowed(s, HOST, "aa01")
        assert hosts.allowed(s, HOST, "aa02")
        hosts.renewed(s, HOST, "aa03", presented="aa01")
        assert hosts.allowed(s, HOST, "aa01"), "aa02 was never received"
        assert not hosts.allowed(s, HOST, "aa02")


def test_a_host_that_may_speak_no_longer(enrolled, now):
    with database.session(enrolled) as s:
        hosts.deactivate(s, HOST, now)
        assert not hosts.allowed(s, HOST, "aa01")
        hosts.activate(s, HOST, now)
        assert hosts.allowed(s, HOST, "aa01")


def test_enrolling_again_keeps_history_and_ends_the_old_certificate(enrolled, now):
    with database.session(enrolled) as s:
        hosts.record_gap(s, HOST, Gap(7, 2, 5, 3, "spool_full"), now)
        secret, _ = tokens.create(s, uses=1, ttl_s=60, site="da-nang", by="an", now=now)
        hosts.enrol(s, HOST, "máy-2", "linux", "0.2.0", "bb01", tokens.redeem(s, secret, now), now)
        assert not hosts.allowed(s, HOST, "aa01")
        assert hosts.allowed(s, HOST, "bb01")
    assert (one(enrolled)["name"], one(enrolled)["completeness"]["gaps_total"]) == ("máy-2", 1)


def test_last_seen_never_goes_back(enrolled, now):
    with database.session(enrolled) as s:
        hosts.seen(s, {HOST: now + 10, OTHER: now})
        hosts.seen(s, {HOST: now + 5})
        assert s.get_one(HostRow, HOST).last_seen == now + 10


def test_a_gap_is_written_once(enrolled, now):
    with database.session(enrolled) as s:
        assert hosts.record_gap(s, HOST, Gap((1 << 64) - 1, 3, 10, 5, "spool_full"), now)
        assert not hosts.record_gap(s, HOST, Gap((1 << 64) - 1, 3, 10, 5, "spool_full"), now + 1)
        assert hosts.record_gap(s, HOST, Gap(1, 3, 10, (1 << 64) - 1, "spool_full"), now)
        assert not hosts.record_gap(s, OTHER, Gap(1, 3, 10, 5, "spool_full"), now), "nobody of that name"
        assert [row.topic for row in outbox.after(s, 0)] == ["host"] * 3
    gaps = one(enrolled)["completeness"]["gaps"]
    assert [gap["epoch"] for gap in gaps] == ["f" * 16, "0" * 15 + "1"]


def test_a_rogue_host_has_no_more_gaps_than_are_kept(enrolled, now, monkeypatch):
    monkeypatch.setattr(hosts, "MAX_GAPS", 3)
    with database.session(enrolled) as s:
        told = [hosts.record_gap(s, HOST, Gap(1, 3, 10 * n, 5, "given up"), now) for n in range(1, 7)]
    assert told == [True] * 3 + [False] * 3
    listed = one(enrolled)
    assert listed["completeness"]["gaps_total"] == 3
    assert [(finding["kind"], finding["count"]) for finding in listed["findings"]] == [("gaps_too_many", 3)]


def test_findings_of_a_kind_are_counted(enrolled, now):
    with database.session(enrolled) as s:
        for step in range(3):
            hosts.record_finding(s, HOST, "chain_broken", f"lane 2, try {step}", now + step)
        row = s.scalars(select(FindingRow)).one()
    assert (row.count, row.detail, row.first, row.last) == (3, "lane 2, try 2", now, now + 2)


def test_many_findings_are_written_at_once(enrolled, now):
    found = [
        Finding(HOST, "odd", "late\0", now + 2),
        Finding(HOST, "odd", "early", now),
        Finding(HOST, "even", "", now),
    ]
    with database.session(enrolled) as s:
        hosts.record_findings(s, found)
    with database.reading(enrolled) as s:
        rows = s.scalars(select(FindingRow).order_by(FindingRow.kind)).all()
    assert [(row.kind, row.detail, row.first, row.last, row.count) for row in rows] == [
        ("even", "", now, now, 1),
        ("odd", "early", now + 2, now + 2, 2),
    ]


def test_content_reports(enrolled, now):
    with database.session(enrolled) as s:
        hosts.record_content(s, HOST, version=5, loaded=False, reason="tampered", current=4, now=now)
    assert [one(enrolled)[name] for name in ("bundle", "content_refused", "content_reason")] == [4, 5, "tampered"]
    with database.session(enrolled) as s:
        hosts.record_content(s, HOST, version=6, loaded=True, reason="", current=6, now=now)
    assert [one(enrolled)[name] for name in ("bundle", "content_refused", "content_reason")] == [6, 0, ""]


def test_a_host_that_never_spoke_is_forgotten(enrolled, now):
    with database.session(enrolled) as s:
        hosts.forget(s, HOST, now)
    with database.reading(enrolled) as s:
        assert hosts.listing(s) == []
        assert not hosts.allowed(s, HOST, "aa01"), "its certificate opens nothing"


def test_a_host_that_spoke_is_not_forgotten(enrolled, now):
    with database.session(enrolled) as s:
        began(s, [Began(HOST, now, "x")])
        ended(s, [Ended(HOST, now)])
        with pytest.raises(HostSpoke, match="revoke"):
            hosts.forget(s, HOST, now)
    assert one(enrolled)["id"] == HOST


def test_an_unknown_host_is_named(store, now):
    with database.session(store) as s:
        for call in (
            lambda: hosts.get(s, OTHER),
            lambda: hosts.renewed(s, OTHER, "aa"),
            lambda: hosts.deactivate(s, OTHER, now),
            lambda: hosts.forget(s, OTHER, now),
        ):
            with pytest.raises(HostUnknown, match=OTHER):
                call()


def test_changes_go_to_the_outbox(enrolled, now):
    with database.session(enrolled) as s:
        hosts.deactivate(s, HOST, now)
        assert [(row.topic, row.payload) for row in outbox.after(s, 0)] == [("host", {"id": HOST})] * 2


def test_a_host_is_found_as_people_mean_it(enrolled, now):
    with database.session(enrolled) as s:
        for host, name in ((OTHER, "máy-2"), ("c3" * 16, "máy-2"), (OTHER[:30] + "00", "deadbeef")):
            secret, _ = tokens.create(s, uses=1, ttl_s=60, site="", by="an", now=now)
            hosts.enrol(s, host, name, "linux", "0.1.0", "01", tokens.redeem(s, secret, now), now)
        assert hosts.find(s, "máy-1") == hosts.find(s, HOST[:8]) == hosts.find(s, HOST) == HOST
        assert hosts.find(s, "d4" * 16) == "d4" * 16, "events outlive their host"
        assert hosts.find(s, "deadbeef") == OTHER[:30] + "00", "a name may look like the beginning of an id"
        with pytest.raises(HostAmbiguous, match="any of several hosts") as error:
            hosts.find(s, "máy-2")
        assert error.value.params == {"id": "máy-2", "found": [OTHER, "c3" * 16]}
        with pytest.raises(HostAmbiguous):
            hosts.find(s, OTHER[:30])
        for nobody in ("máy", "MÁY-1", HOST[:7], "", "%", "_" * 8, HOST[:8].upper()):
            with pytest.raises(HostUnknown, match="tramgac hosts"):
                hosts.find(s, nobody)
