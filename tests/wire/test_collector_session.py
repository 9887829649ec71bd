import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_proto.event_pb2 import Lane
from tramgac_proto.session_pb2 import AgentMessage, Reason
from tramgac_wire import collector_session as c
from tramgac_wire.batch import pack, unpack
from tramgac_wire.chain import START, extend
from tramgac_wire.dictionary import train
from tramgac_wire.limits import CONTENT, DICTIONARY, MAX_BATCH_EVENTS, MAX_DICTIONARIES, MAX_LANE, MAX_TEXT, SAMPLE

EPOCH, LANE = 77, 2
EVENTS = [b"event %d" % number for number in range(1, 41)]


def hello(**changes):
    message = AgentMessage()
    fields = {"version_low": 1, "version_high": 1, "epoch": EPOCH, "clock": 400, "hostname": "pc"}
    fields |= {"capabilities": [CONTENT, SAMPLE]} | changes
    for name, value in fields.items():
        if isinstance(value, list):
            message.hello.capabilities.extend(value)
        else:
            setattr(message.hello, name, value)
    return message


def batch(begin, last, /, *, gap=0, fork=EVENTS, previous=None, **changes):
    message = AgentMessage()
    chain = extend(START, fork[: begin - 1]) if previous is None else previous
    message.batch.CopyFrom(pack(EPOCH, LANE, begin, chain, fork[begin - 1 : last], gap=gap))
    for name, value in changes.items():
        setattr(message.batch, name, value)
    return message


def checkpoint(sequence, chain, epoch=EPOCH):
    message = AgentMessage()
    message.checkpoint.epoch = epoch
    message.checkpoint.lane = LANE
    message.checkpoint.sequence = sequence
    message.checkpoint.chain = chain
    return message


def make(marks=None, content=0):
    return c.CollectorSession("host", acked=lambda _: marks or {}, clock=lambda: 1_000, content=content)


@pytest.fixture
def session():
    session = make()
    session.received(hello(), 0)
    return session


def chain_at(sequence):
    return extend(START, EVENTS[:sequence])


def test_an_agent_hears_which_collector_it_speaks_with():
    session = c.CollectorSession("h", acked=lambda _: {}, clock=lambda: 0, incarnation=1 << 63)
    (welcome,) = (command.message.welcome for command in session.received(hello(), 0) if isinstance(command, c.Send))
    assert welcome.incarnation == 1 << 63


def acks(commands):
    sent = [command.message for command in commands if isinstance(command, c.Send)]
    return [(mark.lane, mark.sequence) for message in sent for mark in message.ack.lanes]


def ended(commands, kind, reason):
    """Whether the session reported this kind, said goodbye and closed; the detail."""
    report, send, close = commands
    assert isinstance(report, c.Report)
    assert report.kind == kind
    assert send.message.goodbye.reason == close.reason == reason
    assert send.message.goodbye.detail == close.detail == report.detail
    return close.detail


def test_hello_is_welcomed_with_what_is_safe():
    session = make({LANE: (3, chain_at(3)), 1: (9, b"c" * 32)}, content=4)
    greeted, send = session.received(hello(), 7)
    assert greeted == c.Greeted(hello().hello, 600)
    welcome = send.message.welcome
    assert (welcome.version, welcome.clock, welcome.content.version) == (1, 1_000, 4)
    told = [(mark.lane, mark.sequence, mark.chain) for mark in welcome.acked]
    assert told == [(1, 9, b"c" * 32), (LANE, 3, chain_at(3))]
    assert session.heard == 7


def test_a_new_epoch_is_reported():
    kinds = [command.kind for command in make().received(hello(), 0) if isinstance(command, c.Report)]
    assert kinds == ["epoch_new"]


def test_a_batch_is_stored_then_acknowledged(session):
    (store,) = session.received(batch(1, 5), 0)
    assert (store.skip, store.count, store.last, store.chain) == (0, 5, 5, chain_at(5))
    assert session.pending == 1
    assert acks(session.stored(EPOCH, LANE, 5, chain_at(5))) == [(LANE, 5)]
    assert session.pending == 0


