"""What the uplink does again and again, each in a task of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tramgac_agent.notify import notify
from tramgac_agent.sleep.clock import Ahead, Slept, ahead

LOOK_S: Final = 5.0
"""How often it is looked whether the machine slept."""


async def keep_alive(every: float) -> None:
    """Tell the service manager every so many seconds that the loop turns, until cancelled; 0: never."""
    while every:
        notify("WATCHDOG=1")
        await asyncio.sleep(every)


async def after_sleep(then: Callable[[], Awaitable[None]], *, look_s: float = LOOK_S, ahead: Ahead = ahead) -> None:
    """Await `then` soon after each sleep of the machine, until cancelled."""
    slept = Slept(ahead)
    while True:
        await asyncio.sleep(look_s)
        if slept.look():
            await then()
