import asyncio

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tramgac_collector.gateway.budget import RESERVE, SHARE, Budget


async def _turn():
    for _ in range(3):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_takers_wait_for_room():
    budget = Budget(160)
    for number in range(16):
        await budget.take(f"h{number}", 10)
    waiting = asyncio.create_task(budget.take("x", 6))
    await _turn()
    assert not waiting.done()
    budget.give("h3", 10)
    await waiting
    assert budget.taken == 156


@pytest.mark.asyncio
async def test_a_size_above_the_limit_is_let_in_alone():
    budget = Budget(160)
    await budget.take("a", 500)
    waiting = asyncio.create_task(budget.take("b", 1))
    await _turn()
    assert not waiting.done()
    budget.give("a", 500)
    await waiting


@pytest.mark.asyncio
async def test_one_host_has_its_share_and_no_more_while_others_go_by():
    budget = Budget(1_600)
    await budget.take("greedy", 100)
    more = [asyncio.create_task(budget.take("greedy", 60)) for _ in range(5)]
    await _turn()
    assert budget.taken == 1_600 // SHARE
    await asyncio.wait_for(budget.take("honest", 90), 1)
    budget.give("greedy", 100)
    await _turn()
    assert [task.done() for task in more] == [True, False, False, False, False]
    for task in more[1:]:
        task.cancel()
    await asyncio.gather(*more, return_exceptions=True)
    budget.give("greedy", 60)
    budget.give("honest", 90)
    assert budget.taken == 0


@pytest.mark.asyncio
async def test_hosts_that_wait_are_served_in_turn():
    budget = Budget(160)
    await budget.take("full", 160)
    order = []

    async def take(host, size):
        await budget.take(host, size)
        order.append(host)

    tasks = [asyncio.create_task(take("a", 5)) for _ in range(4)] + [asyncio.create_task(take("b", 5))]
    await _turn()
    budget.give("full", 160)
    await _turn()
    assert order[:2] == ["a", "b"], "b waits for one of a's, not for all"
    for host in order:
        budget.give(host, 5)
    await asyncio.gather(*tasks)


@pytest.mark.asyncio
async def test_what_is_urgent_waits_for_nobody_but_its_own_kind():
    budget = Budget(160)
    await budget.take("full", 160)
    waiting = asyncio.create_task(budget.take("a", 5))
    await _turn()
    await asyncio.wait_for(budget.take("a", 160 // RESERVE, urgent=True), 1)
    late = asyncio.create_task(budget.take("b", 1, urgent=True))
    await _turn()
    assert not waiting.done()
    assert not late.done()
    budget.give("a", 160 // RESERVE)
    budget.give("full", 160)
    await asyncio.gather(waiting, late)


@pytest.mark.asyncio
async def test_who_is_cancelled_at_the_moment_it_was_let_in_gives_it_back():
    budget = Budget(160)
    await budget.take("full", 160)
    waiting = asyncio.create_task(budget.take("a", 5))
    await _turn()
    budget.give("full", 160)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert budget.taken == 0


class Takers(RuleBasedStateMachine):
    """Any takers in any order: nobody is forgotten, nothing is taken that is not given back."""

    LIMIT = 160

    def __init__(self):
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.budget = Budget(self.LIMIT)
        self.inside, self.waiting = [], []

    def settle(self):
        self.loop.run_until_complete(_turn())
        self.inside += [entry for entry in self.waiting if entry[0].done()]
        self.waiting = [entry for entry in self.waiting if not entry[0].done()]

    @rule(host=st.sampled_from("abcd"), size=st.integers(1, 200), urgent=st.booleans())
    def take(self, host, size, urgent):
        self.waiting.append((self.loop.create_task(self.budget.take(host, size, urgent=urgent)), host, size))
        self.settle()

    @rule(which=st.integers(0, 30))
    def give(self, which):
        if self.inside:
            _, host, size = self.inside.pop(which % len(self.inside))
            self.budget.give(host, size)
        self.settle()

    @rule(which=st.integers(0, 30))
    def cancel(self, which):
        if self.waiting:
            task, *_ = self.waiting.pop(which % len(self.waiting))
            task.cancel()
            self.loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        self.settle()

    @invariant()
    def books_balance(self):
        assert self.budget.taken == sum(size for _, _, size in self.inside)

    @invariant()
    def nobody_waits_for_nothing(self):
        assert self.inside or not self.waiting

    def teardown(self):
        while self.inside or self.waiting:
            self.give(0)
        assert self.budget.taken == 0
        self.loop.close()


TestTakers = Takers.TestCase
TestTakers.settings = settings(max_examples=8, stateful_step_count=25, deadline=None)
