import itertools

import pytest
from tramgac_rules.costs import MOST, SAMPLE, Budget, Ledger
from tramgac_rules.judge import Judge

from tests.rules.making import IDS, compiled, record, rule

SLOW = {"A|contains": "x", "B|re": "^(a|b)+z"}
TEXTS = (rule(SLOW), rule({"A": "x"}, number=2), rule({"A|contains": "y", "B|re": "^(a|b)+z"}, number=3))


def judge_of(**more):
    return Judge.load(compiled(*TEXTS).pack, **more)


def clocked(judge, step):
    """Let each reading of the judge's clock be `step` ns after the last."""
    judge._ledger._clock = itertools.count(0, step).__next__
    return judge


def test_hits_are_exact_and_time_is_a_sample():
    judge = clocked(judge_of(), 1_000)
    for _ in range(10 * SAMPLE):
        assert [found.title for found in judge.match(record({"A": "x", "B": "abz"}))] == ["rule 1", "rule 2"]
    for _ in range(7):
        judge.match(record({"A": "x"}))
    first, second, third = judge.costs()
    assert judge.events == 10 * SAMPLE + 7
    assert (first.hits, second.hits, third.hits) == (10 * SAMPLE, 10 * SAMPLE + 7, 0)
    assert (first.tests, second.tests, third.tests) == (10 * SAMPLE, 0, 0)
    assert first.seconds == pytest.approx(10 * SAMPLE * 1e-6)
    assert second.seconds == third.seconds == 0
    assert [cost.rule.title for cost in judge.costs()] == ["rule 1", "rule 2", "rule 3"]


def test_a_rule_over_its_budget_is_parked_and_can_be_resumed():
    judge = clocked(judge_of(budget=Budget(microseconds=50, window=100)), 60_000)
    for _ in range(100):
        judge.match(record({"A": "x", "B": "abz"}))
    assert set(judge.parked) == {IDS.format(1)}
    assert "µs an event, 50 are allowed" in judge.parked[IDS.format(1)]
    assert [found.title for found in judge.match(record({"A": "x", "B": "abz"}))] == ["rule 2"]
    assert [bool(cost.parked) for cost in judge.costs()] == [True, False, False]
    judge.resume(IDS.format(1))
    assert not judge.parked
    assert [found.title for found in judge.match(record({"A": "x", "B": "abz"}))] == ["rule 1", "rule 2"]


def test_a_rule_within_its_budget_stays_and_its_account_outlives_each_review():
    judge = clocked(judge_of(budget=Budget(microseconds=50, window=100)), 40_000)
    for _ in range(60 * SAMPLE):
        judge.match(record({"A": "x", "B": "abz"}))
    assert not judge.parked
    assert judge.costs()[0].seconds == pytest.approx(60 * SAMPLE * 40e-6)


def test_a_dear_rule_that_is_seldom_tested_stays():
    judge = clocked(judge_of(budget=Budget(microseconds=50, window=1_000)), 10**9)
    for number in range(10_000):
        judge.match(record({"A": "x" if number % 10 == 0 else "y1", "B": "abz"}))
    assert set(judge.parked) == {IDS.format(3)}


def test_without_a_budget_nothing_is_parked_by_itself():
    judge = clocked(judge_of(), 10**9)
    for _ in range(1_000):
        judge.match(record({"A": "x", "B": "abz"}))
    assert not judge.parked


def test_parked_by_hand_it_holds_for_classes_that_come_later():
    judge = judge_of()
    judge.park(IDS.format(2), "for a reason")
    assert judge.parked == {IDS.format(2): "for a reason"}
    assert judge.match(record({"A": "x"})) == ()
    assert judge.match(record({"A": "x"}, channel="Other", event_id="2")) == ()
    judge.resume(IDS.format(2))
    judge.resume(IDS.format(2))
    assert judge.match(record({"A": "x"}, channel="Other", event_id="2"))
    with pytest.raises(KeyError):
        judge.park("nobody", "")


def test_many_are_parked_and_resumed_at_once_and_a_foreign_one_changes_nothing():
    judge = judge_of(budget=Budget())
    judge.exchange({IDS.format(1): "a", IDS.format(2): "b"})
    assert judge.match(record({"A": "x", "B": "abz"})) == ()
    judge.exchange({IDS.format(3): "c"}, (IDS.format(2), "nobody"))
    assert judge.parked == {IDS.format(1): "a", IDS.format(3): "c"}
    assert [found.title for found in judge.match(record({"A": "x", "B": "abz"}))] == ["rule 2"]
    with pytest.raises(KeyError):
        judge.exchange({"nobody": "d"}, (IDS.format(1),))
    assert judge.parked == {IDS.format(1): "a", IDS.format(3): "c"}


def test_rules_of_filters_alone_have_their_account_too():
    filters = {"f": {"A|re": "^(a|b)+z", "A|contains": "b"}, "condition": "not f"}
    judge = clocked(Judge.load(compiled(rule(filters)).pack), 1_000)
    for number in range(20 * SAMPLE):
        assert judge.match(record({"A": f"{number}b"}))
    (cost,) = judge.costs()
    assert cost.tests >= 10 * SAMPLE
    assert cost.seconds == pytest.approx(cost.tests * 1e-6)


def test_a_burst_counts_no_more_than_most():
    ledger = Ledger(1, itertools.count(0, 10**9).__next__)
    assert ledger.timed(0, lambda: True)
    assert not ledger.timed(0, lambda: False)
    assert ledger.spent == [2 * MOST]
