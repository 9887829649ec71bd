"""The honest agents beside a fault: they go on working, and their acknowledgements are timed. Not a lane itself."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TypeVar

from tramgac_proto.event_pb2 import LANE_SECURITY, LANE_URGENT

from tests.lab.fleet_check import quantile
from tests.lab.fleet_events import linux
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import Member

T = TypeVar("T")
EVERY_S = 2.0
EVENTS = 9
"""Beside the urgent one that is timed."""
EVENTS_AT_ONCE = 100
LATE_S = 10.0
"""An urgent event that has no acknowledgement so long after a spell's end counts as one that took as long."""


@dataclass
class Honest:
    """Members that work steadily."""

    members: list[Member]
    log: Log

    async def measure(self, seconds: float) -> float:
        """Let them work; the 99th percentile of the time to an acknowledgement, seconds."""
        self.log.latencies.clear()
        await asyncio.sleep(seconds)
        return quantile(self.log.latencies, 0.99)

    async def beside(self, other: Awaitable[T], least: float) -> tuple[T, float]:
        """Let them work until something else is done, so many seconds at least; what it gave, and the percentile.

        What waits at the end is waited for, or else a spell without any acknowledgement would be a quick one.
        """
        self.log.latencies.clear()
        gave, _ = await asyncio.gather(other, asyncio.sleep(least))
        never = await self._unanswered()
        return gave, quantile(self.log.latencies + [LATE_S] * never, 0.99)

    async def _unanswered(self) -> int:
        """Wait until the urgent events that were put up to now are acknowledged; how many are not in time."""
        until = time.monotonic() + LATE_S
        ends = [(lane, lane.next) for member in self.members if (lane := member.spool.lanes.get(LANE_URGENT))]
        while True:
            waiting = sum(max(0, end - lane.first) for lane, end in ends)
            if not waiting or time.monotonic() > until:
                return waiting
            await asyncio.sleep(0.02)

    async def drain(self, count: int, seconds: float) -> None:
        """One of them has been away for long: it sends so many events as fast as it may, and all are acknowledged."""
        member = self.members[0]
        stream = linux(member.seed)
        for number in range(count):
            member.emit(LANE_SECURITY, stream()[1])
            if number % EVENTS_AT_ONCE == 0:
                await asyncio.sleep(0)
        for _ in range(int(seconds * 10)):
            if not member.spool.waiting:
                break
            await asyncio.sleep(0.1)

    async def _work(self, member: Member) -> None:
        stream = linux(member.seed)
        await asyncio.sleep(member.seed.random() * EVERY_S)
        while True:
            for number in range(1 + EVENTS):
                lane, event = stream()
                member.emit(LANE_SECURITY if number else LANE_URGENT, event)
                del lane
            await asyncio.sleep(EVERY_S)


@contextlib.asynccontextmanager
async def working(identities: list[Identity], address: str, log: Log, seed: int = 1) -> AsyncIterator[Honest]:
    """They work inside the block; at its end they say goodbye, and all of theirs is acknowledged."""
    members = [Member(who, address, log, random.Random(seed * 7919 + n)) for n, who in enumerate(identities)]
    honest = Honest(members, log)
    for member in members:
        member.start()
        await asyncio.sleep(0.005)
    tasks = [asyncio.create_task(honest._work(member)) for member in members]
    try:
        yield honest
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(member.stop() for member in members))
