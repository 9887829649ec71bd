"""One agent of a fleet: the real session machine over a real stream with mutual TLS, a spool in memory, a clock that
may be wrong. It does what an uplink and a sensor process do together. Not a lane itself.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
from tramgac_agent.errands import checkpoints
from tramgac_agent.tls import options
from tramgac_proto.event_pb2 import (
    LANE_BULK,
    LANE_SECURITY,
    LANE_URGENT,
    MECHANISM_AGENT,
    SENSOR_STATE_ALIVE,
    Event,
    LaneLedger,
    Sensor,
)
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, Hello, Reason
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire import agent_session as ours
from tramgac_wire.dictionary import Dictionary
from tramgac_wire.limits import CONTENT, DICTIONARY, VERSION_HIGH, VERSION_LOW

from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_spool import Spool

FLUSH_NS = {LANE_URGENT: 0, LANE_SECURITY: 1_000_000_000, LANE_BULK: 3_000_000_000}
KEEPALIVE_S = 120
LAST_S = 20.0
CONNECT_S = 20.0
_SENSORS = [Sensor(capability=name, rung="ebpf", state=SENSOR_STATE_ALIVE) for name in ("process", "file", "network")]
_BROKEN = (grpc.aio.AioRpcError, asyncio.InvalidStateError, grpc.aio.UsageError, TimeoutError)


@dataclass
class Member:
    """One agent. Times are nanoseconds; `clock_off` is what its clock is ahead of the true one."""

    identity: Identity
    address: str
    log: Log
    seed: random.Random
    clock_off: int = 0
    corrects: bool = True
    """It adds the skew that it measured, as our agents do."""
    unplugged: bool = False
    flush_ns: Mapping[int, int] = field(default_factory=lambda: FLUSH_NS)
    """How long events of a lane wait for others."""
    dictionary: Dictionary | None = None
    """What batches are compressed with, once the collector says that it knows it."""
    haste: float = 1.0
    """Its back-off is this part of the ordinary one: an accelerated day has no five minutes to wait."""
    spool: Spool = field(init=False)
    emitted: dict[int, int] = field(default_factory=dict)
    acked: dict[int, int] = field(default_factory=dict)
    goodbyes: list[Any] = field(default_factory=list)
    throttles: int = 0
    connects: int = 0
    messages: int = 0
    size: int = 0
    """Of the messages that were written, bytes."""
    checkpoints: int = 0
    checkpoint_bytes: int = 0
    silence_s: float = KEEPALIVE_S
    """After so long without a word gRPC asks whether the other end lives: less where a day is accelerated."""
    pings: int = 0
    """How often either end would have asked."""
    last_batch: AgentMessage | None = None
    _session: ours.AgentSession | None = None
    _facts: asyncio.Queue[Callable[[], Iterable[ours.Command]] | None] = field(default_factory=asyncio.Queue)
    _stream: int = 0
    _call: Any = None
    _reader: asyncio.Task[None] | None = None
    _driver: asyncio.Task[None] | None = None
    _skew: int = 0
    _welcomed: dict[int, int] = field(default_factory=dict)
    _wrote_at: float = 0.0
    _heard_at: float = 0.0
    _chains: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin an incarnation of the spool."""
        self.spool = Spool(self.seed.getrandbits(63) + 1)

    @property
    def host(self) -> str:
        """The host's id."""
        return self.identity.host

    @property
    def connected(self) -> bool:
        """Whether the collector has welcomed it on the present stream."""
        return self._session is not None and self._session.connected

    @property
    def reachable(self) -> bool:
        """Whether it is switched on and has a network."""
        return self._driver is not None and not self.unplugged

    def clock(self) -> int:
        """Its own clock."""
        return time.time_ns() + self.clock_off

    def emit(self, lane: int, event: Event, rule: str = "") -> None:
        """Put an event into the spool and write it into the log; `rule` is the one that it must meet."""
        event.time = max(1, self.clock() + (self._skew if self.corrects else 0))
        event.skew = self._skew if self.corrects else 0
        event.boot = self.spool.epoch
        sequence = self.spool.put(lane, event.SerializeToString())
        self.emitted[lane] = self.emitted.get(lane, 0) + 1
        self.log.put(self.host, self.spool.epoch, lane, sequence, event.time, rule)
        self.tell(lane)

    def tell(self, lane: int) -> None:
        """Say to the session what the spool holds."""
        self._put(lambda: self._available(lane))

    def health(self, last_words: str = "") -> None:
        """Say how it is, with the books; last words when it is about to stop."""
        event = Event()
        event.mechanism = MECHANISM_AGENT
        event.health.agent_version = "lab"
        event.health.last_words = last_words
        event.health.sensors.extend(_SENSORS)
        event.health.cpu, event.health.memory = time.process_time_ns(), self.seed.randrange(20_000, 22_000) << 12
        event.health.judge.rules = 120
        for lane in self.emitted:
            waiting = len(self.spool.lanes[lane].blobs) if lane in self.spool.lanes else 0
            told = LaneLedger(lane=lane, emitted=self.emitted[lane], acked=self.acked.get(lane, 0), spooled=waiting)
            event.health.lanes.append(told)
        self.emit(LANE_SECURITY, event)

    def checkpoint(self) -> None:
        """Sign how far each lane came since the last time, as an uplink does once a minute."""
        if not self.connected:
            return
        chains, self._chains = self._chains, {}
        for message in checkpoints(self.spool.epoch, chains, self.identity.private):
            self.checkpoints, self.checkpoint_bytes = self.checkpoints + 1, self.checkpoint_bytes + message.ByteSize()
            self._put(lambda said=message: self._session.say(said, time.monotonic_ns()) if self._session else [])

    def start(self) -> None:
        """Switch on."""
        if self._driver is None:
            self._driver = asyncio.create_task(self._run())

    async def stop(self, last_words: str = "shutdown", seconds: float = LAST_S) -> None:
        """Switch off cleanly: last words, then wait until all is acknowledged, or so long."""
        if self._driver is None:
            return
        if last_words:
            self.health(last_words)
        if self._session is not None:
            self._session.hurry()
        deadline = time.monotonic() + seconds
        while self.spool.waiting and time.monotonic() < deadline:
            self._facts.put_nowait(None)
            await asyncio.sleep(0.05)
        await self.kill()

    async def kill(self) -> None:
        """End without a word; the spool stays."""
        for task in (self._driver, self._reader):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._driver = self._reader = self._session = self._call = None
        self._facts = asyncio.Queue()

    def cut(self) -> None:
        """The network drops the stream."""
        if self._reader is not None:
            self._reader.cancel()

    def say_again(self) -> None:
        """Send the last batch once more, as after a lost acknowledgement."""
        if self.last_batch is not None and self.connected:
            message = self.last_batch
            self._put(lambda: [ours.Send(message)])

    def _put(self, fact: Callable[[], Iterable[ours.Command]]) -> None:
        if self._driver is not None:
            self._facts.put_nowait(fact)

    def _available(self, lane: int) -> Iterable[ours.Command]:
        held = self.spool.lanes.get(lane)
        if self._session is None or held is None:
            return []
        return self._session.available(lane, held.first, held.next, time.monotonic_ns())

    async def _run(self) -> None:
        while True:
            if self._session is None:
                self._begin()
            fact = await self._next()
            if fact is not None:
                await self._do(fact())
            if self._session is not None:
                await self._do(self._session.tick(time.monotonic_ns()))

    def _begin(self) -> None:
        hello = Hello(
            version_low=VERSION_LOW,
            version_high=VERSION_HIGH,
            agent_version="lab",
            epoch=self.spool.epoch,
            hostname=self.identity.name,
            capabilities=[CONTENT, DICTIONARY],
        )
        self._session = ours.AgentSession(hello, flush_ns=self.flush_ns, random=self._jitter, chain=self.spool.chain)
        self._session.compress(0 if self.dictionary is None else self.dictionary.number)
        self._chains.clear()
        for lane in self.spool.lanes:
            self.tell(lane)

    def _jitter(self) -> float:
        return self.seed.random() * self.haste

    async def _next(self) -> Callable[[], Iterable[ours.Command]] | None:
        deadline = self._session.deadline() if self._session else None
        wait = 60.0 if deadline is None else max(0.0, deadline / 1e9 - time.monotonic())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                return await self._facts.get()
        return None

    async def _do(self, commands: Iterable[ours.Command]) -> None:
        for command in commands:
            match command:
                case ours.Connect():
                    self._stream += 1
                    self._reader = asyncio.create_task(self._talk(self._stream))
                case ours.Send(message):
                    await self._write(message)
                case ours.ReadAndSend(lane, first, dictionary):
                    await self._send_batch(lane, first, self.dictionary if dictionary else None)
                case ours.Forget(_, lane, sequence):
                    self._forget(lane, sequence)
                case ours.Close():
                    self.cut()
                case ours.Skew(ns):
                    self._skew = ns
                case ours.RenewEpoch():
                    self._renew()
                    return

    def _forget(self, lane: int, sequence: int) -> None:
        self.acked[lane] = self.acked.get(lane, 0) + max(0, sequence - self._welcomed.get(lane, 0))
        self._welcomed[lane] = max(sequence, self._welcomed.get(lane, 0))
        self.spool.forget(lane, sequence)
        self.log.acked(self.host, self.spool.epoch, lane, sequence)

    def _renew(self) -> None:
        """Begin a new incarnation with what was not acknowledged."""
        old, self.spool = self.spool, Spool(self.seed.getrandbits(63) + 1)
        self._welcomed.clear()
        for lane, held in old.lanes.items():
            for blob in held.blobs:
                event = Event.FromString(blob)
                sequence = self.spool.put(lane, blob)
                self.log.put(self.host, self.spool.epoch, lane, sequence, event.time, "")
        self.cut()
        self._session = None

    async def _send_batch(self, lane: int, first: int, dictionary: Dictionary | None) -> None:
        batch = self.spool.take(lane, first, dictionary)
        assert self._session is not None
        if batch is None:
            await self._do(self._session.sent(lane, first, first - 1, 0, time.monotonic_ns()))
            return
        self.last_batch = AgentMessage(batch=batch)
        last = batch.first + batch.count - 1
        self._chains[lane] = (last, self.spool.chain(lane, last) or b"")
        await self._write(self.last_batch)
        if self._session is not None:
            await self._do(self._session.sent(lane, batch.first, last, len(batch.events), time.monotonic_ns()))

    async def _write(self, message: AgentMessage) -> None:
        if self._call is not None:
            self._wrote_at = self._silent(self._wrote_at)
            self.messages, self.size = self.messages + 1, self.size + message.ByteSize()
            with contextlib.suppress(*_BROKEN):  # the reader tells that the stream ended
                await self._call.write(message)

    async def _talk(self, number: int) -> None:
        """Hold a stream until it ends."""
        try:
            if not self.unplugged:
                await self._hold()
        except _BROKEN:
            pass
        finally:
            if number == self._stream:
                self._call = None
                self._put(self._closed)

    async def _hold(self) -> None:
        who = self.identity
        credentials = grpc.ssl_channel_credentials(who.authority, who.private, who.certificate)
        async with grpc.aio.secure_channel(self.address, credentials, options(KEEPALIVE_S)) as channel:
            async with asyncio.timeout(CONNECT_S):
                await channel.channel_ready()
            self._call = CollectorStub(channel).Session()
            self._wrote_at = self._heard_at = time.monotonic()
            self.connects += 1
            self._put(self._opened)
            while isinstance(message := await self._call.read(), CollectorMessage):
                self._put(lambda heard=message: self._heard(heard))

    def _silent(self, since: float) -> float:
        """Somebody spoke after a silence: count the keepalives of it; now."""
        now = time.monotonic()
        self.pings += int((now - since) / self.silence_s)
        return now

    def _opened(self) -> Iterable[ours.Command]:
        return self._session.opened(time.monotonic_ns(), self.clock()) if self._session else []

    def _closed(self) -> Iterable[ours.Command]:
        return self._session.closed(time.monotonic_ns()) if self._session else []

    def _heard(self, message: CollectorMessage) -> Iterable[ours.Command]:
        kind = message.WhichOneof("message")
        self._heard_at = self._silent(self._heard_at)
        if kind == "goodbye":
            self.goodbyes.append((time.monotonic(), message.goodbye))
            if message.goodbye.reason == Reason.REASON_EPOCH:
                self._welcomed.clear()
        elif kind == "throttle":
            self.throttles += 1
        return self._session.received(message, time.monotonic_ns()) if self._session else []
