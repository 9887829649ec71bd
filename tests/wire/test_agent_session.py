import pytest
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, ContentReport, Hello, Reason
from tramgac_wire import agent_session as a
from tramgac_wire.backoff import SECOND
from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS, WINDOW_BYTES

URGENT, SECURITY, BULK = 1, 2, 3
EPOCH = 77


CHAIN = b"c" * 32


@pytest.fixture
def session():
    hello = Hello(version_low=1, version_high=1, epoch=EPOCH, hostname="pc")
    flush = {URGENT: 0, SECURITY: 10 * SECOND, BULK: 30 * SECOND}
    return a.AgentSession(hello, flush_ns=flush, random=lambda: 0.5, chain=lambda _, at: CHAIN if at < 50 else None)


def welcome(acked=(), content=0, version=1, clock=0, chain=b""):
    message = CollectorMessage()
    message.welcome.version = version
    message.welcome.clock = clock
    for lane, sequence in acked:
        message.welcome.acked.add(lane=lane, sequence=sequence, chain=chain)
    if content:
        message.welcome.content.version = content
    return message


def ack(*lanes, epoch=EPOCH):
    message = CollectorMessage()
    message.ack.epoch = epoch
    for lane, sequence in lanes:
        message.ack.lanes.add(lane=lane, sequence=sequence)
    return message


def goodbye(reason, detail="", retry_after_ms=0):
    message = CollectorMessage()
    message.goodbye.reason = reason
    message.goodbye.detail = detail
    message.goodbye.retry_after_ms = retry_after_ms
    return message


def connect(session, now=0, **kw):
    assert session.tick(max(now, session.deadline())) == [a.Connect()]
    session.opened(now, 1_000)
    return session.received(welcome(**kw), now)


def reads(commands):
    return [(command.lane, command.first) for command in commands if isinstance(command, a.ReadAndSend)]


def close_reason(commands):
    (close,) = (command for command in commands if isinstance(command, a.Close))
    return close.reason


def test_the_first_tick_connects_and_hello_is_said_first(session):
    assert session.deadline() == 0
    assert session.tick(0) == [a.Connect()]
    assert session.deadline() is None
    (send,) = session.opened(5, 1_234)
    hello = send.message.hello
    assert (hello.epoch, hello.clock, hello.hostname) == (EPOCH, 1_234, "pc")
    assert not session.connected


def test_the_skew_is_measured_without_half_the_way(session):
    session.tick(0)
    session.opened(100, 5_000)
    assert a.Skew(7_000 - 5_000 - 20) in session.received(welcome(clock=7_000), 140)
    assert session.connected


def test_what_is_safe_already_is_forgotten_and_not_sent_again(session):
    session.available(SECURITY, 1, 11, 0)
    commands = connect(session, now=20 * SECOND, acked=[(SECURITY, 4)])
    assert a.Forget(EPOCH, SECURITY, 4) in commands
    assert reads(commands) == [(SECURITY, 5)]


def test_the_next_hello_says_which_collector_welcomed_last(session):
    connect(session)
    session.closed(1)
    for told, heard in ((7, 0), (0, 7), (9, 7), (0, 9)):
        session.tick(session.deadline())
        (send,) = session.opened(session.deadline() or 0, 1_000)
        assert send.message.hello.heard == heard
        message = welcome()
        message.welcome.incarnation = told
        session.received(message, 1)
        session.closed(1)


def test_urgent_goes_at_once_and_the_rest_waits_for_its_flush(session):
    connect(session)
    assert reads(session.available(URGENT, 1, 2, 5)) == [(URGENT, 1)]
    session.sent(URGENT, 1, 1, 100, 6)
    assert session.available(SECURITY, 1, 3, 7) == []
    assert session.deadline() == 7 + 10 * SECOND
    assert reads(session.tick(7 + 10 * SECOND)) == [(SECURITY, 1)]


