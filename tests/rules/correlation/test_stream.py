from tramgac_rules.correlation.model import Match
from tramgac_rules.correlation.stream import Changes, Limits, Stream

from tests.rules.correlation.making import SECOND, correlation, match

TWO = correlation("event_count", ("gte", 2))


class Run:
    """A stream and what it told."""

    def __init__(self, made=TWO, *, early=True, **limits):
        self.stream, self.changes = Stream(0, made, Limits(**limits), early=early), Changes()

    def add(self, *matches):
        for each in matches:
            self.stream.add(each, self.changes)
        return self

    def to(self, seconds, part=""):
        self.stream.advance(part, seconds * SECOND, self.changes)
        return self

    def told(self, what):
        return [(w.first.time // SECOND, w.last.time // SECOND) for _, w, *_ in getattr(self.changes, what)]

    @property
    def final(self):
        return self.told("final")


def test_what_waits_is_applied_in_order_when_the_watermark_passes():
    run = Run(correlation("event_count", ("gte", 3)), early=False).add(match(3), match(1), match(2))
    assert run.to(2).final == []
    assert run.stream.waiting == 1
    assert run.to(3).final == [(1, 3)]
    assert run.stream.watermark("") == 3 * SECOND


def test_the_same_match_twice_is_one():
    assert Run(early=False).add(match(1), match(1)).to(5).final == []


def test_at_one_time_the_event_id_decides():
    run = Run(early=False).add(match(1, event=3), match(1, event=1), match(1, event=2)).to(1)
    ((_, window),) = run.changes.final
    assert [each.event[3] for each in window.members] == [1, 2]


def test_what_comes_after_its_watermark_is_told_as_late():
    run = Run().add(match(5)).to(5).add(match(5, event=1), match(6))
    assert run.changes.late == [(0, match(5, event=1))]
    assert run.stream.counts["late"] == 1


def test_a_firing_on_arrival_is_provisional_until_confirmed():
    run = Run().add(match(1), match(2))
    assert (run.told("early"), run.final) == ([(1, 2)], [])
    run.to(2)
    assert (run.final, run.told("withdrawn")) == ([(1, 2)], [])
    assert run.changes.final[0][1].id == run.changes.early[0][1].id
    assert not run.stream._open


def test_one_that_comes_out_otherwise_is_withdrawn_for_it():
    run = Run().add(match(2), match(3), match(1)).to(9)
    assert (run.told("early"), run.final, run.told("withdrawn")) == ([(2, 3)], [(1, 2)], [(2, 3)])
    assert run.changes.withdrawn[0][2] == run.changes.final[0][1].id


def test_one_that_does_not_come_true_is_withdrawn():
    run = Run(correlation("temporal_ordered", ("gte", 2), rules=2)).add(match(5, turn=1), match(3, turn=0))
    run.add(match(5, turn=0, event=9_000)).to(9)
    assert run.final == [(5, 5)]
    plain = Run().add(match(1), match(2), match(2.5))
    plain.stream.remove(match(1), plain.changes)
    plain.stream.remove(match(2), plain.changes)
    assert plain.to(9).told("withdrawn") == [(1, 2)]
    assert plain.changes.withdrawn[0][2] == ""


def test_of_several_that_are_provisional_only_what_does_not_come_true_is_withdrawn_and_once():
    run = Run().add(match(1), match(2), match(5), match(6))
    assert run.told("early") == [(1, 2), (5, 6)]
    run.stream.remove(match(1), run.changes)
    run.stream.remove(match(2), run.changes)
    assert run.to(3).told("withdrawn") == [(1, 2)]
    assert (run.to(9).final, run.told("withdrawn")) == ([(5, 6)], [(1, 2)])
    assert not run.stream._open


def test_what_was_taken_back_is_no_part_of_a_provisional_firing():
    run = Run().add(match(1))
    run.stream.remove(match(1), run.changes)
    assert run.add(match(2)).told("early") == []
    assert run.add(match(20), match(21)).told("early") == [(20, 21)]


def test_a_group_about_which_it_was_wrong_is_silent_until_it_was_quiet():
    run = Run().add(match(2), match(3), match(1)).to(3)
    run.changes.early.clear()
    run.add(match(6), match(7), match(12))
    assert run.told("early") == []
    run.add(match(23), match(24))
    assert run.told("early") == [(23, 24)]
    assert run.to(99).final == [(1, 2), (3, 6), (7, 12), (23, 24)]


def test_members_that_came_out_of_order_and_are_too_far_apart_are_no_firing():
    assert Run().add(match(20), match(1)).told("early") == []


def test_what_can_be_undone_is_never_provisional():
    run = Run(correlation("event_count", ("gt", 1), ("lt", 9))).add(match(1), match(2))
    assert run.told("early") == []
    assert run.to(10).final == []
    assert run.to(11).final == [(1, 2)]


def test_windows_close_before_what_comes_after_them():
    run = Run(correlation("event_count", ("lt", 9))).add(match(1), match(30), match(11), match(12)).to(40)
    assert run.final == [(1, 11), (12, 12), (30, 30)]


def test_one_watermark_for_each_host_where_groups_stay_within_a_host():
    hosted = correlation("event_count", ("gte", 2), by_host=True)
    one, two = ([match(t, host=host, group=(host, "an")) for t in (1, 2)] for host in "ab")
    run = Run(hosted, early=False).add(*one, *two).to(5, "a")
    assert [w.group[0] for _, w in run.changes.final] == ["a"]
    run.add(match(3, host="b", group=("b", "an")))
    assert not run.changes.late
    assert run.stream.waits() == {"b"}


def test_groups_are_bounded_and_what_is_given_up_is_counted():
    run = Run(early=False, groups=2).add(*[match(t, group=(f"g{t}",)) for t in range(5)], match(5, group=("g3",)))
    assert run.to(9).final == [(3, 5)], "the one that was not used for longest went"
    assert run.stream.counts["groups_given_up"] == 3
    closing = Run(correlation("event_count", ("lt", 9)), groups=2).add(*[match(t, group=(f"g{t}",)) for t in range(5)])
    assert closing.to(99).final == [(3, 3), (4, 4)]
    assert closing.stream.counts["groups_given_up"] == 3


def test_dead_groups_are_dropped_and_are_no_loss():
    run = Run(early=False, groups=2).add(*[match(t * 11, group=(f"g{t}",)) for t in range(5)]).to(45)
    assert list(run.stream._groups) == [("g4",)]
    assert run.stream.counts["groups_given_up"] == 0
    assert not Run(early=False).add(match(1)).to(99).stream._groups


def test_the_early_states_are_bounded_too():
    run = Run(groups=2).add(*[match(t, group=(f"g{t}",)) for t in range(5)])
    assert len(run.stream._early.groups) == 2
    for t in range(5):
        run.stream._doubt((f"g{t}",), t)
    assert len(run.stream._mistaken) == 2


def test_what_waits_is_bounded_by_applying_the_oldest_sooner():
    run = Run(early=False, waiting=2).add(match(1), match(3), match(2))
    assert (run.stream.waiting, run.stream.counts["hurried"]) == (2, 1)
    run.add(match(1, event=7), match(4)).to(9)
    assert run.changes.late == [(0, match(1, event=7))], "to be run again: nothing is lost by it"
    assert run.final == [(1, 2), (3, 4)]


def test_values_that_have_no_room_are_counted():
    made = correlation("value_median", ("gt", 1), span=10**6)
    run = Run(made).add(*[match(t, value=1) for t in range(10_003)]).to(10**7)
    assert run.stream.counts["values_given_up"] == 3


def test_a_part_that_falls_silent_is_settled_as_far_as_it_goes():
    run = Run(correlation("event_count", ("lt", 9))).add(match(1), match(2))
    run.stream.settle("", 5 * SECOND, run.changes)
    assert (run.final, run.stream.watermark("")) == ([], 2 * SECOND)
    run.stream.settle("", 50 * SECOND, run.changes)
    assert (run.final, run.stream.watermark("")) == ([(1, 2)], 11 * SECOND)
    run.stream.settle("", 99 * SECOND, run.changes)
    run.stream.settle("nobody", 99 * SECOND, run.changes)
    assert run.add(match(12)).changes.late == []


def test_what_is_taken_back_is_not_applied_and_may_come_again():
    run = Run(early=False).add(match(1), match(2))
    run.stream.remove(match(1), run.changes)
    assert run.to(2).final == []
    run.stream.remove(match(2), run.changes)
    assert run.changes.late == [(0, match(2))]
    again = Run(early=False).add(match(1), match(2))
    again.stream.remove(match(1), again.changes)
    assert again.add(match(1)).to(9).final == [(1, 2)]


def test_matches_are_compared_as_tuples():
    assert Match(1, ("h", 1, 1, 1), 0, ("a",)) == (1, ("h", 1, 1, 1), 0, ("a",), "")
