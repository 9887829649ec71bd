import asyncio
import threading

import pytest
from tramgac_collector.api import wanted
from tramgac_collector.api.wanted import gone, while_wanted
from tramgac_collector.errors import QueryError
from tramgac_collector.events import asking


class Asker:
    """A request whose client goes away after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    async def is_disconnected(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def test_what_is_wanted_is_given(tmp_path):
    assert asyncio.run(while_wanted(Asker(99), tmp_path, lambda: 7)) == 7
    with pytest.raises(ZeroDivisionError):
        asyncio.run(while_wanted(Asker(99), tmp_path, lambda: 1 // 0))


def test_what_nobody_waits_for_is_ended_by_its_tag(tmp_path, monkeypatch):
    monkeypatch.setattr(wanted, "LOOK_EVERY_S", 0.001)
    ends, ended, tags = threading.Event(), [], []

    def end(paths, tag):
        ended.append((paths, tag))
        ends.set()

    def work():
        tags.append(asking._TAG.get())
        assert ends.wait(20)
        raise QueryError("ended", "search_ended")

    monkeypatch.setattr(asking, "end", end)
    with pytest.raises(QueryError, match="ended"):
        asyncio.run(while_wanted(Asker(3), tmp_path, work))
    assert ended == [(tmp_path, tags[0])]
    assert len(tags[0]) == 32


def test_a_client_that_went_away_is_noticed(monkeypatch):
    monkeypatch.setattr(wanted, "LOOK_EVERY_S", 0.001)

    async def look(looks, seconds):
        task = asyncio.ensure_future(asyncio.sleep(seconds))
        try:
            return await gone(Asker(looks), task)
        finally:
            task.cancel()

    assert asyncio.run(look(2, 20)) is True
    assert asyncio.run(look(10_000, 0.01)) is False
