"""Work that ends when whoever asked is gone: a closed page costs the event store nothing more."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from tramgac_collector.events import asking

if TYPE_CHECKING:
    from tramgac_collector.paths import StatePaths

_Result = TypeVar("_Result")
LOOK_EVERY_S: Final = 0.25


async def while_wanted(request: Request, paths: StatePaths, work: Callable[[], _Result]) -> _Result:
    """Give what `work` returns, run in a thread; what it asks of the event store is ended if the client goes away.

    Raises what `work` raises.
    """
    tag = secrets.token_hex(16)
    task = asyncio.ensure_future(run_in_threadpool(asking.tagged, tag, work))
    if await gone(request, task):
        await run_in_threadpool(asking.end, paths, tag)
    return await task


async def gone(request: Request, task: asyncio.Future[_Result]) -> bool:
    """Wait for a task; give True as soon as the client went away before it was done."""
    while not task.done():
        await asyncio.wait({task}, timeout=LOOK_EVERY_S)
        if not task.done() and await request.is_disconnected():
            return True
    return False
