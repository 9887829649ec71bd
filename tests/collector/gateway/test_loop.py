"""While agents speak with it the event loop opens no file, looks up no name, and waits for no disk."""

import contextlib
import sys
import threading
from collections.abc import Iterator

import pytest

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
        await first.hello()  # what is imported at the first is opened
        await first.send([start_of(1)])
        await first.until_acked(1)
        with watched() as seen:
            await second.hello()
            for agent, number in ((first, 2), (second, 1)):
                await agent.send([start_of(number, "x" * 60_000)] * 5)
                await agent.until_acked(number + 4)
            found = list(seen)
        assert found == []
        for agent in (first, second):
            await agent.close()
