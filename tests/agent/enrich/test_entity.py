from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.enrich.entity import entity_id, ticks


@given(st.integers(1, 2**22 - 1), st.integers(1, 2**42 - 1))
def test_pid_and_start_can_be_read_back(pid, start):
    value = entity_id(pid, start)
    assert 0 < value < 2**64
    assert (value & (2**22 - 1), value >> 22) == (pid, start)


def test_what_is_not_known_has_no_identity():
    assert entity_id(0, 5) == entity_id(5, 0) == 0


def test_ticks_are_rounded_down_as_the_kernel_does():
    assert (ticks(0), ticks(9_999_999), ticks(10_000_000), ticks(25_000_000)) == (0, 0, 1, 2)
