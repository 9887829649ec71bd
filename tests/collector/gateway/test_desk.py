import asyncio
import contextlib
import tempfile
import threading
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule
from sqlalchemy import event, text
from tramgac_collector import database
from tramgac_collector.gateway import desk
from tramgac_collector.gateway.desk import TOGETHER, Desk
from tramgac_collector.schema import Base

from tests.collector.control_store import opened

COUNTERS = Base.metadata.tables["counters"]


class Refused(Exception):
    pass


def add(s, names):
    """Insert a counter each; a name that is there already fails, as whatever the database refuses."""
    s.execute(COUNTERS.insert(), [{"name": name, "value": len(names)} for name in names])
    return [name.upper() for name in names]


def added(engine):
    """How many were inserted by one call, by name."""
    with database.reading(engine) as s:
        return {name: value for name, value in s.execute(COUNTERS.select()) if name.startswith("t-")}


@contextlib.contextmanager
def at_work(engine):
    made = Desk("desk", lambda: database.session(engine))
    try:
        yield made
    finally:
        made.close()


@contextlib.asynccontextmanager
async def busy(made):
    """Inside the block the desk is at work on something else, and all that is asked for waits."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_, items):
        begun.set()
        assert go_on.wait(10)
        return items

    held = asyncio.create_task(made.do(hold, None))
    await asyncio.to_thread(begun.wait, 10)
    try:
        yield
    finally:
        go_on.set()
        await held


@pytest.mark.asyncio
async def test_what_waits_and_is_of_one_kind_is_one_call(store):
    with at_work(store) as made:
        names = [f"t-{number}" for number in range(TOGETHER + 2)]
        answers = await asyncio.gather(*(made.do(add, name, patient=True) for name in names))
    assert answers == [name.upper() for name in names]
    assert sorted(added(store).values()) == [2] * 2 + [TOGETHER] * TOGETHER


@pytest.mark.asyncio
@pytest.mark.parametrize("patient", [False, True])
async def test_nobody_waits_for_a_desk_that_is_closed(store, patient):
    with at_work(store) as made:
        pass
    with pytest.raises(RuntimeError, match="the gateway ends"):
        await asyncio.wait_for(made.do(add, "t-a", patient=patient), 5)


@pytest.mark.asyncio
async def test_of_a_call_that_fails_each_task_is_done_by_itself(store):
    names = ["t-a", "t-b", "t-a", "t-c"]
    with at_work(store) as made:
        tasks = (made.do(add, name, patient=True) for name in names)
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(answer, str) for answer in answers] == [True, True, False, True]
    assert added(store) == dict.fromkeys(["t-a", "t-b", "t-c"], 1)


@pytest.mark.asyncio
async def test_no_call_is_begun_in_a_transaction_that_has_been_long(store, monkeypatch):
    monkeypatch.setattr(desk, "TURN_S", 0.0)
    commits = []
    event.listen(store, "commit", commits.append)
    with at_work(store) as made:
        async with busy(made):
            tasks = [asyncio.create_task(made.do(partial(add), f"t-{n}")) for n in range(3)]
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
    assert len(commits) == 4
    assert len(added(store)) == 3


@pytest.mark.asyncio
async def test_what_is_patient_is_done_with_what_is_not_if_that_comes_first(store, monkeypatch):
    monkeypatch.setattr(desk, "WITHIN_S", 3600.0)
    with at_work(store) as made:
        first = asyncio.create_task(made.do(add, "t-first", patient=True))
        await asyncio.sleep(0)
        assert "t-first" in await made.do(lambda s, _: [[name for name, _ in s.execute(COUNTERS.select())]], None)
        assert await first == "T-FIRST"


@pytest.mark.asyncio
async def test_a_store_that_is_away_is_told_to_all_who_wait_at_once(store):
    opens = []

    @contextlib.contextmanager
    def away():
        opens.append(None)
        if len(opens) > 1:
            raise Refused
        with database.session(store) as s:
            yield s

    made = Desk("desk", away)
    async with busy(made):
        tasks = [asyncio.create_task(made.do(add, f"t-{n}", patient=n > 2)) for n in range(3)]
        tasks += [asyncio.create_task(made.do(partial(add), f"t-{n}")) for n in range(3, 6)]
        await asyncio.sleep(0)
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Refused] * 6
    assert len(opens) == 2
    made.close()


def one_kind(s, items):
    return _note(s, items)


def another_kind(s, items):
    return _note(s, items)


def _note(s, items):
    """Write each down; one that is bad fails the call after all of it was written."""
    for number, _ in items:
        s.execute(text("INSERT INTO done (number) VALUES (:number)"), {"number": number})
    if any(bad for _, bad in items):
        raise Refused
    return [-number for number, _ in items]


class Asking(RuleBasedStateMachine):
    """Tasks come while the desk is busy, patient or not; some are cancelled, some fail; the rest is done in order."""

    asked = Bundle("asked")

    def __init__(self):
        super().__init__()
        self.runner, self.folder = asyncio.Runner(), tempfile.TemporaryDirectory()
        self.engine = opened(f"sqlite:///{Path(self.folder.name) / 'desk.db'}")
        with database.session(self.engine) as s:
            s.execute(text("CREATE TABLE done (id INTEGER PRIMARY KEY, number INTEGER)"))
        self.desk = Desk("desk", lambda: database.session(self.engine))
        self.tasks, self.expected, self.number = {}, [], 0
        self.hold()

    def hold(self):
        self.block = busy(self.desk)
        self.runner.run(self.block.__aenter__())

    @rule(target=asked, kind=st.sampled_from([one_kind, another_kind, None]), bad=st.booleans(), patient=st.booleans())
    def ask(self, kind, bad, patient):
        self.number += 1
        self.runner.run(self._begin(self.number, kind or partial(_note), bad, patient))
        return self.number

    async def _begin(self, number, work, bad, patient):
        self.tasks[number] = asyncio.create_task(self.desk.do(work, (number, bad), patient=patient)), bad
        await asyncio.sleep(0)

    @rule(number=consumes(asked))
    def leave(self, number):
        if number in self.tasks:
            task, _ = self.tasks.pop(number)
            self.runner.run(self._cancel(task))

    async def _cancel(self, task):
        task.cancel()
        await asyncio.wait({task}, timeout=10)
        assert task.cancelled()

    @rule()
    def go_on(self):
        self.runner.run(self._settle())
        self.hold()

    async def _settle(self):
        await self.block.__aexit__(None, None, None)
        tasks, self.tasks = self.tasks, {}
        answers = await asyncio.wait_for(asyncio.gather(*(t for t, _ in tasks.values()), return_exceptions=True), 10)
        for (number, (_, bad)), answer in zip(tasks.items(), answers, strict=True):
            assert isinstance(answer, Refused) if bad else answer == -number
        self.expected += [number for number, (_, bad) in tasks.items() if not bad]
        with database.reading(self.engine) as s:
            assert list(s.scalars(text("SELECT number FROM done ORDER BY id"))) == self.expected

    def teardown(self):
        self.runner.run(self._settle())
        self.desk.close()
        self.engine.dispose()
        self.runner.close()
        self.folder.cleanup()


TestAsking = Asking.TestCase
TestAsking.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