def test_one_fsync_for_several_batches_gives_one_ack(session):
    session.received(batch(1, 5), 0)
    session.received(batch(6, 9), 0)
    assert session.pending == 2
    assert acks(session.stored(EPOCH, LANE, 9, chain_at(9))) == [(LANE, 9)]
    assert session.stored(EPOCH, LANE, 5, chain_at(5)) == []
    assert session.pending == 0


def test_nothing_is_acknowledged_before_it_is_stored(session):
    assert acks(session.received(batch(1, 5), 0)) == []
    assert acks(session.received(batch(1, 5), 0)) == []


def test_a_duplicate_is_counted_and_acknowledged_as_far_as_it_is_safe(session):
    session.received(batch(1, 5), 0)
    assert session.received(batch(1, 5), 0) == [c.Duplicate(LANE, 1, 5)]
    session.stored(EPOCH, LANE, 5, chain_at(5))
    commands = session.received(batch(2, 4), 0)
    assert commands[0] == c.Duplicate(LANE, 2, 3)
    assert acks(commands) == [(LANE, 5)]


def test_an_overlap_is_skipped(session):
    session.received(batch(1, 5), 0)
    (store,) = session.received(batch(3, 9), 0)
    assert (store.skip, store.count, store.last, store.chain) == (3, 4, 9, chain_at(9))


def test_the_chain_goes_on_from_what_the_log_says():
    session = make({LANE: (5, chain_at(5))})
    session.received(hello(), 0)
    (store,) = session.received(batch(4, 8), 0)
    assert (store.skip, store.chain) == (2, chain_at(8))


def test_a_declared_gap_is_reported_and_stored(session):
    session.received(batch(1, 5), 0)
    report, store = session.received(batch(9, 12, gap=3), 0)
    assert (report.kind, report.lane, report.first, report.last) == ("gap", LANE, 6, 8)
    assert (store.skip, store.last) == (0, 12)


@pytest.mark.parametrize("gap", [0, 2])
def test_a_jump_that_is_not_declared_ends_the_session_and_stores_nothing(session, gap):
    session.received(batch(1, 5), 0)
    detail = ended(session.received(batch(9, 12, gap=gap), 0), "sequence_jump", Reason.REASON_PROTOCOL)
    assert "6 to 8 are missing" in detail


FORKED = [*EVENTS[:4], b"forged", *EVENTS[5:]]


@pytest.mark.parametrize(
    "message",
    [
        batch(6, 8, previous=b"x" * 32),
        batch(4, 8, fork=FORKED),
        batch(1, 5, fork=FORKED),
        batch(5, 5, fork=FORKED),
        batch(1, 5, previous=b"x" * 32),
    ],
)
def test_other_events_under_the_same_sequences_end_the_epoch(session, message):
    session.received(batch(1, 5), 0)
    detail = ended(session.received(message, 0), "chain_broken", Reason.REASON_EPOCH)
    assert "begin a new epoch" in detail


def test_the_first_events_of_an_epoch_begin_the_chain(session):
    ended(session.received(batch(1, 5, previous=b"x" * 32), 0), "chain_broken", Reason.REASON_EPOCH)


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({"count": MAX_BATCH_EVENTS + 1}, "limit", Reason.REASON_LIMIT),
        ({"size": 1_000_001}, "limit", Reason.REASON_LIMIT),
        ({"size": 3}, "limit", Reason.REASON_LIMIT),
        ({"events": b"garbage"}, "garbage", Reason.REASON_PROTOCOL),
        ({"count": 4}, "garbage", Reason.REASON_PROTOCOL),
        ({"first": 0}, "garbage", Reason.REASON_PROTOCOL),
        ({"first": (1 << 64) - 2}, "garbage", Reason.REASON_PROTOCOL),
        ({"dictionary": 5}, "dictionary", Reason.REASON_DICTIONARY),
        ({"epoch": 78}, "protocol", Reason.REASON_PROTOCOL),
        ({"lane": 0}, "protocol", Reason.REASON_PROTOCOL),
        ({"lane": MAX_LANE + 1}, "protocol", Reason.REASON_PROTOCOL),
    ],
)
def test_a_bad_batch_ends_the_session_with_its_kind_and_loses_nothing(session, changes, kind, reason):
    session.received(batch(1, 5), 0)
    session.stored(EPOCH, LANE, 5, chain_at(5))
    detail = ended(session.received(batch(6, 10, **changes), 0), kind, reason)
    assert "events from" in detail
    assert session.received(batch(6, 10), 0) == []
    assert session.stored(EPOCH, LANE, 5, chain_at(5)) == []
    again = make({LANE: (5, chain_at(5))})
    again.received(hello(), 0)
    assert isinstance(again.received(batch(6, 10), 0)[0], c.Store)


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({"version_low": 5, "version_high": 7}, "version", Reason.REASON_VERSION),
        ({"version_low": 0, "version_high": 0}, "version", Reason.REASON_VERSION),
        ({"epoch": 0}, "protocol", Reason.REASON_PROTOCOL),
        ({"hostname": "x" * (MAX_TEXT + 1)}, "limit", Reason.REASON_LIMIT),
        ({"capabilities": ["c"] * 33}, "limit", Reason.REASON_LIMIT),
    ],
)
def test_a_bad_hello_is_refused(changes, kind, reason):
    ended(make().received(hello(**changes), 0), kind, reason)


