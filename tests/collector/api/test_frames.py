import asyncio
import json

import pytest
from tramgac_collector.api import frames
from tramgac_collector.api.frames import STORM, coalesce, frame, stream
from tramgac_collector.api.hub import Item

from tests.tools.console import HOSTILE, Console


def parsed(data: bytes) -> list[dict[str, str]]:
    """Frames as a browser reads them (HTML standard 9.2.6), comments left out."""
    found = []
    for block in data.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if fields:
            found.append(fields)
    return found


def test_hostile_text_cannot_make_a_frame_of_its_own():
    [one] = parsed(frame(7, "alert", {"text": HOSTILE + "\r\rid: 9\n\ndata: x"}))
    assert one["id"] == "7"
    assert one["event"] == "alert"
    assert json.loads(one["data"])["text"] == HOSTILE + "\r\rid: 9\n\ndata: x"


def test_of_changes_to_one_thing_only_the_last_is_sent():
    items = [Item(n, "alert_changed", {"id": "a", "n": n}) for n in (1, 2)]
    items += [Item(3, "alert", {"id": "a"}), Item(4, "alert", {"id": "b"}), Item(5, "host", {"id": "a"})]
    items += [Item(6, "host", {"id": "a"}), Item(7, "content", {"version": 1}), Item(8, "content", {"version": 2})]
    assert [(f["id"], f["event"]) for f in parsed(coalesce(items))] == [
        ("2", "alert_changed"),
        ("3", "alert"),
        ("4", "alert"),
        ("6", "host"),
        ("8", "content"),
    ]


def test_a_storm_is_told_as_a_reset_at_its_end():
    items = [Item(n, "alert", {"id": str(n)}) for n in range(1, STORM + 2)]
    assert parsed(coalesce(items)) == [{"id": str(STORM + 1), "event": "reset", "data": "{}"}]
    assert len(parsed(coalesce(items[:STORM]))) == STORM


class Watch:
    """Reads a stream in the background."""

    def __init__(self, hub, last, allowed=True):
        self.got = bytearray()
        self.allowed = allowed
        self.more = asyncio.Event()
        self.task = asyncio.create_task(self._read(hub, last))

    async def _read(self, hub, last):
        async def allowed():
            return self.allowed

        async for block in stream(hub, last, allowed):
            self.got += block
            self.more.set()

    async def until(self, text: bytes):
        while text not in self.got:
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 10)


@pytest.mark.asyncio
async def test_a_new_page_begins_at_the_newest_and_hears_what_follows(console: Console):
    console.raise_alert(1)
    hub = console.services.hub
    await hub.start()
    watch = Watch(hub, None)
    await watch.until(b"id: 1\n\n")
    second = await asyncio.to_thread(console.raise_alert, 2)
    await hub.look()
    await watch.until(second.encode())
    hub.close()
    await asyncio.wait_for(watch.task, 10)
    [hello, alert] = parsed(bytes(watch.got))
    assert hello == {"retry": "2000", "id": "1"}
    assert json.loads(alert["data"])["title"] == "Rule 2"
    assert json.loads(alert["data"])["time"].endswith("Z")


@pytest.mark.asyncio
async def test_a_page_that_was_away_gets_what_it_missed(console: Console):
    for number in (1, 2, 3):
        console.raise_alert(number)
    hub = console.services.hub
    await hub.start()
    watch = Watch(hub, 1)
    await watch.until(b"Rule 3")
    hub.close()
    await asyncio.wait_for(watch.task, 10)
    assert [f["id"] for f in parsed(bytes(watch.got))] == ["1", "2", "3"]


@pytest.mark.asyncio
@pytest.mark.parametrize("last", [-1, 99])
async def test_a_page_with_a_number_that_tells_nothing_starts_afresh(console: Console, last):
    console.raise_alert(1)
    hub = console.services.hub
    await hub.start()
    watch = Watch(hub, last)
    await watch.until(b"event: reset")
    hub.close()
    await asyncio.wait_for(watch.task, 10)
    assert parsed(bytes(watch.got))[-1] == {"id": "1", "event": "reset", "data": "{}"}


@pytest.mark.asyncio
async def test_a_quiet_stream_is_kept_alive_and_ends_with_its_session(console: Console, monkeypatch):
    monkeypatch.setattr(frames, "KEEP_ALIVE_S", 0.02)
    hub = console.services.hub
    await hub.start()
    watch = Watch(hub, None)
    await watch.until(b"\n:\n\n")
    watch.allowed = False
    await asyncio.wait_for(watch.task, 10)
    assert not hub.closed
