import hashlib

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tramgac_collector import audit, database, samples
from tramgac_collector.samples import ASKS, AT_ONCE, DAY, LEASE, PRIORITY_ALERT, PRIORITY_DROPPED, PRIORITY_RUN, Ask
from tramgac_collector.schema import SampleRow
from tramgac_wire.limits import MAX_SAMPLE

from tests.tools.examples import examples

A, B, C = "a" * 32, "b" * 32, "c" * 32
X, Y, Z = (hashlib.sha256(text).hexdigest() for text in (b"x", b"y", b"z"))
NOW = 1_790_000_000_000_000_000


def want(engine, sha256, host, priority=PRIORITY_RUN, now=NOW):
    with database.session(engine) as s:
        return samples.want(s, sha256, host, priority, now).state


def lease(engine, hosts, now=NOW, limit=64):
    with database.session(engine) as s:
        return samples.lease(s, hosts, now, limit)


def state(engine, sha256):
    with database.reading(engine) as s:
        return s.get_one(SampleRow, sha256).state


def test_the_fleet_is_asked_once(store):
    for host in (A, B, A):
        want(store, X, host)
    asks = lease(store, [A, B])
    assert [(ask.sha256, ask.limit) for ask in asks] == [(X, MAX_SAMPLE)]
    assert lease(store, [A, B]) == []


def test_only_hosts_that_are_connected_are_asked(store):
    want(store, X, A)
    assert lease(store, [B]) == lease(store, []) == []
    assert lease(store, [A, B]) == [Ask(A, X, MAX_SAMPLE)]


def test_what_is_in_an_alert_comes_first(store):
    want(store, X, A, PRIORITY_RUN)
    want(store, Y, A, PRIORITY_DROPPED)
    want(store, Z, A, PRIORITY_RUN)
    want(store, Z, A, PRIORITY_ALERT)
    assert [ask.sha256 for ask in lease(store, [A])] == [Z, Y, X]


def test_a_lease_that_is_over_goes_to_another_host(store):
    want(store, X, A)
    want(store, X, B)
    first = lease(store, [A, B])[0].host
    assert lease(store, [A, B], NOW + LEASE - 1) == []
    second = lease(store, [A, B], NOW + LEASE)[0].host
    assert {first, second} == {A, B}


def test_a_refusal_goes_to_the_next_host_and_then_ends(store):
    want(store, X, A)
    want(store, X, B)
    for reason in ("gone", "budget"):
        host = lease(store, [A, B])[0].host
        with database.session(store) as s:
            samples.refused(s, X, host, reason)
    assert lease(store, [A, B]) == []
    with database.reading(store) as s:
        row = s.get_one(SampleRow, X)
        assert (row.state, row.reason) == ("refused", "budget, gone")
    assert want(store, X, C) == "wanted", "a host that was not asked yet"
    assert lease(store, [A, B, C]) == [Ask(C, X, MAX_SAMPLE)]


def test_a_silent_host_is_not_asked_for_ever(store):
    want(store, X, A)
    for number in range(ASKS):
        assert len(lease(store, [A], NOW + number * LEASE)) == 1
    assert lease(store, [A], NOW + ASKS * LEASE) == []
    assert state(store, X) == "refused"


def test_a_host_that_went_away_is_asked_again_when_it_is_back(store):
    want(store, X, A)
    lease(store, [A])
    with database.session(store) as s:
        samples.release(s, [B])
    assert lease(store, [A]) == []
    with database.session(store) as s:
        samples.release(s, [A])
    assert lease(store, [A]) == [Ask(A, X, MAX_SAMPLE)]
    with database.session(store) as s:
        samples.release(s)
    assert state(store, X) == "wanted"


def test_one_host_has_few_asks_at_a_time(store):
    for number in range(10):
        want(store, f"{number:064x}", A)
    assert len(lease(store, [A])) == AT_ONCE
    with database.session(store) as s:
        samples.received(s, f"{0:064x}", 10, NOW)
    assert len(lease(store, [A])) == 1


def test_a_busy_host_does_not_hide_the_others(store):
    for number in range(30):
        want(store, f"{number:064x}", A, PRIORITY_ALERT)
    want(store, X, B)
    lease(store, [A], limit=4)
    assert lease(store, [A, B], limit=4) == [Ask(B, X, MAX_SAMPLE)]


def test_budgets_of_host_and_fleet(store, monkeypatch):
    monkeypatch.setattr(samples, "HOST_BUDGET", 1000)
    monkeypatch.setattr(samples, "MAX_SAMPLE", 600)
    for number in range(4):
        want(store, f"{number:064x}", A)
    assert [ask.limit for ask in lease(store, [A])] == [600, 400]
    with database.session(store) as s:
        for number in range(2):
            samples.received(s, f"{number:064x}", 500, NOW)
    assert lease(store, [A]) == []
    assert len(lease(store, [A], NOW + DAY + 1)) == 2
    monkeypatch.setattr(samples, "FLEET_BUDGET", 600)
    want(store, X, B)
    assert lease(store, [B], NOW + DAY + 1) == []


def test_only_what_was_asked_of_a_host_is_taken(store):
    want(store, X, A)
    with database.reading(store) as s:
        assert samples.asked_of(s, A, X, NOW) == 0
    lease(store, [A])
    with database.reading(store) as s:
        assert samples.asked_of(s, A, X, NOW) == MAX_SAMPLE
        assert samples.asked_of(s, B, X, NOW) == 0
        assert samples.asked_of(s, A, X, NOW + LEASE) == 0
        assert samples.asked_of(s, A, Y, NOW) == 0


