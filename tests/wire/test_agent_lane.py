import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.agent_lane import AgentLane, Verdict
from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS

NUMBERS = st.integers(1, 2_000)


@given(NUMBERS, NUMBERS, st.integers(0, 2_000), st.integers(0, 5_000))
def test_a_batch_is_full_by_events_or_by_bytes_or_as_the_rest_of_a_flush(upcoming, cursor, goal, mean):
    lane = AgentLane(next=upcoming, cursor=cursor, goal=goal, mean=mean)
    waiting = max(0, upcoming - cursor)
    assert lane.waiting == waiting
    assert lane.full == (goal > cursor or waiting >= BATCH_EVENTS or waiting * mean >= BATCH_BYTES)


CHAINS = {1: b"a" * 32, 2: b"b" * 32, 3: b"c" * 32}


@pytest.mark.parametrize(
    ("sequence", "chain", "verdict"),
    [
        (2, CHAINS[2], Verdict.OURS),
        (2, CHAINS[3], Verdict.OTHERS),
        (4, b"d" * 32, Verdict.OTHERS),  # not known here, and something waits below
        (2, b"", Verdict.OURS),  # a collector that does not say it
        (5, CHAINS[3], Verdict.AHEAD),
        (5, b"", Verdict.AHEAD),
        (0, b"", Verdict.OURS),
    ],
)
def test_whose_events_a_mark_stands_for(sequence, chain, verdict):
    assert AgentLane(first=1, next=5).judge(sequence, chain, CHAINS.get) is verdict


@pytest.mark.parametrize("lane", [AgentLane(), AgentLane(first=4, next=5), AgentLane(first=1, next=5, forgotten=3)])
def test_a_mark_that_takes_nothing_with_it_needs_no_proof(lane):
    assert lane.judge(3, b"?" * 32, CHAINS.get) is Verdict.OURS
