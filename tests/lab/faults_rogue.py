"""A hostile agent with a certificate of the collector's, and what an abuse must lead to. Not a lane itself."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import grpc
from tramgac_proto.event_pb2 import Event
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, Hello, Reason, SampleAsk
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend
from tramgac_wire.limits import MAX_BATCH_EVENTS

SESSION = "/tramgac.Collector/Session"
EPOCH = 0xBAD
ENDED = (grpc.aio.AioRpcError, asyncio.InvalidStateError, grpc.aio.UsageError)


@dataclass
class Attacker:
    """A rogue with an identity. `quarantined` is when it heard of it, seconds since it began."""

    address: str
    identity: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    quarantined: float | None = None
    rounds: int = 0
    told: Counter[str] = field(default_factory=Counter)
    """What it met, by words of its own: the abuse's `least` and `never` are about them."""
    moments: dict[str, float] = field(default_factory=dict)
    """When something happened first, seconds since 1970."""
    asked: asyncio.Queue[SampleAsk] = field(default_factory=asyncio.Queue)
    """Samples that the collector wants of it."""
    welcomed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, word: str) -> None:
        """Note that it met something, and when it did first."""
        self.told[word] += 1
        self.moments.setdefault(word, time.time())

    def channel(self, **more: Any) -> grpc.aio.Channel:
        """Open a connection of its own."""
        who = self.identity
        parts = (who["authority"].encode(), who["private"].encode(), who["certificate"].encode())
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
        return grpc.aio.secure_channel(self.address, grpc.ssl_channel_credentials(*parts), options=options, **more)

    @contextlib.asynccontextmanager
    async def dialogue(self, epoch: int = EPOCH, hello: bytes | None = None, **more: Any) -> Any:
        """A stream on a connection of its own."""
        async with self.channel(**more) as channel, self.stream(channel, epoch, hello) as call:
            yield call

    @contextlib.asynccontextmanager
    async def stream(
        self, channel: grpc.aio.Channel, epoch: int = EPOCH, hello: bytes | None = None, can: Sequence[str] = ()
    ) -> Any:
        """A stream on which Hello was said; what the collector says is listened to."""
        call = channel.stream_stream(SESSION, response_deserializer=CollectorMessage.FromString)()
        greeting = Hello(version_low=1, version_high=1, epoch=epoch, clock=time.time_ns(), hostname="rogue")
        greeting.capabilities.extend(can)
        await call.write(hello or AgentMessage(hello=greeting).SerializeToString())
        ears = asyncio.create_task(self.hear(call))
        try:
            yield call
        finally:
            ears.cancel()

    async def hear(self, call: Any) -> None:
        """Listen until the stream ends."""
        with contextlib.suppress(*ENDED):
            while isinstance(message := await call.read(), CollectorMessage):
                if message.goodbye.detail.startswith(("in quarantine", "this host is in quarantine")):
                    self.quarantined = self.quarantined or time.monotonic() - self.began
                elif message.HasField("goodbye"):
                    self.note(f"goodbye {Reason.Name(message.goodbye.reason)}")
                elif message.HasField("welcome"):
                    self.welcomed.set()
                elif message.HasField("sample"):
                    self.asked.put_nowait(message.sample)

    async def ended(self, call: Any, seconds: float = 5) -> None:
        """Wait until the collector ends the stream."""
        with contextlib.suppress(*ENDED, TimeoutError):
            async with asyncio.timeout(seconds):
                self.note((await call.code()).name)


@dataclass(frozen=True)
class Abuse:
    """What is done, and what it must lead to."""

    do: Callable[[Attacker], Awaitable[None]]
    quarantine: bool = True
    """The offender must end in quarantine. What never reaches a dialogue, and urgent events, do not."""
    refusal: str = ""
    """What stops it where no quarantine does."""
    least: Mapping[str, int] = field(default_factory=dict)
    """What the attacker must have met, and how often at least."""
    never: Sequence[str] = ()
    """What it may never meet."""
    counted: Sequence[str] = ()
    """Counts of the collector's roles (role.name) that must move."""
    once: bool = False
    """It is done once, not again and again."""
    seconds: float = 0.0
    """How long it may take; 0: as long as the others."""
    certificate_s: float = 0.0
    """Its certificate ends so long after it begins; 0: days."""


def event(number: int) -> bytes:
    """An event of the rogue's."""
    made = Event(time=time.time_ns())
    made.process_start.process.pid = number % 60_000
    made.process_start.process.command_line = f"/bin/rogue {number}"
    return made.SerializeToString()


def batches(lane: int, make: Callable[[int], bytes], count: int = MAX_BATCH_EVENTS) -> Iterator[bytes]:
    """An endless, well made stream of one lane."""
    first, before = 1, START
    while True:
        blobs = [make(first + number) for number in range(count)]
        yield AgentMessage(batch=pack(EPOCH, lane, first, before, blobs)).SerializeToString()
        first, before = first + count, extend(before, blobs)


async def pushed(a: Attacker, stream: Iterator[bytes]) -> None:
    """Send without end and without heeding what is said."""
    async with a.dialogue() as call:
        for message in stream:
            await call.write(message)
            a.rounds += 1