def test_a_newer_agent_speaks_our_version():
    send = make().received(hello(version_low=1, version_high=9), 0)[-1]
    assert send.message.welcome.version == 1


def test_hello_comes_first_and_once(session):
    assert "before Hello" in ended(make().received(batch(1, 2), 0), "protocol", Reason.REASON_PROTOCOL)
    assert "second" in ended(session.received(hello(), 0), "protocol", Reason.REASON_PROTOCOL)


def test_a_message_of_a_newer_kind_is_passed_over_and_said(session):
    (report,) = session.received(AgentMessage(), 0)
    assert report.kind == "protocol"
    assert isinstance(session.received(batch(1, 2), 0)[0], c.Store)


def test_a_checkpoint_that_agrees_is_given_on(session):
    session.received(batch(1, 5), 0)
    message = checkpoint(5, chain_at(5))
    assert session.received(message, 0) == [c.Verify(message.checkpoint)]


def test_a_checkpoint_that_does_not_agree_ends_the_epoch(session):
    session.received(batch(1, 5), 0)
    evidence, *rest = session.received(checkpoint(5, b"x" * 32), 0)
    assert evidence == c.Verify(checkpoint(5, b"x" * 32).checkpoint)
    ended(rest, "chain_broken", Reason.REASON_EPOCH)


def test_a_checkpoint_where_nothing_is_known_is_said(session):
    (report,) = session.received(checkpoint(3, chain_at(3)), 0)
    assert report.kind == "checkpoint_unknown"


def test_a_checkpoint_of_another_epoch_ends_the_session(session):
    ended(session.received(checkpoint(3, chain_at(3), epoch=1), 0), "protocol", Reason.REASON_PROTOCOL)


def test_a_log_that_disagrees_with_the_session_is_never_acknowledged(session):
    session.received(batch(1, 5), 0)
    with pytest.raises(ValueError, match="other events"):
        session.stored(EPOCH, LANE, 6, chain_at(6))
    with pytest.raises(ValueError, match="other events"):
        session.stored(EPOCH, LANE, 5, b"x" * 32)
    assert session.stored(EPOCH + 1, LANE, 5, chain_at(5)) == []
    assert session.stored(EPOCH, 3, 5, chain_at(5)) == []


def test_reports_and_refusals_are_given_on_within_limits(session):
    message = AgentMessage()
    message.content.version = 3
    assert session.received(message, 0) == [c.ContentReported(message.content)]
    message.sample.reason = "gone"
    assert session.received(message, 0) == [c.SampleRefused(message.sample)]
    message.sample.reason = "x" * (MAX_TEXT + 1)
    ended(session.received(message, 0), "limit", Reason.REASON_LIMIT)


def test_what_the_collector_says_by_itself(session):
    assert session.offer(9)[0].message.content.version == 9
    sample = session.ask(b"h" * 32, 5)[0].message.sample
    assert (sample.sha256, sample.limit) == (b"h" * 32, 5)
    assert session.throttle(70)[0].message.throttle.wait_ms == 70
    rules = session.choose(b"quiet ", b"urgent")[0].message.rules
    assert (rules.quiet, rules.urgent) == (b"quiet ", b"urgent")
    goodbye, close = session.end(Reason.REASON_SHUTDOWN, "for repairs", 90)
    assert goodbye.message.goodbye.retry_after_ms == 90
    assert close == c.Close(Reason.REASON_SHUTDOWN, "for repairs")
    assert session.end(1, "again") == session.offer(10) == session.received(batch(1, 2), 0) == []


