"""Both halves of the session together, with everything that can go wrong between and under them: 0 lost, 0 doubled."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_wire.errors import LogDamaged

from tests.tools.examples import examples
from tests.wire.copies import older_image, two_copies
from tests.wire.logmodel import Violation
from tests.wire.simfs import NoDirectorySync, NoSync
from tests.wire.world import live, put_back


@settings(max_examples=examples(25))
@given(st.randoms(use_true_random=False))
def test_nothing_acknowledged_is_lost_and_nothing_doubled(random):
    live(random)


def test_many_histories():
    worlds = [live(Random(seed)) for seed in range(300)]
    assert sum(world.crashes for world in worlds) > 1_000
    assert sum(sum(world.agent.acked.values()) for world in worlds) > 2_000
    assert sum(len(dropped) for world in worlds for dropped in world.agent.dropped.values()) > 20


def test_a_collector_that_is_put_back_gets_all_that_is_kept_and_hears_of_the_rest():
    lacked = resent = 0
    for seed in range(20):
        world, beyond = put_back(Random(seed), ring=seed % 4)
        lacked += sum(map(len, beyond.values()))
        resent += sum(world.agent.acked.values())
    assert lacked > 0
    assert resent > 100


@pytest.mark.parametrize("history", [older_image, two_copies])
@settings(max_examples=examples(6))
@given(seed=st.integers(0, 1 << 32))
def test_a_spool_that_is_put_back_or_copied_loses_nothing(history, seed):
    history(Random(seed))


@pytest.mark.parametrize("history", [older_image, two_copies])
def test_many_spools_that_are_put_back_or_copied(history):
    sites = [history(Random(seed)) for seed in range(6)]
    assert sum(site.epochs for site in sites) > 12  # one each, and one for each time that other events were there
    assert sum(len(site.stored) for site in sites) > 200


@pytest.mark.parametrize("history", [older_image, two_copies])
def test_a_collector_that_says_no_chain_is_found(history):
    with pytest.raises(Violation, match="lost without a word"):  # noqa: PT012 - some seed finds it
        for seed in range(200):
            history(Random(seed), chainless=True)


@pytest.mark.parametrize(
    "bug",
    [
        {"early": True},
        {"forgetful": True},
        {"collector": NoSync},
        {"collector": NoDirectorySync},
        {"agent": NoSync},
    ],
    ids=lambda bug: "-".join(f"{name}={getattr(value, '__name__', value)}" for name, value in bug.items()),
)
def test_a_planted_bug_is_found(bug):
    with pytest.raises((Violation, LogDamaged, FileNotFoundError)):  # noqa: PT012 - some seed finds it
        for seed in range(500):
            live(Random(seed), **bug)
