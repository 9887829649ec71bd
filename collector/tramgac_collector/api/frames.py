"""Server-sent events out of the hub's rows: coalesced, paced, kept alive, ended cleanly.

The wire format is that of the HTML standard, section 9.2. A frame with an id and no data moves the browser's
`Last-Event-ID` without waking the page.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tramgac_collector.api.answers import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from tramgac_collector.api.hub import Hub, Item

KEEP_ALIVE_S: Final = 15.0
PACE_S: Final = 0.25  # at most four writes a second to a page: an alert storm must not melt the browser
STORM: Final = 200  # more rows at once than a page wants to patch in: it starts afresh instead
_LATEST_ONLY: Final = frozenset({"alert_changed", "host", "content"})  # of these only the newest of a thing counts


def frame(number: int, topic: str, payload: object) -> bytes:
    """Write one event. JSON has no line breaks of its own, so one `data` line holds it."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, topic.encode("ascii"), encode(payload))


def coalesce(items: Sequence[Item]) -> bytes:
    """Write rows as one block: of repeated changes of one thing only the last, a storm as one `reset`."""
    newest = {(item.topic, item.payload.get("id")): item.id for item in items if item.topic in _LATEST_ONLY}
    kept = [
        item
        for item in items
        if item.topic not in _LATEST_ONLY or newest[item.topic, item.payload.get("id")] == item.id
    ]
    if len(kept) > STORM:
        return frame(items[-1].id, "reset", {})
    return b"".join(frame(item.id, item.topic, item.payload) for item in kept)


async def stream(hub: Hub, last: int | None, allowed: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    """Give the frames for one page until the hub closes or the page's session ends.

    `last` is the number of the last row that the page has seen, None if it has seen none: it then starts at the
    newest. `allowed` is asked at each keep-alive.
    """
    now = asyncio.get_running_loop().time
    position = hub.head if last is None else last
    yield b"retry: 2000\nid: %d\n\n" % position
    asked = now()
    while not hub.closed:
        if now() - asked >= KEEP_ALIVE_S:
            if not await allowed():
                return
            asked = now()
        items = hub.after(position)
        if items is None:
            position = hub.head
            yield frame(position, "reset", {})
        elif items:
            position = items[-1].id
            yield coalesce(items)
            await asyncio.sleep(PACE_S)
        else:
            await hub.wait(position, KEEP_ALIVE_S)
            if position == hub.head and not hub.closed:
                yield b":\n\n"
