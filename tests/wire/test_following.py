"""An agent of this version and a collector of the next one: what it says that is not known here costs nothing else."""

import pytest
from tramgac_proto.session_pb2 import CollectorMessage, Hello
from tramgac_wire import agent_session as a
from tramgac_wire.backoff import SECOND

from tests.golden.following import LANE, VALUE, grown, unknown
from tests.wire.test_agent_session import EPOCH, SECURITY, URGENT, ack, goodbye, reads, welcome


@pytest.fixture
def session():
    hello = Hello(version_low=1, version_high=1, epoch=EPOCH, hostname="pc")
    made = a.AgentSession(hello, flush_ns={SECURITY: 0}, random=lambda: 0.5, chain=lambda _lane, _at: None)
    made.available(SECURITY, 1, 11, 0)
    made.tick(0)
    (send,) = made.opened(0, 1_000)
    assert send.message.hello.epoch == EPOCH
    return made


def test_all_that_is_known_of_what_it_says_is_done(session):
    hello = grown(welcome(acked=[(SECURITY, 4), (LANE, 70)], content=9))
    hello.welcome.kept.add(epoch=5).acked.add(lane=LANE, sequence=3)
    commands = session.received(hello, 1)
    assert session.connected, "a lane that is not ours keeps nobody from anything"
    assert {a.Forget(EPOCH, SECURITY, 4), a.Fetch(9)} <= {each for each in commands if not isinstance(each, a.Send)}
    assert reads(commands) == [(SECURITY, 5)]
    session.sent(SECURITY, 5, 10, 100, 2)
    assert session.received(unknown(CollectorMessage), 3) == []
    assert session.received(grown(ack((SECURITY, 7))), 4) == [a.Forget(EPOCH, SECURITY, 7)]
    asked = CollectorMessage()
    asked.sample.sha256, asked.sample.limit = bytes(32), 5
    assert session.received(grown(asked), 5) == [a.SampleWanted(bytes(32), 5)]
    chosen = CollectorMessage()
    chosen.rules.quiet = b"abcdef"
    assert session.received(grown(chosen), 6) == [a.RulesChosen(b"abcdef", b"")]


def test_a_reason_that_is_not_known_ends_the_stream_and_it_comes_back(session):
    session.received(welcome(), 1)
    (close,) = session.received(grown(goodbye(VALUE, "later", 2_000)), 2)
    assert close.reason == f"the collector said {VALUE}: later"
    session.closed(3)
    assert session.deadline() >= 3 + 2 * SECOND
    assert session.tick(session.deadline()) == [a.Connect()]


def test_an_acknowledgement_of_a_lane_that_is_not_ours_is_no_reason_to_hang(session):
    session.received(welcome(), 1)
    commands = session.received(ack((LANE, 1)), 2)
    assert [type(each) for each in commands] == [a.Close]
    assert URGENT not in {each.lane for each in commands if isinstance(each, a.Forget)}
