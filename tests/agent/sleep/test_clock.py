from tramgac_agent.sleep.clock import LEAST_NS, Slept, ahead


def test_a_sleep_is_told_once_and_a_reading_that_says_nothing_tells_nothing():
    readings = iter([10, 10 + LEAST_NS - 1, 10 + LEAST_NS, None, 10 + 3 * LEAST_NS, 10 + 3 * LEAST_NS])
    slept = Slept(lambda: next(readings))
    assert [slept.look() for _ in range(5)] == [False, False, False, True, False]


def test_what_cannot_be_read_at_first_is_no_sleep():
    readings = iter([None, 5 * LEAST_NS, 6 * LEAST_NS])
    slept = Slept(lambda: next(readings))
    assert [slept.look() for _ in range(2)] == [False, True]


def test_this_machine_does_not_sleep_meanwhile():
    first = ahead()
    assert first is None or first >= -1_000_000
    assert not Slept().look()
