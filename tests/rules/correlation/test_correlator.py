from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_rules.correlation.correlator import Correlator, Link, delays_of, levels_of, links_of

from tests.rules.correlation.flows import arrivals
from tests.rules.correlation.making import SECOND, Flow, correlation, match, told
from tests.rules.correlation.sharing import Shared

FAILURES = correlation("event_count", ("gte", 2), rules=("failed",), number=1, group_by=("Source", "User"))
BREACH = correlation(
    "temporal_ordered", ("gte", 2), rules=("c1", "worked"), number=2, group_by=("who",),
    fields=(("User",), ("Account",)), values=((), ()),
)  # fmt: skip
GROUP = ("10.0.0.1", "an")


def seconds(windows):
    return [(w.first.time // SECOND, w.last.time // SECOND) for w in windows]


def test_where_the_values_of_a_link_stand():
    assert links_of((FAILURES, BREACH)) == ((Link(1, 1, (1,), (), False),), ())
    hosted = correlation("event_count", ("gte", 2), rules=("r",), number=1, group_by=("Computer", "n"), by_host=True)
    summing = correlation("value_sum", ("gt", 2), rules=("c1",), number=2, group_by=("Computer",), by_host=True)
    summing = type(summing)(**{**{n: getattr(summing, n) for n in summing.__slots__}, "values": (("n",),)})
    assert links_of((hosted, summing))[0] == (Link(1, 0, (0, 1), (2,), True),)


def test_a_link_without_the_number_that_is_reckoned_with_is_none():
    flow = Flow(correlation("event_count", ("gte", 1), number=1)).send(match(1, group=("an",)))
    (window,) = flow.end().values()
    assert Link(0, 0, (), (0,), number=True).match(window) is None
    assert Link(0, 0, (), (0,), number=False).match(window).value == "an"


def test_a_firing_is_an_event_at_the_time_of_its_last_member():
    flow = Flow(FAILURES, BREACH, lateness=0)
    flow.send((0, match(1, group=GROUP)), (0, match(2, group=GROUP)), (1, match(3, group=("an",))))
    windows = {index: window for (index, _), window in flow.end().items()}
    assert seconds(windows.values()) == [(1, 2), (2, 3)]
    assert windows[1].first.event == windows[0].event
    assert windows[1].group == ("an",)


def test_a_chain_is_provisional_as_a_whole():
    correlator = Correlator((FAILURES, BREACH))
    for index, each in ((0, match(1, group=GROUP)), (0, match(2, group=GROUP)), (1, match(3, group=("an",)))):
        correlator.add(index, each)
    assert [(index, *seconds([w])) for index, w in correlator.take().early] == [(0, (1, 2)), (1, (2, 3))]
    correlator.advance("", 9 * SECOND)
    changes = correlator.take()
    assert [(index, *seconds([w])) for index, w in changes.final] == [(0, (1, 2)), (1, (2, 3))]
    assert [index for index, _ in changes.links] == [1]
    assert not changes.withdrawn


def test_what_refers_to_windows_that_close_waits_for_them():
    fewer = correlation("event_count", ("lt", 9), rules=("r",), number=1, span=60)
    after = correlation("event_count", ("gte", 2), rules=("c1",), number=2, span=600)
    again = correlation("event_count", ("gte", 2), rules=("c2", "c1"), number=3, span=600)
    assert [delay // SECOND for delay in delays_of((fewer, after, again))] == [0, 60, 60]
    flow = Flow(fewer, after, lateness=0).send((0, match(1))).send((0, match(100)))
    assert not flow.correlator.counts["late"]
    assert len(flow.end()) == 3
    assert not flow.correlator.counts["late"]


def test_hosts_have_watermarks_of_their_own_and_what_they_give_goes_on():
    hosted = correlation("event_count", ("gte", 1), rules=("r",), number=1, group_by=("Computer",), by_host=True)
    spread = correlation("value_count", ("gte", 2), rules=("c1",), number=2, group_by=(), values=(("Computer",),))
    flow = Flow(hosted, spread, lateness=1)
    flow.send((0, match(1, host="a", group=("a", "pc-a"))), (0, match(2, host="b", group=("b", "pc-b"))))
    assert not told(flow.book)
    assert flow.correlator.waits() == {"a", "b"}
    assert [index for index, _ in flow.end()] == [0, 0, 1]


def test_a_silent_part_can_be_settled():
    correlator = Correlator((correlation("event_count", ("lt", 2)),))
    correlator.add(0, match(1))
    correlator.settle("", 100 * SECOND)
    assert len(correlator.take().final) == 1
    assert correlator.waits() == set()


def test_of_a_silent_part_too_what_refers_to_windows_waits_for_them():
    fewer = correlation("event_count", ("lt", 9), rules=("r",), number=1, span=60)
    after = correlation("temporal", ("gte", 2), rules=("c1", "other"), number=2, span=600)
    correlator = Correlator((fewer, after), early=False)
    correlator.add(0, match(1))
    correlator.add(1, match(50))
    correlator.settle("", 55 * SECOND)
    correlator.settle("", 200 * SECOND)
    assert [index for index, _ in correlator.take().final] == [0, 1]
    assert not correlator.counts


def test_counts_are_summed():
    correlator = Correlator((FAILURES, BREACH))
    correlator.add(0, match(5, group=GROUP))
    correlator.advance("", 5 * SECOND)
    correlator.add(0, match(4, group=GROUP))
    assert correlator.counts == {"late": 1}


FAILED = correlation("event_count", ("gte", 2), rules=("failed",), number=1, by_host=True)
FEWER = correlation("event_count", ("lt", 4), rules=("failed",), number=2)
FOLLOWED = correlation("temporal_ordered", ("gte", 2), rules=("c1", "worked"), number=3, fields=(("user",), ("user",)))
EVERYWHERE = correlation(
    "value_count", ("gte", 2), rules=("c3", "c2"), number=4, group_by=(), span=30, values=(("user",), ("user",))
)
CHAIN = (FAILED, FEWER, FOLLOWED, EVERYWHERE)


def test_how_deep_each_refers_to_others():
    assert levels_of(CHAIN) == (0, 0, 1, 2)


@settings(max_examples=60)
@given(st.data())
def test_several_that_share_the_groups_find_what_one_finds(data):
    """A chain within a host, over hosts, over all; in any order, some twice, some late, any of them killed."""
    items = []
    for sequence in range(data.draw(st.integers(1, 14))):
        time, user, host = (
            data.draw(st.integers(0, 40)),
            data.draw(st.sampled_from("xy")),
            data.draw(st.sampled_from("abc")),
        )
        each = match(time, event=sequence, group=(user,), host=host)
        if data.draw(st.integers(0, 2)):
            items += [(0, each._replace(group=(host, user))), (1, each)]
        else:
            items.append((2, each))
    best = Flow(*CHAIN, lateness=0).send(*items)
    alerts = best.end()
    some = Shared(*CHAIN, count=data.draw(st.integers(2, 3)), lateness=data.draw(st.sampled_from([0, 5, 100])))
    for block in data.draw(arrivals(items)):
        some.send(*block)
        number = data.draw(st.integers(0, some.count - 1))
        some.look(number)
        if data.draw(st.integers(0, 5)) == 0:
            some.restart(number)
    assert some.end() == alerts
    assert some.book.rows == best.book.rows, "links that were taken back are gone"
    assert not any(list(some.book.provisional(index)) for index in range(len(CHAIN)))
