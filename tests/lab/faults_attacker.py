"""One hostile agent in a process of its own: `python -m tests.lab.faults_attacker ABUSE ADDRESS IDENTITY SECONDS`.

It has a certificate of the collector's and does one thing again and again, coming back at once. Says in a line of JSON
how often, and after how many seconds it heard that it is in quarantine (null: never). Not a lane itself: faults.py
starts it.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from backports import zstd
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event
from tramgac_proto.session_pb2 import (
    AgentMessage,
    Batch,
    Checkpoint,
    CollectorMessage,
    FetchRequest,
    Hello,
    SampleChunk,
)
from tramgac_proto.session_pb2_grpc import CollectorStub
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend
from tramgac_wire.limits import MAX_BATCH_EVENTS, MAX_MESSAGE

SESSION = "/tramgac.Collector/Session"
EPOCH = 0xBAD
_ENDED = (grpc.aio.AioRpcError, asyncio.InvalidStateError, grpc.aio.UsageError)


@dataclass
class Attacker:
    """A rogue with an identity. `quarantined` is when it heard of it, seconds since it began."""

    address: str
    identity: dict[str, str]
    began: float = field(default_factory=time.monotonic)
    quarantined: float | None = None
    rounds: int = 0

    def channel(self, **more: Any) -> grpc.aio.Channel:
        """Open a connection of its own."""
        who = self.identity
        parts = (who["authority"].encode(), who["private"].encode(), who["certificate"].encode())
        options = [("grpc.use_local_subchannel_pool", 1), ("grpc.max_send_message_length", -1)]
        return grpc.aio.secure_channel(self.address, grpc.ssl_channel_credentials(*parts), options=options, **more)

    @contextlib.asynccontextmanager
    async def dialogue(self, epoch: int = EPOCH, hello: bytes | None = None, **more: Any) -> Any:
        """A stream on which Hello was said; what the collector says is listened to."""
        async with self.channel(**more) as channel:
            call = channel.stream_stream(SESSION, response_deserializer=CollectorMessage.FromString)()
            greeting = Hello(version_low=1, version_high=1, epoch=epoch, clock=time.time_ns(), hostname="rogue")
            await call.write(hello or AgentMessage(hello=greeting).SerializeToString())
            ears = asyncio.create_task(self._hear(call))
            try:
                yield call
            finally:
                ears.cancel()

    async def _hear(self, call: Any) -> None:
        with contextlib.suppress(*_ENDED):
            while isinstance(message := await call.read(), CollectorMessage):
                if message.goodbye.detail.startswith(("in quarantine", "this host is in quarantine")):
                    self.quarantined = self.quarantined or time.monotonic() - self.began

    async def ended(self, call: Any, seconds: float = 5) -> None:
        """Wait until the collector ends the stream."""
        with contextlib.suppress(*_ENDED, TimeoutError):
            async with asyncio.timeout(seconds):
                await call.code()


def event(number: int, *, text: str = "") -> bytes:
    """An event of the rogue's."""
    made = Event(time=time.time_ns())
    made.process_start.process.pid = number % 60_000
    made.process_start.process.command_line = text or f"/bin/rogue {number}"
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


async def compressed_bomb(a: Attacker) -> None:
    """A message of 16 MB of zeros, compressed by gRPC."""
    async with a.dialogue(compression=grpc.Compression.Gzip) as call:
        await call.write(AgentMessage(batch=Batch(events=bytes(16_000_000))).SerializeToString())
        await a.ended(call)


async def batch_bomb(a: Attacker) -> None:
    """A batch whose events unpack to 200 MB."""
    bomb = zstd.compress(bytes(200_000_000))
    batch = Batch(epoch=EPOCH, lane=LANE_SECURITY, first=1, count=1, size=1_000_000, previous=START, events=bomb)
    while True:
        async with a.dialogue() as call:
            await call.write(AgentMessage(batch=batch).SerializeToString())
            await a.ended(call)
        a.rounds += 1


async def many_parts(a: Attacker) -> None:
    """A Hello with half a million empty words."""
    hello = AgentMessage(hello=Hello(version_low=1, version_high=1, epoch=EPOCH)).SerializeToString()
    body = hello[2:] + b"\x1a\x00" * 500_000  # field 3, of length 0
    size = len(body)
    prefix = b"\x0a" + bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
    async with a.dialogue(hello=prefix + body) as call:
        await a.ended(call)


async def giant(a: Attacker) -> None:
    """A message above the limit."""
    async with a.dialogue() as call:
        await call.write(AgentMessage(batch=Batch(events=os.urandom(MAX_MESSAGE))).SerializeToString())
        await a.ended(call)


async def garbage(a: Attacker) -> None:
    """Bytes that are no message; and nested groups, thousands deep."""
    async with a.dialogue() as call:
        await call.write(b"\xff\xff\xff" if a.rounds % 2 else b"\x0b" * 5_000)
        await a.ended(call)


async def forged(a: Attacker) -> None:
    """A checkpoint with a signature that is none."""
    async with a.dialogue() as call:
        blob = Event(time=1, process_start={}).SerializeToString()
        batch = pack(EPOCH, LANE_SECURITY, 1, START, [blob])
        await call.write(AgentMessage(batch=batch).SerializeToString())
        chain = extend(START, [blob])
        checkpoint = Checkpoint(epoch=EPOCH, lane=LANE_SECURITY, sequence=1, chain=chain, signature=b"forged")
        await call.write(AgentMessage(checkpoint=checkpoint).SerializeToString())
        await a.ended(call)