def test_one_read_at_a_time_and_urgent_before_the_rest(session):
    connect(session)
    session.available(BULK, 1, 5_000, 0)
    assert session.available(SECURITY, 1, 5_000, 0) == []
    session.available(URGENT, 1, 2, 0)
    assert reads(session.sent(BULK, 1, 2_000, 500, 1)) == [(URGENT, 1)]
    assert reads(session.sent(URGENT, 1, 1, 500, 1)) == [(SECURITY, 1)]


def test_a_full_batch_does_not_wait(session):
    connect(session)
    assert session.available(SECURITY, 1, BATCH_EVENTS, 0) == []
    assert reads(session.available(SECURITY, 1, BATCH_EVENTS + 1, 1)) == [(SECURITY, 1)]
    session.sent(SECURITY, 1, BATCH_EVENTS, 100, 2)
    assert session.available(BULK, 1, 11, 3, BATCH_BYTES - 1) == []
    assert reads(session.available(BULK, 1, 12, 4, BATCH_BYTES)) == [(BULK, 1)]


def test_the_pace_may_change_until_the_end_is_near(session):
    connect(session)
    session.available(SECURITY, 1, 3, 0)
    session.pace({SECURITY: 120 * SECOND})
    assert session.deadline() == 120 * SECOND
    session.pace({SECURITY: 5 * SECOND})
    assert session.deadline() == 5 * SECOND
    session.hurry()
    session.pace({SECURITY: 120 * SECOND})
    assert session.deadline() == 0


def test_a_flush_goes_on_until_all_that_was_due_is_sent_and_no_further(session):
    connect(session)
    session.available(SECURITY, 1, 11, 0)
    assert reads(session.tick(10 * SECOND)) == [(SECURITY, 1)]
    session.available(SECURITY, 1, 13, 10 * SECOND)
    assert reads(session.sent(SECURITY, 1, 6, 100, 11 * SECOND)) == [(SECURITY, 7)]
    assert session.sent(SECURITY, 7, 10, 100, 12 * SECOND) == []
    assert reads(session.tick(22 * SECOND)) == [(SECURITY, 11)]


def test_in_a_hurry_nothing_waits_for_its_flush(session):
    connect(session)
    assert session.available(BULK, 1, 3, 0) == []
    session.hurry()
    assert session.deadline() == 0
    assert reads(session.tick(1)) == [(BULK, 1)]


def test_the_window_stops_all_but_urgent(session):
    connect(session)
    session.available(SECURITY, 1, 100_000, 0)
    session.sent(SECURITY, 1, 2_000, WINDOW_BYTES, 0)
    assert reads(session.tick(1)) == []
    assert reads(session.available(URGENT, 1, 2, 1)) == [(URGENT, 1)]
    session.sent(URGENT, 1, 1, 100, 1)
    assert reads(session.received(ack((SECURITY, 2_000)), 2)) == [(SECURITY, 2_001)]


def test_an_ack_forgets_and_an_older_one_says_nothing(session):
    connect(session)
    session.available(SECURITY, 1, 5_000, 0)
    session.sent(SECURITY, 1, 2_000, 100, 0)
    assert a.Forget(EPOCH, SECURITY, 1_500) in session.received(ack((SECURITY, 1_500)), 1)
    assert session.received(ack((SECURITY, 1_500)), 1) == []
    assert session.received(ack((SECURITY, 10)), 1) == []


def test_an_ack_may_come_before_the_link_says_sent(session):
    connect(session)
    session.available(URGENT, 1, 4, 0)
    assert session.received(ack((URGENT, 3)), 1) == [a.Forget(EPOCH, URGENT, 3)]
    assert session.sent(URGENT, 1, 3, 100, 2) == []
    assert session.deadline() is None


def test_an_ack_of_what_was_never_sent_ends_the_stream_and_forgets_nothing(session):
    connect(session)
    session.available(SECURITY, 1, 3, 0)
    commands = session.received(ack((SECURITY, 1)), 0)
    assert "acknowledged 1, sent up to 0" in close_reason(commands)
    assert len(commands) == 1


def test_an_ack_of_another_epoch_ends_the_stream(session):
    connect(session)
    assert "epoch" in close_reason(session.received(ack((SECURITY, 1), epoch=3), 0))


