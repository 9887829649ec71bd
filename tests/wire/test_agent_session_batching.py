"""When what waits is sent: urgent at once, the rest in batches, never later than its lane may wait."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_proto.session_pb2 import Hello
from tramgac_wire import agent_session as a
from tramgac_wire.backoff import SECOND
from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS

from tests.tools.examples import examples
from tests.wire.test_agent_session import BULK, EPOCH, SECURITY, URGENT, ack, connect, reads

WAITS = {URGENT: 0, SECURITY: 30 * SECOND, BULK: 60 * SECOND}
STEPS = st.lists(
    st.tuples(st.sampled_from(list(WAITS)), st.integers(1, 90), st.integers(50, 2_000), st.integers(0, 20 * SECOND)),
    max_size=40,
)


@settings(max_examples=examples(60))
@given(STEPS)
def test_nothing_waits_longer_than_it_may_and_nothing_goes_before_it_or_another_must(steps):
    session = a.AgentSession(
        Hello(version_low=1, version_high=1, epoch=EPOCH), flush_ns=WAITS, random=lambda: 0.5, chain=lambda *_: None
    )
    connect(session)
    now, arrived, sizes, sent = 0, {lane: [] for lane in WAITS}, dict.fromkeys(WAITS, 0), dict.fromkeys(WAITS, 0)

    along = -1  # when a lane went last because its time had come: what waits in others goes with it

    def carry_out(commands):
        nonlocal along
        for command in commands:
            if not isinstance(command, a.ReadAndSend):
                continue
            lane, first, last = command.lane, command.first, len(arrived[command.lane])
            assert first == sent[lane] + 1
            waited = now - arrived[lane][first - 1]
            enough = last - sent[lane] >= BATCH_EVENTS or sizes[lane] >= BATCH_BYTES
            assert enough or waited >= WAITS[lane] or (lane != URGENT and along == now)
            assert waited <= WAITS[lane]
            if lane != URGENT and not enough:
                along = now
            sent[lane], sizes[lane] = last, 0
            carry_out(session.sent(lane, first, last, 100, now))
            carry_out(session.received(ack((lane, last)), now))

    for lane, count, size, later in steps:
        arrived[lane] += [now] * count
        sizes[lane] += count * size
        carry_out(session.available(lane, sent[lane] + 1, len(arrived[lane]) + 1, now, sizes[lane]))
        assert sent[URGENT] == len(arrived[URGENT])
        until = now + later
        while (due := session.deadline()) is not None and due <= until:
            now = max(now, due)
            carry_out(session.tick(now))
        now = until
    while (due := session.deadline()) is not None:
        now = max(now, due)
        carry_out(session.tick(now))
    assert all(sent[lane] == len(times) for lane, times in arrived.items())


def test_what_waits_in_other_lanes_goes_with_the_one_whose_time_has_come():
    session = a.AgentSession(
        Hello(version_low=1, version_high=1, epoch=EPOCH), flush_ns=WAITS, random=lambda: 0.5, chain=lambda *_: None
    )
    connect(session)
    assert reads(session.available(SECURITY, 1, 3, 0)) == []
    assert reads(session.available(BULK, 1, 9, 20 * SECOND)) == []
    assert session.deadline() == 30 * SECOND
    assert reads(session.tick(30 * SECOND)) == [(SECURITY, 1)]
    assert reads(session.sent(SECURITY, 1, 2, 100, 30 * SECOND)) == [(BULK, 1)]
    assert reads(session.sent(BULK, 1, 8, 100, 30 * SECOND)) == []
    assert reads(session.available(BULK, 9, 10, 31 * SECOND)) == []  # what comes afterwards waits for its own time
    assert reads(session.available(URGENT, 1, 2, 32 * SECOND)) == [(URGENT, 1)]  # which takes nothing along
    assert reads(session.sent(URGENT, 1, 1, 100, 32 * SECOND)) == []


def test_one_that_is_full_takes_nothing_along():
    session = a.AgentSession(
        Hello(version_low=1, version_high=1, epoch=EPOCH), flush_ns=WAITS, random=lambda: 0.5, chain=lambda *_: None
    )
    connect(session)
    assert reads(session.available(SECURITY, 1, 3, 0)) == []
    assert reads(session.available(BULK, 1, 10 * BATCH_EVENTS, SECOND)) == [(BULK, 1)]
    assert reads(session.sent(BULK, 1, BATCH_EVENTS, 100, SECOND)) == [(BULK, BATCH_EVENTS + 1)]


def test_a_throttle_is_for_the_host_and_holds_over_streams_and_sessions():
    hello = Hello(version_low=1, version_high=1, epoch=EPOCH)
    session = a.AgentSession(hello, flush_ns={}, random=lambda: 0.5, chain=lambda *_: None, throttled_until=60 * SECOND)
    connect(session)
    assert reads(session.available(SECURITY, 1, 5_000, 0)) == []
    session.closed(1)
    connect(session, now=session.deadline())
    assert session.deadline() == 60 * SECOND
    assert reads(session.tick(60 * SECOND)) == [(SECURITY, 1)]