async def metadata(a: Attacker) -> None:
    """20 kB of headers."""
    async with a.channel() as channel:
        call = channel.stream_stream(SESSION)(metadata=[("x-rogue", "x" * 20_000)])
        await a.ended(call)


async def flood(a: Attacker) -> None:
    """Ordinary events as fast as they go, whatever is said."""
    await pushed(a, batches(LANE_BULK, event, 500))


async def small_flood(a: Attacker) -> None:
    """Batches of one event, without end."""
    await pushed(a, batches(LANE_BULK, event, 1))


async def alert_flood(a: Attacker) -> None:
    """Urgent events that meet a rule, without end."""
    await pushed(a, batches(LANE_URGENT, lambda number: event(number, text=f"rm -f /var/log/auth.log {number}"), 200))


async def strangers(a: Attacker) -> None:
    """Messages of a kind that nobody knows, without end."""

    def unknown() -> Iterator[bytes]:
        while True:
            yield b"\xfa\x3f\x04abcd"  # field 1023

    await pushed(a, unknown())


async def deaf(a: Attacker) -> None:
    """The same batch without end, and nothing is read of what is answered."""
    message = next(batches(LANE_BULK, event, 500))
    async with a.channel() as channel:
        call = channel.stream_stream(SESSION, response_deserializer=CollectorMessage.FromString)()
        await call.write(AgentMessage(hello=Hello(version_low=1, version_high=1, epoch=EPOCH)).SerializeToString())
        with contextlib.suppress(*_ENDED):
            while True:
                await call.write(message)
                a.rounds += 1
        await a._hear(call)


async def storm(a: Attacker) -> None:
    """Stream after stream."""
    async with a.dialogue() as call:
        await asyncio.sleep(0)
        del call


async def crowd(a: Attacker) -> None:
    """Fifty streams at once, with one identity."""
    await asyncio.gather(*(storm(a) for _ in range(50)))


async def incarnations(a: Attacker) -> None:
    """Each time another incarnation of the spool, with an event."""
    epoch = EPOCH + a.rounds
    async with a.dialogue(epoch) as call:
        await call.write(AgentMessage(batch=pack(epoch, LANE_SECURITY, 1, START, [event(1)])).SerializeToString())
        await asyncio.sleep(0.2)


async def fetches(a: Attacker) -> None:
    """Files of the repository, again and again."""
    async with a.channel() as channel:
        for _ in range(50):
            a.rounds += 1
            call = CollectorStub(channel).Fetch(FetchRequest(name="timestamp.json"))
            if await call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                a.quarantined = a.quarantined or time.monotonic() - a.began


async def unasked(a: Attacker) -> None:
    """Samples that nobody asked for."""

    async def chunks() -> Any:
        yield SampleChunk(sha256=os.urandom(32), size=1_000_000, data=bytes(200_000))
        yield SampleChunk(data=bytes(200_000))

    async with a.channel() as channel:
        for _ in range(20):
            a.rounds += 1
            call = CollectorStub(channel).SendSample(chunks())
            if await call.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                a.quarantined = a.quarantined or time.monotonic() - a.began


async def silent_connections(a: Attacker) -> None:
    """A thousand connections that say nothing."""
    host, _, port = a.address.rpartition(":")
    opened = []
    for _ in range(1_000):
        with contextlib.suppress(OSError):
            opened.append(await asyncio.open_connection(host, int(port)))
            a.rounds += 1
    await asyncio.sleep(2)
    for _, writer in opened:
        writer.close()


ABUSES: dict[str, tuple[Callable[[Attacker], Awaitable[None]], bool]] = {
    "compressed_bomb": (compressed_bomb, False),
    "batch_bomb": (batch_bomb, True),
    "many_parts": (many_parts, True),
    "giant": (giant, True),
    "garbage": (garbage, True),
    "forged": (forged, True),
    "metadata": (metadata, False),
    "flood": (flood, True),
    "small_flood": (small_flood, True),
    "alert_flood": (alert_flood, False),
    "strangers": (strangers, True),
    "deaf": (deaf, True),
    "storm": (storm, True),
    "crowd": (crowd, True),
    "incarnations": (incarnations, True),
    "fetches": (fetches, True),
    "unasked": (unasked, True),
    "silent_connections": (silent_connections, False),
}
"""What is done, and whether it must end in quarantine: what never reaches a dialogue, and urgent events, do not."""


async def attack(name: str, a: Attacker, seconds: float) -> None:
    """Do it again and again, for so long or until it is in quarantine."""
    abuse, _ = ABUSES[name]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while a.quarantined is None:
                with contextlib.suppress(*_ENDED):
                    await abuse(a)
                a.rounds += 1
                await asyncio.sleep(0.01)


def main() -> None:
    """Attack and tell."""
    name, address, identity, seconds = sys.argv[1:]
    attacker = Attacker(address, json.loads(Path(identity).read_text()))
    asyncio.run(attack(name, attacker, float(seconds)))
    sys.stdout.write(json.dumps({"rounds": attacker.rounds, "quarantined": attacker.quarantined}) + "\n")


if __name__ == "__main__":
    main()
