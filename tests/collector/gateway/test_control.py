import asyncio
import contextlib
import threading

import pytest
from sqlalchemy import event, func, select
from tramgac_collector import database, tokens
from tramgac_collector.gateway.control import Control
from tramgac_collector.schema import TokenRow

from tests.collector.station import prepare

pytestmark = pytest.mark.asyncio


async def test_a_write_is_whole_or_not_at_all(tmp_path):
    control = Control(database.open_database(prepare(tmp_path).database_url))

    def half(s):
        tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1)
        raise KeyError("broken")

    with pytest.raises(KeyError):
        await control.write(half)
    await control.write(lambda s: tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1))
    assert await control.read(lambda s: s.scalar(select(func.count()).select_from(TokenRow))) == 1
    control.close()


async def test_what_waits_is_written_together_and_one_that_fails_takes_none_along(tmp_path):
    engine = database.open_database(prepare(tmp_path).database_url)
    control, commits = Control(engine), []
    event.listen(engine, "commit", commits.append)

    def made(number):
        def work(s):
            tokens.create(s, uses=number, ttl_s=1, site="", by="", now=1)
            if number % 3 == 0:
                raise KeyError(number)
            return number

        return work

    answers = await asyncio.gather(*(control.write(made(number)) for number in range(1, 31)), return_exceptions=True)
    assert [a for a in answers if isinstance(a, int)] == [n for n in range(1, 31) if n % 3]
    assert {repr(a) for a in answers if isinstance(a, KeyError)} == {f"KeyError({n})" for n in range(3, 31, 3)}
    kept = await control.read(lambda s: sorted(s.scalars(select(TokenRow.uses))))
    assert kept == [n for n in range(1, 31) if n % 3]
    assert len(commits) < 15
    control.close()


async def test_a_commit_that_fails_is_told_to_each_and_the_next_works(tmp_path, monkeypatch):
    control = Control(database.open_database(prepare(tmp_path).database_url))

    def work(s):
        tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1)

    @contextlib.contextmanager
    def away(_):
        raise OSError("the disk is gone")
        yield

    with monkeypatch.context() as broken:
        broken.setattr(database, "session", away)
        answers = await asyncio.gather(*(control.write(work) for _ in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [OSError] * 5
    await control.write(work)
    assert await control.read(lambda s: s.scalar(select(func.count()).select_from(TokenRow))) == 1
    control.close()


async def test_a_writer_that_goes_away_before_its_turn_writes_nothing(tmp_path):
    control = Control(database.open_database(prepare(tmp_path).database_url))
    begun, go_on = threading.Event(), threading.Event()

    def slow(_):
        begun.set()
        go_on.wait(10)

    first = asyncio.create_task(control.write(slow))
    await asyncio.to_thread(begun.wait, 10)
    second = asyncio.create_task(
        control.write(lambda s: tokens.create(s, uses=1, ttl_s=1, site="", by="", now=1)),
    )
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await first
    await control.write(lambda _: None)
    assert await control.read(lambda s: s.scalar(select(func.count()).select_from(TokenRow))) == 0
    control.close()
