"""Which dictionary the agent's half of the dialogue uses."""

from tramgac_proto.session_pb2 import CollectorMessage, Reason
from tramgac_wire import agent_session as a

from tests.wire.test_agent_session import URGENT, connect, goodbye, reads, welcome
from tests.wire.test_agent_session import session as session  # noqa: PLC0414 - a fixture


def offered(*dictionaries):
    message = welcome(content=5)
    message.welcome.content.dictionaries.extend(dictionaries)
    return message


def test_a_dictionary_is_used_while_both_have_it(session):
    session.tick(0)
    session.opened(0, 0)
    session.received(offered(7, 8), 0)
    used = []
    for sequence, ours in ((1, 0), (2, 8), (3, 9), (4, 7)):
        session.compress(ours)
        (read,) = session.available(URGENT, sequence, sequence + 1, sequence)
        session.sent(URGENT, sequence, sequence, 10, sequence)
        used.append(read.dictionary)
    assert used == [0, 8, 0, 7]
    later = CollectorMessage()
    later.content.dictionaries.append(9)
    session.received(later, 5)
    assert session.available(URGENT, 5, 6, 5) == [a.ReadAndSend(URGENT, 5, 0)]
    session.sent(URGENT, 5, 5, 10, 5)
    session.compress(9)
    assert session.available(URGENT, 6, 7, 6) == [a.ReadAndSend(URGENT, 6, 9)]


def test_a_dictionary_that_the_collector_refused_is_not_used_again(session):
    session.compress(7)
    session.tick(0)
    session.opened(0, 0)
    session.received(offered(7), 0)
    session.received(goodbye(Reason.REASON_DICTIONARY, "not known here"), 1)
    session.closed(1)
    session.available(URGENT, 1, 2, 1)
    session.tick(session.deadline())
    session.opened(2, 0)
    assert a.ReadAndSend(URGENT, 1, 0) in session.received(offered(7, 8), 2)
    session.sent(URGENT, 1, 1, 10, 2)
    session.compress(8)
    assert session.available(URGENT, 2, 3, 3) == [a.ReadAndSend(URGENT, 2, 8)]


def test_what_another_collector_knows_counts_no_longer_on_the_next_stream(session):
    session.compress(7)
    session.tick(0)
    session.opened(0, 0)
    session.received(offered(7), 0)
    session.closed(1)
    session.available(URGENT, 1, 2, 1)
    assert reads(connect(session, now=session.deadline())) == [(URGENT, 1)]
    session.sent(URGENT, 1, 1, 10, 2)
    assert session.available(URGENT, 2, 3, 3) == [a.ReadAndSend(URGENT, 2, 0)]
