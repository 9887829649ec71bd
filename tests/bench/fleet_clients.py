"""Thousands of connected agents in one process that do next to nothing, for `./dev bench fleet`.

Not a benchmark itself.
"""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import Any

import grpc
from tramgac_agent.tls import options
from tramgac_proto.event_pb2 import LANE_SECURITY, Event
from tramgac_proto.session_pb2 import AgentMessage, Hello
from tramgac_wire.backoff import Backoff
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend

from tests.lab.fleet_identity import Identity

SESSION = "/tramgac.Collector/Session"
READY_S = 20.0
_BROKEN = (grpc.aio.AioRpcError, asyncio.InvalidStateError, grpc.aio.UsageError, TimeoutError, ConnectionError)


@dataclass
class Client:
    """One agent: it connects, greets and, when asked, sends an event; its back-off is the agent's own."""

    identity: Identity
    address: str
    connected: bool = False
    answers: int = 0
    _call: Any = None
    _first: int = 1
    _chain: bytes = START
    _epoch: int = field(default_factory=lambda: random.getrandbits(63) + 1)

    async def hold(self) -> None:
        """Stay connected until cancelled."""
        backoff = Backoff(random.random)
        while True:
            with contextlib.suppress(*_BROKEN):
                await self._once(backoff)
            self.connected, self._call = False, None
            await asyncio.sleep(backoff.delay() / 1e9)

    async def _once(self, backoff: Backoff) -> None:
        who = self.identity
        credentials = grpc.ssl_channel_credentials(who.authority, who.private, who.certificate)
        async with grpc.aio.secure_channel(self.address, credentials, options(120)) as channel:
            async with asyncio.timeout(READY_S):
                await channel.channel_ready()
            self._call = channel.stream_stream(SESSION)()
            hello = Hello(version_low=1, version_high=1, epoch=self._epoch, clock=time.time_ns(), hostname=who.name)
            await self._call.write(AgentMessage(hello=hello).SerializeToString())
            while isinstance(await self._call.read(), bytes):
                self.connected = True
                self.answers += 1
                backoff.reset()

    async def say(self) -> None:
        """Send one event in a batch of its own."""
        event = Event(time=time.time_ns())
        event.process_start.process.command_line = f"true {self._first}"
        blobs = [event.SerializeToString()]
        batch = pack(self._epoch, LANE_SECURITY, self._first, self._chain, blobs)
        if self._call is not None:
            with contextlib.suppress(*_BROKEN):
                await self._call.write(AgentMessage(batch=batch).SerializeToString())
                self._first, self._chain = self._first + 1, extend(self._chain, blobs)


@dataclass
class Crowd:
    """All of them."""

    clients: list[Client]
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self) -> None:
        """Connect, all at once."""
        self._tasks = [asyncio.create_task(client.hold()) for client in self.clients]

    @property
    def connected(self) -> int:
        """How many are."""
        return sum(client.connected for client in self.clients)

    async def until(self, count: int, seconds: float) -> float:
        """Wait until so many are connected; how long it took."""
        began = time.monotonic()
        while self.connected < count and time.monotonic() - began < seconds:  # noqa: ASYNC110 - a thousand tell
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    async def until_none(self) -> None:
        """Wait until all have noticed that nobody is there."""
        while self.connected:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.1)

    async def talk(self, seconds: float) -> int:
        """Let each say something once a minute, evenly, for so long; how many messages."""
        began, said = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            due = int((time.monotonic() - began) * len(self.clients) / 60)
            for number in range(said, due):
                await self.clients[number % len(self.clients)].say()
            said = max(said, due)
            await asyncio.sleep(0.05)
        return said

    async def end(self) -> None:
        """Go away."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
