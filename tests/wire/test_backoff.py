from hypothesis import given
from hypothesis import strategies as st
from tramgac_wire.backoff import CEILING_NS, FLOOR_NS, SECOND, Backoff


def test_the_span_doubles_up_to_the_ceiling():
    backoff = Backoff(lambda: 0.999999999)
    delays = [backoff.delay() for _ in range(12)]
    assert [round(delay / SECOND) for delay in delays] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_reset_begins_again():
    backoff = Backoff(lambda: 0.5)
    for _ in range(5):
        backoff.delay()
    backoff.reset()
    assert backoff.delay() == SECOND // 2


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10**6), st.integers(0, 3600))
def test_never_below_what_the_server_asked_nor_above_the_ceiling_more(number, failures, retry_after):
    backoff = Backoff(lambda: number)
    backoff.failures = failures
    delay = backoff.delay(retry_after * SECOND)
    assert retry_after * SECOND + FLOOR_NS <= delay <= retry_after * SECOND + CEILING_NS
