import asyncio

import pytest
from tramgac_collector.gateway.streams import WINDOW_S, Streams


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Stream:
    def __init__(self, host="a"):
        self.host, self.finished, self.replaced = host, asyncio.Event(), 0

    def replace(self):
        self.replaced += 1


@pytest.mark.asyncio
async def test_a_new_one_waits_until_the_old_has_stored_all():
    streams, old, new = Streams(Clock()), Stream(), Stream()
    await streams.enter(old)
    entering = asyncio.create_task(streams.enter(new))
    await asyncio.sleep(0)
    assert old.replaced == 1
    assert not entering.done()
    old.finished.set()
    await entering
    assert list(streams) == [new]
    streams.leave(old)
    assert streams.hosts() == ("a",)
    streams.leave(new)
    assert streams.hosts() == ()


@pytest.mark.asyncio
async def test_of_many_that_come_at_once_one_stays():
    streams = Streams(Clock())
    await streams.enter(first := Stream())
    many = [Stream() for _ in range(5)]
    tasks = [asyncio.create_task(streams.enter(stream)) for stream in many]
    first.finished.set()
    for stream in many:
        await asyncio.sleep(0)
        stream.finished.set()
    await asyncio.gather(*tasks)
    assert len(list(streams)) == 1


def test_taking_turns_is_seen_and_coming_back_is_not():
    clock = Clock()
    streams = Streams(clock)
    one, two = ("10.0.0.1", "e1", "pc"), ("10.0.0.2", "e1", "pc")
    assert [streams.alternates("h", one) for _ in range(5)] == [False] * 5
    assert [streams.alternates("h", mark) for mark in (two, one)] == [False, True]
    assert [streams.alternates("g", mark) for mark in (one, two, two)] == [False] * 3
    clock.now += WINDOW_S + 1
    assert not streams.alternates("g", one)
