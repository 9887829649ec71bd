"""The members of a fleet in one process and one event loop, led through a day. Not a lane itself."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.lab import fleet_events
from tests.lab.fleet_day import DAY_S, Plan, Step, clocks, steps
from tests.lab.fleet_events import URGENT, Stream
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import Member

HASTE = 0.1
JUMP_NS = 86_400_000_000_000
HEALTH_S = 60.0
ATTACK = 8
"""Events of an attack, each of another rule."""


@dataclass
class Crew:
    """All members, and what they are to do."""

    plan: Plan
    members: list[Member]
    streams: list[Stream]
    windows: int
    """So many of them, the first, are Windows machines."""
    kill: Callable[[], object]
    """Kills the collector's gateway and waits until it is back; called in a thread."""
    done: Counter[str] = field(default_factory=Counter)
    late: float = 0.0
    """How far the leader was behind the day's clock at most, seconds."""
    away: tuple[int, int] = (0, 0)
    """From the kill of the gateway until all that it had, and can be reached, had a stream again, ns since 1970."""

    def __post_init__(self) -> None:
        """Lay the attacks out."""
        self._attacks = {system: list(fleet_events.attacks(system)) for system in ("windows", "linux")}
        self._chance = random.Random(self.plan.seed ^ 0xA77A)
        self._tasks: set[asyncio.Task[object]] = set()

    async def day(self, minutes: float) -> None:
        """Lead them through the day in so many minutes."""
        began, speed = time.monotonic(), DAY_S / (minutes * 60)
        beat = asyncio.create_task(self._health())
        for step in steps(self.plan):
            wait = began + step.at / speed - time.monotonic()
            self.late = max(self.late, -wait)
            if wait > 0 or self.done.total() % 64 == 0:
                await asyncio.sleep(max(wait, 0))
            self._do(step)
            self.done[step.what] += 1
        beat.cancel()
        await asyncio.gather(*self._tasks)
        await asyncio.gather(*(member.stop(last_words="") for member in self.members))

    async def _health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_S)
            for member in self.members:
                if member.connected:
                    member.health()

    def _do(self, step: Step) -> None:  # noqa: C901 - a line a word
        member = self.members[step.member]
        match step.what:
            case "on":
                member.start()
            case "off":
                member.unplugged = False
                self._beside(member.stop())
            case "work":
                for _ in range(step.count):
                    member.emit(*self.streams[step.member]())
            case "attack":
                system = "windows" if step.member < self.windows else "linux"
                for rule, event in self._chance.sample(self._attacks[system], ATTACK):
                    member.emit(URGENT, event, rule)
            case "cut":
                member.cut()
            case "dark" | "light":
                member.unplugged = step.what == "dark"
                if member.unplugged:
                    member.cut()
            case "again":
                member.say_again()
            case "jump":
                member.clock_off += JUMP_NS
            case "kill":
                self._beside(self._struck())

    async def _struck(self) -> None:
        began = time.time_ns()
        await asyncio.to_thread(self.kill)
        gone = list(self.members)
        while gone := [member for member in gone if member.reachable and not member.connected]:  # noqa: ASYNC110 - many tell
            await asyncio.sleep(0.02)
        self.away = began, time.time_ns()

    def _beside(self, work: Coroutine[Any, Any, object]) -> None:
        self._tasks.add(asyncio.create_task(work))


def crew(
    plan: Plan, identities: list[Identity], address: str, log: Log, windows: int, kill: Callable[[], object]
) -> Crew:
    """Make the members: the first `windows` replay Windows' logs, of the rest a third does made-up work."""
    members, streams = [], []
    for number, (identity, off) in enumerate(zip(identities, clocks(plan), strict=True)):
        seed = random.Random(plan.seed * 1_000_003 + number)
        members.append(Member(identity, address, log, seed, clock_off=off, haste=HASTE))
        streams.append(_stream(number, seed, windows))
    return Crew(plan, members, streams, windows, kill)


def windows_hosts(count: int) -> int:
    """How many of so many members replay Windows' logs; none without public recordings."""
    return int(count * 0.3) if fleet_events.windows(random.Random(0)) else 0


def _stream(number: int, seed: random.Random, windows: int) -> Stream:
    if number < windows:
        found = fleet_events.windows(seed)
        assert found is not None
        return found
    return fleet_events.synthetic(seed) if number % 3 == 0 else fleet_events.linux(seed)
