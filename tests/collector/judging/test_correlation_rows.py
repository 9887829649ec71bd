"""Rows in the control store do what rows in memory do, and bring a correlator back."""

import contextlib
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from tramgac_collector import database
from tramgac_collector.correlation_schema import MemberRow, WindowRow
from tramgac_collector.judging import correlation_rows
from tramgac_collector.judging.correlation_rows import SLACK_NS, ControlRows, group_key
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.model import AFTER, fired, position

from tests.rules.correlation.flows import arrivals, flows
from tests.rules.correlation.making import SECOND, Flow, correlation, match

NOW = 1_790_000_000_000_000_000
TWO = correlation("event_count", ("gte", 2))


class Stored(Flow):
    """A flow whose rows are in the control store, each block a transaction."""

    def __init__(self, store, *correlations, **more):
        super().__init__(*correlations, **more)
        self.store = store

    @contextlib.contextmanager
    def rows(self):
        with database.session(self.store) as s:
            rows = ControlRows(s, self.correlations, NOW)
            yield rows
            rows.flush()

    def told(self):
        with self.rows() as rows:
            windows = [(i, w) for i, _ in enumerate(self.correlations) for g in self._groups(rows, i) for w in g]
        return {(index, window.id): window for index, window in windows if window.fired}

    def _groups(self, rows, index):
        groups = {tuple(told[0]) for told in rows._s.scalars(select(MemberRow.told))}
        return [rows.windows(index, group, None, 10**18) for group in groups]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flow=flows(), data=st.data())
def test_any_order_with_restarts_gives_the_same_alerts(store, flow, data):
    made, matches = flow
    with database.session(store) as s:
        s.execute(delete(MemberRow))
        s.execute(delete(WindowRow))
    best = Flow(made, lateness=0).send(*matches).end()
    lateness = data.draw(st.sampled_from([0, 5, 100]))
    some = Stored(store, made, lateness=lateness)
    with mock.patch.object(correlation_rows, "SLACK_NS", lateness * SECOND):  # what is older is not read at a start
        for block in data.draw(arrivals(matches)):
            some.send(*block)
            if data.draw(st.integers(0, 3)) == 0:
                some.restart()
        assert some.end() == best
    with some.rows() as rows:
        assert list(rows.provisional(0)) == []


def rows_of(store, *correlations):
    return Stored(store, *(correlations or (TWO,))).rows()


def test_matches_come_back_as_they_were_written(store):
    odd = [
        match(1, value="ế\x1fx"),
        match(2, value=1.5, event=7),
        match(3, value=10**30, event=8, host="f" * 32),
        match(4)._replace(event=("h", 2**64 - 1, 2, 2**40, "a" * 32)),
    ]
    with rows_of(store) as rows:
        for each in [*odd, *odd]:
            rows.put_match(0, each)
    with rows_of(store) as rows:
        assert sorted(rows.matches(0, ("an",), None, 0, 10**18)) == odd
        assert list(rows.matches(0, ("binh",), None, 0, 10**18)) == []
        assert sorted(rows.matches(0, ("an",), position(odd[1]), 0, 10**18)) == odd[2:]
        assert sorted(rows.matches(0, ("an",), None, 3 * SECOND, 10**18)) == odd[2:]
        assert sorted(rows.matches(0, ("an",), None, 2 * SECOND, 3 * SECOND)) == odd[1:3]
        rows.drop_match(0, odd[0])
        assert sorted(rows.matches(0, ("an",), None, 0, 10**18)) == odd[1:]


def test_windows_come_back_as_they_were_written(store):
    counting = correlation("event_count", ("gte", 2), by_host=True)
    windows = [fired(counting, [match(t, group=("h", "an")), match(t + 1, group=("h", "an"))]) for t in (1, 3, 5)]
    with rows_of(store, counting) as rows:
        for window in windows:
            rows.put_window(0, window, final=True)
    with rows_of(store, counting) as rows:
        assert sorted(rows.windows(0, ("h", "an"), None, 10**18), key=lambda w: w.end) == windows
        assert rows.windows(0, ("h", "an"), windows[1].end, 10**18) == windows[2:]
        assert sorted(rows.windows(0, ("h", "an"), None, 4 * SECOND), key=lambda w: w.end) == windows[:2]
        assert rows.last_end(0, ("h", "an"), windows[2].end) == windows[1].end
        assert rows.last_end(0, ("h", "an"), windows[0].end) is None
        assert rows.window(0, windows[1].id) == windows[1]
        assert rows.window(0, "nothing") is None
        assert rows.ends(0) == {"h": 6 * SECOND}


def test_of_ends_at_one_time_the_position_decides(store):
    windows = [fired(TWO, [match(1, event=n)]) for n in (3, 1, 2)]
    with rows_of(store) as rows:
        for window in windows:
            rows.put_window(0, window, final=True)
        assert rows.last_end(0, ("an",), position(match(1, event=3))) == windows[2].end
        assert rows.last_end(0, ("an",), (SECOND, AFTER, 0)) == windows[0].end
        assert [w.first.event[3] for w in rows.windows(0, ("an",), windows[2].end, 10**18)] == [3]


def test_a_final_window_stays_final_and_what_became_of_each_is_told(store):
    window = fired(TWO, [match(1), match(2)])
    with rows_of(store) as rows:
        rows.put_window(0, window, final=False)
        assert list(rows.provisional(0)) == [window]
        rows.drop_window(0, window, "", final=True)
        assert rows.told == {(0, window.id): (window, False, "")}
        rows.put_window(0, window, final=True)
        rows.put_window(0, window, final=False)
        rows.drop_window(0, window, "", final=False)
        assert rows.told == {(0, window.id): (window, True, "")}
        assert list(rows.provisional(0)) == []
        rows.drop_window(0, window, "other", final=True)
        assert rows.told == {(0, window.id): (window, None, "other")}
        assert rows.windows(0, ("an",), None, 10**18) == []


def test_only_what_a_group_has_since_its_last_end_is_live(store):
    early, late = match(1), match(9)
    with rows_of(store) as rows:
        for each in (early, match(2), match(2, event=9_999), late, match(3, group=("binh",))):
            rows.put_match(0, each)
        rows.put_window(0, fired(TWO, [early, match(2)]), final=True)
        rows.flush()
        assert sorted(rows.live(0)) == [match(2, event=9_999), match(3, group=("binh",)), late]


def test_what_nothing_can_reach_is_not_read(store):
    with rows_of(store) as rows:
        rows.put_match(0, match(1))
        rows.put_match(0, match(20 + SLACK_NS // SECOND))
        rows.flush()
        assert len(list(rows.live(0))) == 1


def test_correlations_are_told_apart_by_their_text(store):
    one, two = TWO, correlation("event_count", ("gte", 2), number=1)
    with rows_of(store, one, two) as rows:
        rows.put_match(0, match(1))
        assert list(rows.matches(1, ("an",), None, 0, 10**18)) == []


def test_a_correlator_goes_on_from_rows(store):
    flow = Stored(store, TWO, lateness=5).send(match(1), match(2), match(9))
    flow.restart()
    assert isinstance(flow.correlator, Correlator)
    flow.send(match(10))
    assert sorted((w.first.time // SECOND, w.last.time // SECOND) for w in flow.end().values()) == [(1, 2), (9, 10)]


def test_groups_have_keys_of_one_length():
    assert group_key(("a", "b")) != group_key(("a\x1fb",)) != group_key(("ab", ""))
    assert len(group_key(("x" * 10_000,))) == 32