def test_what_was_received_is_scanned_and_scanned_again_with_other_rules(store):
    want(store, X, A)
    want(store, Y, A)
    lease(store, [A])
    with database.session(store) as s:
        samples.received(s, X, 10, NOW)
        samples.received(s, X, 99, NOW)
        assert [row.sha256 for row in samples.to_scan(s)] == [X]
        assert samples.standing(s) == {"samples": 1, "waiting": 1, "again": 0}
        row = samples.scanned(s, X, "r1", [{"rule": "bad", "strings": []}], "", NOW)
        assert (row.state, row.size, row.source) == ("scanned", 10, A)
        assert samples.to_scan(s) == []
        assert samples.to_scan_again(s, "r1") == []
        samples.received(s, Y, 10, NOW)
        assert [row.sha256 for row in samples.to_scan(s)] == [Y]
        assert samples.to_scan_again(s, "r2") == [X]
        assert samples.to_scan_again(s, "r2", after=X) == []
        assert samples.standing(s) == {"samples": 2, "waiting": 1, "again": 0}
        audit.write(s, "tramgac", samples.SCAN_AGAIN, "r2", {}, NOW)
        assert samples.scanning_with(s) == "r2"
        assert samples.standing(s)["again"] == 1
        audit.write(s, "tramgac", samples.SCANNED_AGAIN, "r2", {}, NOW)
        assert samples.standing(s)["again"] == 0


def test_a_sample_that_was_lost_is_asked_for_again(store):
    want(store, X, A)
    lease(store, [A])
    with database.session(store) as s:
        samples.received(s, X, 10, NOW)
        samples.lost(s, X)
    assert lease(store, [A]) == [Ask(A, X, MAX_SAMPLE)]


@pytest.mark.parametrize("reason", ["", "x" * 5000, "a\x00\ud800"])
def test_a_host_s_reasons_are_data(store, reason):
    with database.session(store) as s:
        samples.refused(s, X, A, "of nothing")
        samples.received(s, X, 5, NOW)
    want(store, X, A)
    lease(store, [A])
    with database.session(store) as s:
        samples.refused(s, X, A, reason)
    assert state(store, X) == "refused"


class Leases(RuleBasedStateMachine):
    """Any history of asks: never two hosts at a time for one sample, never one that refused, nothing forgotten."""

    hosts = st.sampled_from([A, B, C])
    hashes = st.sampled_from([X, Y, Z])

    def __init__(self):
        super().__init__()
        from sqlalchemy import create_engine
        from sqlalchemy.pool import StaticPool
        from tramgac_collector.schema import Base

        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(self.engine)
        self.clock = NOW
        self.open: dict[str, tuple[str, int]] = {}
        self.refusals: set[tuple[str, str]] = set()
        self.have: set[str] = set()
        self.sources: set[tuple[str, str]] = set()

    def teardown(self):
        self.engine.dispose()

    @rule(sha256=hashes, host=hosts, priority=st.integers(1, 3))
    def see(self, sha256, host, priority):
        want(self.engine, sha256, host, priority, self.clock)
        self.sources.add((sha256, host))

    @rule(connected=st.sets(hosts), limit=st.integers(1, 4))
    def lease(self, connected, limit):
        self.open = {sha256: held for sha256, held in self.open.items() if held[1] > self.clock}
        for ask in lease(self.engine, connected, self.clock, limit):
            assert ask.host in connected
            assert ask.sha256 not in self.open
            assert ask.sha256 not in self.have
            assert (ask.sha256, ask.host) in self.sources - self.refusals
            self.open[ask.sha256] = (ask.host, self.clock + LEASE)

    @rule(sha256=hashes, host=hosts)
    def receive(self, sha256, host):
        with database.session(self.engine) as s:
            if samples.asked_of(s, host, sha256, self.clock):
                assert self.open[sha256][0] == host
                samples.received(s, sha256, 10, self.clock)
                del self.open[sha256]
                self.have.add(sha256)
            else:
                assert self.open.get(sha256, ("", 0))[0] != host or self.open[sha256][1] <= self.clock

    @rule(sha256=hashes, host=hosts)
    def refuse(self, sha256, host):
        with database.session(self.engine) as s:
            samples.refused(s, sha256, host, "gone")
        if (sha256, host) in self.sources:
            self.refusals.add((sha256, host))
        if self.open.get(sha256, ("", 0))[0] == host:
            del self.open[sha256]

    @rule(host=hosts)
    def part(self, host):
        with database.session(self.engine) as s:
            samples.release(s, [host])
        self.open = {sha256: held for sha256, held in self.open.items() if held[0] != host}

    @rule(seconds=st.sampled_from([1, 300, 601]))
    def wait(self, seconds):
        self.clock += seconds * 1_000_000_000

    @invariant()
    def states_fit(self):
        with database.reading(self.engine) as s:
            for row in s.query(SampleRow):
                assert (row.state == "received") == (row.sha256 in self.have)
                if row.sha256 in self.open:
                    assert (row.state, row.leased_to) == ("leased", self.open[row.sha256][0])


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=examples(12), stateful_step_count=25)