def test_without_any_ack_the_stream_is_given_up_and_everything_sent_again(session):
    connect(session)
    session.available(URGENT, 1, 3, 0)
    session.sent(URGENT, 1, 2, 100, 0)
    assert session.deadline() == a.ACK_NS
    assert "no acknowledgement" in close_reason(session.tick(a.ACK_NS))
    session.closed(a.ACK_NS)
    assert reads(connect(session, now=session.deadline())) == [(URGENT, 1)]


def test_without_welcome_the_stream_is_given_up(session):
    session.tick(0)
    session.opened(0, 0)
    assert session.deadline() == a.WELCOME_NS
    assert "no Welcome" in close_reason(session.tick(a.WELCOME_NS))
    assert session.received(welcome(), a.WELCOME_NS) == []


def test_the_back_off_grows_until_something_is_acknowledged(session):
    delays = []
    for _ in range(4):
        session.tick(session.deadline())
        before = session._connect_at
        session.closed(before)
        delays.append((session.deadline() - before) / SECOND)
    assert delays == [0.5, 1, 2, 4]
    now = session.deadline()
    connect(session, now=now)
    session.available(URGENT, 1, 2, now)
    session.sent(URGENT, 1, 1, 100, now)
    session.received(ack((URGENT, 1)), now)
    session.closed(now)
    assert session.deadline() == now + SECOND // 2


def test_a_stream_that_lasted_resets_the_back_off(session):
    for _ in range(4):
        session.closed(0)
    connect(session, now=session.deadline())
    end = session._opened_at + a.STEADY_NS
    session.closed(end)
    assert session.deadline() == end + SECOND // 2


def test_goodbye_says_when_to_come_back(session):
    connect(session)
    assert "REASON_SHUTDOWN: for repairs" in close_reason(
        session.received(goodbye(Reason.REASON_SHUTDOWN, "for repairs", 90_000), 0)
    )
    session.closed(0)
    assert session.deadline() == 90 * SECOND + SECOND // 2


@pytest.mark.parametrize("reason", [Reason.REASON_REVOKED, Reason.REASON_VERSION])
def test_who_is_not_welcome_does_not_come_back_soon(session, reason):
    session.tick(0)
    session.opened(0, 0)
    close_reason(session.received(goodbye(reason), 0))
    session.closed(0)
    assert session.deadline() >= a.UNWELCOME_NS


def test_a_reason_from_the_future_is_a_goodbye(session):
    connect(session)
    assert "99" in close_reason(session.received(goodbye(99), 0))


def test_goodbye_for_the_epoch_renews_it(session):
    connect(session)
    renew, close = session.received(goodbye(Reason.REASON_EPOCH, "other events"), 0)
    assert isinstance(renew, a.RenewEpoch)
    assert isinstance(close, a.Close)
    assert session.closed(0) == []
    assert session.deadline() is None


def test_throttle_holds_all_but_urgent(session):
    connect(session)
    message = CollectorMessage()
    message.throttle.wait_ms = 60_000
    session.received(message, 0)
    session.available(SECURITY, 1, 5_000, 0)
    assert session.deadline() == 60 * SECOND
    assert reads(session.available(URGENT, 1, 2, 1)) == [(URGENT, 1)]
    session.sent(URGENT, 1, 1, 1, 1)
    assert reads(session.tick(60 * SECOND)) == [(SECURITY, 1)]


def test_nothing_readable_waits_for_the_spool_to_say_again(session):
    connect(session)
    session.available(URGENT, 1, 3, 0)
    assert session.sent(URGENT, 1, 0, 0, 0) == []
    assert session.deadline() is None
    assert reads(session.available(URGENT, 3, 4, 1)) == [(URGENT, 1)]
    session.sent(URGENT, 3, 3, 10, 1)
    assert session.received(ack((URGENT, 3)), 2) == [a.Forget(EPOCH, URGENT, 3)]


