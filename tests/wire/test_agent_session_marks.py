"""What the collector says in Welcome that it holds: compared with what the spool has."""

import pytest
from tramgac_wire import agent_session as a
from tramgac_wire.backoff import SECOND

from tests.wire.test_agent_session import BULK, CHAIN, EPOCH, SECURITY, connect, reads
from tests.wire.test_agent_session import session as session  # noqa: PLC0414 - a fixture


def test_a_spool_that_was_put_back_renews_the_epoch(session):
    session.available(SECURITY, 1, 10, 0)
    _, renew, _ = connect(session, acked=[(SECURITY, 10)])
    assert (renew.ahead, renew.reason) == (((SECURITY, 10),), "lane 2: the collector holds 10, the spool is before 10")


@pytest.mark.parametrize(
    ("chain", "at", "trusted"),
    [(CHAIN, 20, True), (b"d" * 32, 20, False), (CHAIN, 60, False), (b"d" * 32, 4, True), (b"", 20, True)],
    ids=["same", "other", "not known", "below all that waits", "not said"],
)
def test_a_mark_is_trusted_where_it_takes_nothing_or_our_chain_is_the_same(session, chain, at, trusted):
    session.available(SECURITY, 5, 100, 0)
    session.available(BULK, 1, 5, 0)
    commands = connect(session, acked=[(SECURITY, at)], chain=chain)
    forgotten = [command.lane for command in commands if isinstance(command, a.Forget)]
    renewed = [command.ahead for command in commands if isinstance(command, a.RenewEpoch)]
    assert (SECURITY in forgotten, renewed) == ((True, []) if trusted else (False, [()]))


def test_what_was_acknowledged_to_this_session_is_compared_no_more(session):
    session.available(SECURITY, 1, 100, 0)
    connect(session, acked=[(SECURITY, 60)])
    session.closed(1)
    assert a.Forget(EPOCH, SECURITY, 60) in connect(session, 2, acked=[(SECURITY, 60)], chain=CHAIN)


def test_a_spool_that_says_later_that_it_was_put_back_renews_the_epoch(session):
    connect(session, acked=[(SECURITY, 10)])
    assert isinstance(session.available(SECURITY, 1, 1, 0)[0], a.RenewEpoch)


def test_a_spool_that_has_trimmed_all_is_in_order(session):
    session.available(SECURITY, 11, 11, 0)
    assert not reads(connect(session, acked=[(SECURITY, 10)]))
    assert reads(session.available(SECURITY, 11, 12, 0)) == []
    assert reads(session.tick(10 * SECOND)) == [(SECURITY, 11)]
