from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_collector.gateway.limits import (
    BURST_S,
    HOLD_S,
    MESSAGE,
    OFFENCES,
    WINDOWS,
    Meter,
    Step,
    Tank,
)
from tramgac_wire.limits import MAX_BATCH_EVENTS, WINDOW_BATCHES, WINDOW_BYTES

RATE, VOLUME = 1_000.0, 1e9


def meter():
    return Meter.of(RATE, VOLUME)


def test_a_tank_lends_and_is_paid_back():
    tank = Tank(10.0)
    assert tank.draw(0.0, 10 * BURST_S) == 0
    assert tank.draw(0.0, 50) == 5.0
    assert tank.draw(5.0, 0) == 0
    assert tank.draw(1_000_000.0, 10 * BURST_S) == 0, "it holds no more than a minute's worth"
    assert tank.draw(1_000_000.0, 1) > 0


def test_a_backlog_goes_at_once_up_to_a_minutes_worth():
    one = meter()
    assert one.take(0.0, int(RATE * BURST_S) - MESSAGE, 1, urgent=False) is Step.GO
    assert one.take(0.0, 1, 1, urgent=False) is Step.HOLD
    assert one.held_until == HOLD_S[0]


def test_what_was_on_its_way_is_no_offence_and_going_on_is():
    one = meter()
    one.take(0.0, 10 * int(RATE * BURST_S), 1, urgent=False)
    steps = [one.take(0.1, 1, 100, urgent=False) for _ in range(WINDOWS * WINDOW_BATCHES + 1)]
    assert set(steps[:-1]) == {Step.GO}
    assert steps[-1] is Step.OFFENCE
    two = meter()
    two.take(0.0, 10 * int(RATE * BURST_S), 1, urgent=False)
    assert two.take(0.1, 1, WINDOWS * WINDOW_BYTES + 1, urgent=False) is Step.OFFENCE


def test_urgent_messages_are_read_later_and_never_an_offence():
    one = meter()
    steps = [one.take(0.0, 1_000, 1, urgent=True) for _ in range(1_000)]
    assert set(steps[:50]) == {Step.GO}
    assert set(steps[100:]) == {Step.PAUSE}


def test_what_happens_too_often_within_its_time_makes_an_offender():
    for offence, (most, within) in OFFENCES.items():
        one = meter()
        spread = [one.strike(number * within, offence) for number in range(most + 5)]
        assert not any(spread), offence
        other = meter()
        assert [other.strike(0.0, offence) for _ in range(most)] == [*[False] * (most - 1), True], offence
        other.forgive()
        assert not other.strike(0.0, offence)


def test_another_incarnation_counts_and_the_same_does_not():
    one, most = meter(), OFFENCES["epochs"][0]
    assert not any(one.incarnation(0.0, 7) for _ in range(10 * most))
    assert [one.incarnation(0.0, epoch) for epoch in range(8, 8 + most)] == [*[False] * (most - 1), True]


def test_to_go_on_with_an_earlier_incarnation_is_no_offence():
    """An agent drains what waited under earlier ones, and each urgent event in between is of the present one."""
    one = meter()
    assert not any(one.incarnation(0.0, epoch) for _ in range(500) for epoch in (1, 9, 2, 9, 3, 9))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, MAX_BATCH_EVENTS), st.floats(0.0, 30.0)), max_size=200), st.integers(0, 127))
def test_who_waits_when_told_is_never_an_offender_and_sends_no_more_than_the_rate(batches, on_the_way):
    """Whatever it has to send: it stops at a HOLD, but for what was on its way."""
    one, now, sent, passing = meter(), 0.0, 0, 0
    for count, pause in batches:
        now += pause
        if now < one.held_until:
            if passing >= on_the_way:
                now = one.held_until
            passing += 1
        step = one.take(now, count, 100, urgent=False)
        assert step is not Step.OFFENCE
        if step is Step.HOLD:
            passing = 0
        sent += count
    assert sent <= RATE * (BURST_S + now) + (on_the_way + 1) * MAX_BATCH_EVENTS + MAX_BATCH_EVENTS
