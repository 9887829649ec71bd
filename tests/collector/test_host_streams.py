import pytest
from tramgac_collector import database, host_streams, hosts, outbox, samples, tokens
from tramgac_collector.columns import MAX_NUMBER
from tramgac_collector.host_streams import Began, Ended
from tramgac_collector.refusals import HostUnknown
from tramgac_collector.schema import HostRow, SampleRow

HOST, OTHER, NOBODY = "a1" * 16, "b2" * 16, "c3" * 16
HOUR = 3_600_000_000_000


@pytest.fixture
def enrolled(store, now):
    """A store with two hosts."""
    with database.session(store) as s:
        secret, _ = tokens.create(s, uses=2, ttl_s=60, site="hue", by="an", now=now)
        for host in (HOST, OTHER):
            hosts.enrol(s, host, "máy", "linux", "0.1.0", "aa01", tokens.redeem(s, secret, now), now)
    return store


def began(engine, *streams):
    with database.session(engine) as s:
        host_streams.began(s, streams)


def ended(engine, *streams):
    with database.session(engine) as s:
        host_streams.ended(s, streams)


def one(engine, host=HOST):
    with database.reading(engine) as s:
        return hosts.get(s, host)


def row(engine, host=HOST):
    with database.reading(engine) as s:
        return s.get_one(HostRow, host)


def told(engine):
    with database.reading(engine) as s:
        return [row.payload["id"] for row in outbox.after(s, 2) if row.topic == "host"]  # two are of the enrolments


def test_streams_that_begin_and_end_are_told(enrolled, now):
    began(enrolled, Began(OTHER, now, "x"), Began(HOST, now, "10.0.0.9:4000", "one", skew=-2_000_000, bundle=3))
    found = one(enrolled)
    assert [found[name] for name in ("connected", "address", "skew_ms", "bundle")] == [True, "10.0.0.9:4000", -2, 3]
    ended(enrolled, Ended(HOST, now + 5, "one", left=True), Ended(OTHER, now + 5))
    assert [one(enrolled, host)["connected"] for host in (HOST, OTHER)] == [False, False]
    assert [row(enrolled, host).left_at for host in (HOST, OTHER)] == [now + 5, None]
    assert row(enrolled).last_seen == now, "the end of a stream is nothing that the host said"
    assert told(enrolled) == [OTHER, HOST, HOST, OTHER]
    began(enrolled, Began(HOST, now + 9, "y"))
    assert (row(enrolled).left_at, row(enrolled).skew, row(enrolled).bundle) == (None, -2_000_000, 3)


def test_numbers_that_no_column_holds_are_the_next_to_them(enrolled, now):
    began(enrolled, Began(HOST, now, "x", skew=-(1 << 70), bundle=(1 << 64) - 1))
    assert (row(enrolled).skew, row(enrolled).bundle) == (-MAX_NUMBER, MAX_NUMBER)


def test_of_one_host_the_last_that_was_written_stands(enrolled, now):
    began(enrolled, Began(HOST, now, "first"), Began(OTHER, now, "x"), Began(HOST, now + 1, "last\0"))
    assert (one(enrolled)["address"], row(enrolled).connected) == ("last\\x00", now + 1)
    assert told(enrolled) == [HOST, OTHER]


def test_a_host_that_nobody_knows_is_named(enrolled, now):
    with pytest.raises(HostUnknown, match=NOBODY):
        began(enrolled, Began(HOST, now, "x"), Began(NOBODY, now, "x"))
    assert one(enrolled)["connected"] is False
    ended(enrolled, Ended(NOBODY, now))
    assert told(enrolled) == []


def test_what_was_asked_on_an_earlier_stream_is_asked_again(enrolled, now):
    wanted = {f"{number:064x}": host for number, host in enumerate([HOST, OTHER, HOST])}

    def leased():
        with database.session(enrolled) as s:
            asked = [ask.sha256 for ask in samples.lease(s, [HOST, OTHER], now)]
            return [wanted[sha256] for sha256 in sorted(asked)]

    with database.session(enrolled) as s:
        for sha256, host in wanted.items():
            samples.want(s, sha256, host, 1, now)
    assert leased() == [HOST, OTHER, HOST]
    began(enrolled, Began(HOST, now, "x"))
    assert leased() == [HOST, HOST]
    ended(enrolled, Ended(OTHER, now), Ended(HOST, now, "another gateway"))
    assert leased() == [OTHER]
    with database.session(enrolled) as s:
        host_streams.all_ended(s, now)
        assert {sample.state for sample in s.query(SampleRow)} == {"wanted"}


def test_a_gateway_that_starts_has_no_streams(enrolled, now):
    began(enrolled, Began(HOST, now, "x"))
    with database.session(enrolled) as s:
        host_streams.all_ended(s, now)
    assert one(enrolled)["connected"] is False


def test_a_gateway_speaks_for_its_own_streams(enrolled, now):
    began(enrolled, Began(HOST, now, "x", gateway="one"))
    began(enrolled, Began(HOST, now, "y", gateway="two"))
    ended(enrolled, Ended(HOST, now, gateway="one", left=True))  # the stream that was taken over ends at last
    with database.session(enrolled) as s:
        host_streams.all_ended(s, now, "one")
    assert one(enrolled)["connected"] is True
    with database.session(enrolled) as s:
        host_streams.all_ended(s, now, "two")
    assert one(enrolled)["connected"] is False


@pytest.mark.parametrize(
    ("skew", "odd"),
    [(0, False), (hosts.CLOCK_OFF - 1, False), (HOUR - 9_000_000, True), (9_000_000 - HOUR, True), (1 << 63, True)],
    ids=["right", "a little off", "an hour behind", "an hour ahead", "centuries behind"],
)
def test_a_clock_an_hour_off_is_a_finding(enrolled, now, skew, odd):
    began(enrolled, Began(OTHER, now, "y", skew=0), Began(HOST, now, "x", skew=skew))
    assert [finding["kind"] for finding in one(enrolled)["findings"]] == ["clock_off"] * odd
    assert one(enrolled, OTHER)["findings"] == []