def test_nothing_is_said_before_hello_but_content_is_remembered():
    session = make()
    assert session.ask(b"h" * 32, 5) == session.throttle(1) == session.offer(8) == session.choose(b"", b"") == []
    assert session.received(hello(), 0)[-1].message.welcome.content.version == 8


@pytest.mark.parametrize("can", [[], [SAMPLE], [CONTENT], ["unheard of", CONTENT, SAMPLE]])
def test_nobody_is_asked_for_what_they_cannot_do(can):
    session = make(content=8)
    welcome = session.received(hello(capabilities=can), 0)[-1].message.welcome
    assert welcome.HasField("content") == bool(session.offer(9)) == (CONTENT in can)
    assert bool(session.ask(b"h" * 32, 5)) == (SAMPLE in can)
    assert session.throttle(1) != [] != session.choose(b"", b"")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_typed_end_or_are_passed_over(data):
    session = make()
    session.received(hello(), 0)
    message = AgentMessage()
    message.batch.CopyFrom(batch(1, 2).batch)
    message.batch.events = data
    assert isinstance(session.received(message, 0)[-1], c.Close)


def test_every_lane_of_the_proto_is_taken():
    for lane in set(Lane.values()) - {0}:
        session = make()
        session.received(hello(), 0)
        assert isinstance(session.received(batch(1, 2, lane=lane), 0)[0], c.Store)


def test_dictionaries_are_named_to_who_can_use_them_and_what_they_compress_is_read():
    trained = train([b"/usr/bin/program %d %d " % (n % 7, n) * 9 for n in range(300)], 1_000)
    known = {trained.number: trained} | dict.fromkeys(range(1, 40), trained)
    session = c.CollectorSession("h", acked=lambda _: {}, clock=lambda: 0, content=5, dictionaries=known)
    told = session.received(hello(capabilities=[CONTENT, DICTIONARY]), 0)[-1].message.welcome.content
    assert list(told.dictionaries) == [trained.number, *range(1, MAX_DICTIONARIES)]
    (offer,) = session.offer(6)
    assert (offer.message.content.version, list(offer.message.content.dictionaries)) == (6, list(told.dictionaries))
    message = AgentMessage(batch=pack(EPOCH, LANE, 1, START, EVENTS[:3], dictionary=trained))
    (store,) = session.received(message, 0)
    assert (store.count, store.chain) == (3, chain_at(3))
    assert (store.batch.dictionary, unpack(store.batch)) == (0, EVENTS[:3])
    other = c.CollectorSession("h", acked=lambda _: {}, clock=lambda: 0, content=5, dictionaries=known)
    assert not other.received(hello(), 0)[-1].message.welcome.content.dictionaries


@pytest.mark.parametrize(
    ("kept", "forgets", "told"),
    [
        ([5, 6], False, [(5, [(1, 2), (3, 4)]), (6, [])]),
        ([6, 5], True, [(6, []), (5, [(1, 2), (3, 4)])]),  # 5 is older and known
        ([5, 6], True, [(5, [(1, 2), (3, 4)])]),  # 6 may be forgotten
        ([6, 7], True, []),
        ([6, 7, 8, 9, 10], False, [(6, []), (7, []), (8, [])]),
    ],
)
def test_of_earlier_epochs_that_an_agent_keeps_it_hears_what_is_safe(kept, forgets, told):
    marks = {EPOCH: {2: (9, START)}, 5: {3: (4, START), 1: (2, START)}}
    session = c.CollectorSession("h", acked=lambda epoch: marks.get(epoch, {}), clock=lambda: 0, forgets=forgets)
    message = hello()
    message.hello.kept.extend(kept)
    answer = session.received(message, 0)[-1].message.welcome.kept
    assert [(each.epoch, [(m.lane, m.sequence) for m in each.acked]) for each in answer] == told
