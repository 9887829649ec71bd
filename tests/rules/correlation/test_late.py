from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.correlation.late import rerun, settle
from tramgac_rules.correlation.model import Window

from tests.rules.correlation.flows import arrivals, flows
from tests.rules.correlation.making import SECOND, Flow, correlation, match, told
from tests.rules.correlation.slow import firings

FOREVER = 10**18


def fired(windows):
    return [(w.first.time // SECOND, w.last.time // SECOND) for w in windows if w.fired]


def test_a_group_is_run_again_from_its_matches_alone():
    counting = correlation("event_count", ("gte", 2))
    matches = [match(t) for t in (3, 1, 9, 20, 8, 1)]
    result = rerun(counting, ("an",), matches, 10 * SECOND)
    assert fired(result.windows) == [(1, 3), (8, 9)]
    assert result.state is None, "what is later is not applied"
    assert rerun(counting, ("an",), matches, 20 * SECOND).state == [match(20)]


def test_windows_that_close_are_run_again_too():
    fewer = correlation("event_count", ("lt", 3))
    result = rerun(fewer, ("an",), [match(t) for t in (0, 10, 11, 12, 21, 22)], 31 * SECOND)
    assert [(w.count, w.fired) for w in result.windows] == [(2, True), (3, False)]
    assert result.state.count == 1, "the window from 22 on is open"


@settings(max_examples=100)
@given(flows())
def test_it_finds_what_the_slow_evaluator_finds(flow):
    made, matches = flow
    windows = [
        window
        for group in {each.group for each in matches}
        for window in rerun(made, group, [each for each in matches if each.group == group], FOREVER).windows
    ]
    found = [(window.first.time, window.last) for window in windows if window.fired]
    assert sorted(found, key=str) == firings(made, matches)


@settings(max_examples=100)
@given(flows(), st.data())
def test_shuffled_doubled_and_late_matches_give_the_same_alerts(flow, data):
    """Within the lateness or beyond it, with restarts in between."""
    made, matches = flow
    best = Flow(made, lateness=0).send(*matches).end()
    lateness, early = data.draw(st.sampled_from([0, 1, 5, 100])), data.draw(st.booleans())
    some = Flow(made, lateness=lateness, early=early)
    for block in data.draw(arrivals(matches)):
        some.send(*block)
        if data.draw(st.integers(0, 7)) == 0:
            some.restart()
    assert some.end() == best
    assert not list(some.book.provisional(0))


@settings(max_examples=30)
@given(st.data())
def test_a_chain_gives_the_same_alerts_in_any_order(data):
    """Two failures of one user, then a success; and two users so treated, by a chain of chains."""
    failures = correlation("event_count", ("gte", 2), rules=("failed",), number=1)
    fewer = correlation("event_count", ("lt", 4), rules=("failed",), number=2)
    followed = correlation("temporal_ordered", ("gte", 2), rules=("c1", "worked"), number=3)
    everywhere = correlation(
        "value_count", ("gte", 2), rules=("c3", "c2"), number=4, group_by=(), span=30, values=(("user",), ("user",))
    )
    chain = (failures, fewer, followed, everywhere)
    items = []
    for sequence in range(data.draw(st.integers(1, 12))):
        time, user = data.draw(st.integers(0, 40)), (data.draw(st.sampled_from("xy")),)
        if data.draw(st.integers(0, 2)):
            items += [(index, match(time, event=sequence, group=user)) for index in (0, 1)]
        else:
            items.append((2, match(time, event=sequence, group=user)))
    best = Flow(*chain, lateness=0).send(*items)
    alerts = best.end()
    some = Flow(*chain, lateness=data.draw(st.sampled_from([0, 5, 100])))
    for block in data.draw(arrivals(items)):
        some.send(*block)
        if data.draw(st.integers(0, 7)) == 0:
            some.restart()
    assert some.end() == alerts
    assert some.book.rows == best.book.rows, "links that were taken back are gone"


def test_what_a_late_match_changes_is_put_right_and_the_rest_left():
    flow = Flow(correlation("event_count", ("gte", 2)), lateness=0)
    flow.send(match(1), match(2)).send(match(20), match(21)).send(match(60))
    before = told(flow.book)
    assert fired(sorted(before.values(), key=lambda w: w.end)) == [(1, 2), (20, 21)]
    flow.send(match(19))
    after = told(flow.book)
    assert fired(sorted(after.values(), key=lambda w: w.end)) == [(1, 2), (19, 20)]
    gone = next(w for w in before.values() if w.first.time == 20 * SECOND)
    new = next(w for w in after.values() if w.first.time == 19 * SECOND)
    assert flow.book.withdrawn == [(gone.id, new.id)]
    assert flow.correlator.counts["late"] == 1


class Watched(Flow):
    """A flow that notes how far it was read."""

    def __init__(self, *correlations, **more):
        super().__init__(*correlations, **more)
        self.read, real = [], self.book.matches

        def matches(index, group, after, since, until):
            self.read.append((since // SECOND, until // SECOND))
            return real(index, group, after, since, until)

        self.book.matches = matches


def test_no_more_is_read_than_the_late_match_can_change():
    flow = Watched(correlation("event_count", ("gte", 3)), lateness=0)
    flow.send(*[match(t) for t in range(0, 9_000, 30)]).send(match(301))
    assert flow.read == [(291, 341)], "nothing came for longer than the span after it"
    state = flow.correlator.streams[0]._machine.groups["an",]
    flow.send(match(302))
    assert flow.correlator.streams[0]._machine.groups["an",] is state, "what is open is as it was"
    assert fired(told(flow.book).values()) == [(300, 302)]


def test_where_a_window_ends_as_before_all_that_follows_is_as_before():
    pair = correlation("temporal_ordered", ("gte", 2), rules=2)
    flow = Watched(pair, lateness=0)
    flow.send(*[match(t, turn=1 - t % 2) for t in range(1_000)])
    windows = told(flow.book)
    flow.send(match(500.5, turn=0), match(800.5, turn=1))
    assert flow.read == [(490, 540), (790, 840)], "each late match by itself"
    changed = [window for key, window in told(flow.book).items() if windows.get(key) != window]
    assert sorted(fired(changed)) == [(500, 500), (800, 801)]


def test_what_was_taken_back_counts_as_having_been_there():
    """Without it there would be a gap, and what stood across it would stay."""
    flow = Flow(correlation("event_count", ("gte", 2)), lateness=0).send(*map(match, (9, 10, 15, 22)))
    assert sorted(fired(told(flow.book).values())) == [(9, 10), (15, 22)]
    with flow.rows() as rows:
        rows.drop_match(0, match(15))
        flow.correlator.streams[0].remove(match(15), flow.correlator.changes)
        rows.put_match(0, match(9.5))
        flow.correlator.add(0, match(9.5))
        settle(flow.correlator, rows)
    assert fired(told(flow.book).values()) == [(9, 9)]


def test_a_change_that_goes_on_is_followed_as_far_as_it_goes():
    flow = Watched(correlation("event_count", ("gte", 3)), lateness=0)
    flow.send(*[match(t) for t in range(1_000)]).send(match(100.5))
    assert [until for _, until in flow.read] == [140, 260, 740, 999]
    assert len(told(flow.book)) == 333


def test_the_state_that_is_left_goes_on():
    flow = Flow(correlation("event_count", ("gte", 3)), lateness=0)
    flow.send(match(20)).send(match(15)).send(match(22))
    assert fired(told(flow.book).values()) == [(15, 22)]


def test_settling_nothing_writes_nothing():
    flow = Flow(correlation("event_count", ("gte", 3)))
    settle(flow.correlator, flow.book)
    assert not flow.book.rows
    assert not flow.book.ended


def test_a_window_is_the_same_if_its_matches_are():
    assert isinstance(rerun(correlation("event_count", ("gte", 1)), ("an",), [match(1)], 1).windows, tuple)
    one, two = (Flow(correlation("event_count", ("gte", 1))).send(match(1)).end() for _ in range(2))
    assert one == two
    assert all(isinstance(window, Window) for window in one.values())
