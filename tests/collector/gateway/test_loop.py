"""While agents speak with it the event loop opens no file, looks up no name, and waits for no disk."""

import asyncio
import contextlib
import hashlib
import os
import sys
import threading
from collections.abc import Iterator

import pytest
from tramgac_collector import samples, tallies
from tramgac_collector.bell import Bell
from tramgac_collector.gateway import attend as attending
from tramgac_collector.gateway.attend import attend
from tramgac_collector.ingest import room
from tramgac_collector.schema import ContentRow
from tramgac_proto.session_pb2 import SampleChunk

from tests.collector.station import start_of, station

WAITS = ("open", "os.", "shutil.", "socket.getaddrinfo", "socket.gethostby", "sqlite3.", "subprocess.", "fcntl.")
"""Audit events (sys.audit) of what waits for a disk, a server of names or another program."""
_seen: list[str] = []
_watched: list[int] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watched and event.startswith(WAITS) and threading.get_ident() in _watched:
        _seen.append(f"{event} {arguments}"[:200])


@contextlib.contextmanager
def watched() -> Iterator[list[str]]:
    """Give what this thread does inside that waits; a hook cannot be taken away again, so it sleeps outside."""
    if _hook not in _hooks:
        sys.addaudithook(_hook)
        _hooks.append(_hook)
    _seen.clear()
    _watched.append(threading.get_ident())
    try:
        yield _seen
    finally:
        _watched.clear()


_hooks: list[object] = []


def test_the_hook_sees_what_it_is_to_see(tmp_path):
    with watched() as seen:
        (tmp_path / "file").write_text("x")
    assert seen


@pytest.mark.asyncio
async def test_no_file_is_opened_and_no_name_looked_up_on_the_loop(tmp_path):
    async with station(tmp_path) as here:
        first, second = await here.agent(), await here.agent()
        with watched() as seen:
            for agent in (first, second):
                await agent.hello()
            for agent, number in ((first, 1), (second, 1)):
                await agent.send([start_of(number, "x" * 60_000)] * 5)
                await agent.until_acked(number + 4)
            found = list(seen)
        assert found == []
        for agent in (first, second):
            await agent.close()


def statvfs_seen(paths):
    """Ask how much is free, and be seen: there is no audit event for it."""
    _hook("os.statvfs", (paths.log_segments,))
    return room.free_bytes(paths)


async def until_told(paths):
    """Wait for the gateway's note, without looking from the loop's thread."""
    while await asyncio.to_thread(tallies.read, paths, "gateway") is None:  # noqa: ASYNC110 - a file has no event
        await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_nor_where_the_gateway_looks_after_its_streams_and_takes_samples(tmp_path, monkeypatch):
    monkeypatch.setattr(attending, "free_bytes", statvfs_seen)
    async with station(tmp_path, minimum_free_bytes=1 << 60) as here:  # low: agents are told to hold back
        agent = await here.agent()
        stub, data = agent.open(), os.urandom(10_000)
        sha256, large = hashlib.sha256(data), hashlib.sha256(b"larger than was asked for")

        def news(s):
            s.add(ContentRow(version=5, published=1, by="t", digest="d" * 64, marked="", rules=1, yara=0))
            for wanted in (sha256, large):
                samples.want(s, wanted.hexdigest(), agent.host, 1, here.hall.clock())
            assert len(samples.lease(s, [agent.host], here.hall.clock())) == 2

        await here.hall.control.write(news)
        await stub.SendSample(iter(()))
        with Bell(here.paths.run, "gateway") as listener, watched() as seen:
            watcher = asyncio.create_task(attend(here.hall, listener))
            assert (await stub.SendSample(chunks(sha256, data))).stored
            assert not (await stub.SendSample(chunks(large, data))).stored
            await until_told(here.paths)
            found = list(seen)
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        assert found == []
        assert here.hall.counts["throttled"] == 1
        assert here.hall.content == 5
        await agent.close()


def chunks(sha256, data):
    yield SampleChunk(sha256=sha256.digest(), size=len(data), data=data)
