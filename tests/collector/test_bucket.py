from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.bucket import Bucket


@given(st.lists(st.floats(0, 100), max_size=200).map(sorted))
def test_never_more_than_the_burst_and_the_rate(times):
    bucket = Bucket(2.0, 5.0)
    taken = [now for now in times if bucket.take(now)]
    for start in range(len(taken)):
        for end in range(start, len(taken)):
            assert end - start + 1 <= 5 + 2 * (taken[end] - taken[start]) + 1e-6


def test_a_clock_that_goes_back_gives_nothing():
    bucket = Bucket(1.0, 1.0)
    assert bucket.take(10.0)
    assert not bucket.take(5.0)
    assert not bucket.take(10.5)
    assert bucket.take(11.5)
