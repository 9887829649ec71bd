from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.sleep.bedtime import ABORTED_NS, HEARD_NS, Bedtime, Step

SECOND = 1_000_000_000


def test_last_words_are_heard_the_machine_sleeps_and_is_back():
    bedtime = Bedtime()
    assert bedtime.step(0, None, slept=False, heard=False) is Step.NOTHING
    assert bedtime.step(1, True, slept=False, heard=False) is Step.SAY
    assert bedtime.said
    assert bedtime.step(2, None, slept=False, heard=False) is Step.NOTHING
    assert bedtime.step(3, None, slept=False, heard=True) is Step.LET_GO
    assert bedtime.step(4, None, slept=False, heard=True) is Step.NOTHING
    assert bedtime.step(5, False, slept=True, heard=True) is Step.BACK
    assert not bedtime.said
    assert bedtime.step(6, False, slept=False, heard=True) is Step.NOTHING, "that is known"


def test_a_collector_that_does_not_answer_holds_nobody_up_for_long():
    bedtime = Bedtime()
    bedtime.step(0, True, slept=False, heard=False)
    assert bedtime.step(HEARD_NS - 1, None, slept=False, heard=False) is Step.NOTHING
    assert bedtime.step(HEARD_NS, None, slept=False, heard=False) is Step.LET_GO


def test_a_sleep_that_nobody_announced_and_one_that_did_not_come():
    bedtime = Bedtime()
    assert bedtime.step(0, None, slept=True, heard=False) is Step.BACK
    bedtime.step(0, True, slept=False, heard=False)
    bedtime.step(1, None, slept=False, heard=True)
    assert bedtime.step(ABORTED_NS, None, slept=False, heard=True) is Step.BACK


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([None, None, True, False]), st.booleans(), st.booleans()),
        max_size=30,
    )
)
def test_nobody_stays_silent_for_longer_than_a_minute_and_the_machine_is_let_go(history):
    bedtime, now, said_at, let = Bedtime(), 0, None, False
    for waited, word, slept, heard in history:
        now += waited * SECOND
        step = bedtime.step(now, word, slept=slept, heard=heard)
        match step:
            case Step.SAY:
                said_at, let = now, False
            case Step.LET_GO:
                assert said_at is not None
                assert not let, "once"
                let = True
            case Step.BACK:
                said_at = None
            case _:
                assert said_at is None or let or now - said_at < HEARD_NS
        assert bedtime.said == (said_at is not None)
        assert said_at is None or now - said_at < ABORTED_NS or step is Step.SAY
