from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.judging.tide import LATE_NS, Along, Tide, targets


def test_what_the_foremost_saw_counts_once_the_last_is_there():
    tide = Tide()
    assert tide.observe([0, 5], [0, 70]) == 0
    assert tide.observe([4, 9], [60, 90]) == 0
    assert tide.observe([5, 9], [60, 90]) == 70
    assert tide.observe([9, 9], [60, 90]) == 90
    assert tide.observe([9, 12], [60, 80]) == 90, "it never goes back"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 99)), max_size=40), st.data())
def test_nobody_has_an_older_event_to_read_than_what_was_there_when_it_was_reached(log, data):
    """The log: whose each record is, and its time. Judges read on and tell of it, each at its own pace."""
    tide, positions, seen = Tide(), [0, 0, 0], [0, 0, 0]
    for _ in range(data.draw(st.integers(1, 12))):
        who = data.draw(st.integers(0, 2))
        end = data.draw(st.integers(positions[who], len(log)))
        seen[who] = max([seen[who], *(time for owner, time in log[positions[who] : end] if owner == who)])
        positions[who] = end
        before, reached = min(positions), tide.observe(positions, seen)
        assert reached <= max((time for _, time in log[:before]), default=0), "one judge would be there, too"
    assert tide.observe([len(log)] * 3, [max((t for o, t in log if o == n), default=0) for n in range(3)]) == max(
        (time for _, time in log), default=0
    )


def test_what_refers_to_others_waits_for_what_others_have_applied():
    other = Along(9, content=7, applied=(50, 40))
    assert targets(LATE_NS + 60, [other], 7, [0, 0, 0]) == [60, 50, 40]
    assert targets(LATE_NS + 30, [other], 7, [0, 0, 0]) == [30, 30, 30]
    assert targets(0, [other], 7, [55, 0, 45]) == [55, 50, 45], "none goes back"
    assert targets(LATE_NS + 60, [other], 8, [0, 0, 0]) == [60, 0, 0], "another content has other depths"
    assert targets(LATE_NS + 60, [other, Along(9)], 7, [0, 3, 0]) == [60, 3, 0], "one that has told nothing yet"
