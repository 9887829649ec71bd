from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.agent_lane import AgentLane
from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS

NUMBERS = st.integers(1, 2_000)


@given(NUMBERS, NUMBERS, st.integers(0, 2_000), st.integers(0, 5_000))
def test_a_batch_is_full_by_events_or_by_bytes_or_as_the_rest_of_a_flush(upcoming, cursor, goal, mean):
    lane = AgentLane(next=upcoming, cursor=cursor, goal=goal, mean=mean)
    waiting = max(0, upcoming - cursor)
    assert lane.waiting == waiting
    assert lane.full == (goal > cursor or waiting >= BATCH_EVENTS or waiting * mean >= BATCH_BYTES)