def test_sent_from_before_a_reconnect_is_passed_over(session):
    connect(session)
    session.available(URGENT, 1, 3, 0)
    session.closed(1)
    assert session.sent(URGENT, 1, 2, 100, 2) == []
    assert reads(connect(session, now=session.deadline())) == [(URGENT, 1)]


def test_content_is_fetched_once_and_its_fate_is_told(session):
    assert a.Fetch(5) in connect(session, content=5)
    offer = CollectorMessage()
    offer.content.version = 5
    assert session.received(offer, 0) == []
    (send,) = session.content(ContentReport(version=5, loaded=True, current=5), 1)
    assert send.message.content.loaded
    session.closed(2)
    commands = connect(session, now=session.deadline(), content=5)
    assert not any(isinstance(command, a.Fetch) for command in commands)


def test_a_report_waits_for_the_stream_and_hello_carries_what_is_in_force(session):
    assert session.content(ContentReport(version=5, reason="unsigned", current=4), 0) == []
    session.tick(0)
    (hello,) = session.opened(0, 0)
    assert hello.message.hello.content == 4
    told = [c for c in session.received(welcome(content=5), 0) if isinstance(c, a.Send)]
    assert told[0].message.content.reason == "unsigned"


def test_a_sample_is_asked_for(session):
    connect(session)
    message = CollectorMessage()
    message.sample.sha256 = b"h" * 32
    message.sample.limit = 9
    assert session.received(message, 0) == [a.SampleWanted(b"h" * 32, 9)]


def test_what_people_chose_for_rules_is_handed_on(session):
    connect(session)
    message = CollectorMessage()
    message.rules.quiet, message.rules.urgent = b"a" * 12, b"b" * 6
    assert session.received(message, 0) == [a.RulesChosen(b"a" * 12, b"b" * 6)]


@pytest.mark.parametrize(
    ("quiet", "urgent"), [(b"a" * 7, b""), (b"a" * 5, b"b" * 7), (b"a" * 6 * 5_000, b"b" * 6 * 5_000)]
)
def test_marks_that_are_none_or_too_many_end_the_stream(session, quiet, urgent):
    connect(session)
    message = CollectorMessage()
    message.rules.quiet, message.rules.urgent = quiet, urgent
    [close] = session.received(message, 0)
    assert "what people chose for rules: " in close.reason


def test_a_message_is_said_only_while_connected(session):
    message = AgentMessage()
    message.checkpoint.sequence = 1
    assert session.say(message, 0) == []
    connect(session)
    assert session.say(message, 0) == [a.Send(message)]


def test_welcome_twice_or_another_message_before_it_ends_the_stream(session):
    session.tick(0)
    session.opened(0, 0)
    assert "before Welcome" in close_reason(session.received(ack(), 0))
    session.closed(0)
    connect(session, now=session.deadline())
    assert "twice" in close_reason(session.received(welcome(), 0))


def test_a_version_that_was_not_offered_ends_the_stream(session):
    session.tick(0)
    session.opened(0, 0)
    assert "version 9" in close_reason(session.received(welcome(version=9), 0))


def test_a_message_of_a_newer_kind_is_passed_over(session):
    connect(session)
    assert session.received(CollectorMessage(), 0) == []
    assert session.connected


def test_what_the_collector_holds_is_told_where_it_is_less_than_was_acknowledged_too(session):
    session.available(SECURITY, 11, 11, 0)
    session.keep([5, 6])
    session.tick(0)
    (hello,) = session.opened(0, 0)
    assert list(hello.message.hello.kept) == [5, 6]
    answer = welcome(acked=[(SECURITY, 7)])
    answer.welcome.kept.add(epoch=5).acked.add(lane=BULK, sequence=3)
    commands = session.received(answer, 20 * SECOND)
    held = [(command.epoch, command.lane, command.sequence) for command in commands if isinstance(command, a.Held)]
    assert held == [(EPOCH, SECURITY, 7), (5, URGENT, 0), (5, SECURITY, 0), (5, BULK, 3)]
    assert reads(commands) == [(SECURITY, 8)]
