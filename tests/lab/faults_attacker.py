"""One hostile agent in a process of its own: `python -m tests.lab.faults_attacker ABUSE ADDRESS IDENTITY SECONDS`.

It has a certificate of the collector's and does one thing again and again, coming back at once. Says in a line of JSON
how often, after how many seconds it heard that it is in quarantine (null: never), and what else it met. Not a lane
itself: faults.py starts it.
"""

import asyncio
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
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
from tramgac_wire.limits import MAX_MESSAGE

from tests.lab import faults_doors, faults_lines
from tests.lab.faults_rogue import ENDED, EPOCH, SESSION, Abuse, Attacker, batches, event, pushed

SILENT_S = 15.0
"""A connection that says nothing must be let go by then; gRPC does after 3 s."""


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

    def removed(number: int) -> bytes:
        made = Event(time=time.time_ns())
        made.file_delete.process.pid, made.file_delete.process.executable = number % 60_000, "/usr/bin/rm"
        made.file_delete.path = "/var/log/auth.log"
        return made.SerializeToString()

    await pushed(a, batches(LANE_URGENT, removed, 200))


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
        with contextlib.suppress(*ENDED):
            while True:
                await call.write(message)
                a.rounds += 1
        await a.hear(call)


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
    """A thousand connections that say nothing, until they are let go."""
    host, _, port = a.address.rpartition(":")
    opened = []
    for _ in range(1_000):
        with contextlib.suppress(OSError):
            opened.append(await asyncio.open_connection(host, int(port)))
            a.rounds += 1
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SILENT_S):
            for reader, _ in opened:
                with contextlib.suppress(ConnectionError):
                    await reader.read()
    for reader, writer in opened:
        a.note("let go" if reader.at_eof() or reader.exception() else "held")
        writer.close()


ABUSES: dict[str, Abuse] = {
    "compressed_bomb": Abuse(
        compressed_bomb, quarantine=False, refusal="gRPC's limit of a message", least={"RESOURCE_EXHAUSTED": 1}
    ),
    "batch_bomb": Abuse(batch_bomb),
    "many_parts": Abuse(many_parts),
    "giant": Abuse(giant),
    "garbage": Abuse(garbage),
    "forged": Abuse(forged),
    "metadata": Abuse(
        metadata, quarantine=False, refusal="gRPC's limit of headers", least={"RESOURCE_EXHAUSTED": 1}, never=("OK",)
    ),
    "flood": Abuse(flood),
    "small_flood": Abuse(small_flood),
    "alert_flood": Abuse(
        alert_flood, quarantine=False, refusal="the limit of alerts a day", counted=("judge.alerts_over_limit",)
    ),
    "strangers": Abuse(strangers),
    "deaf": Abuse(deaf),
    "storm": Abuse(storm),
    "crowd": Abuse(crowd),
    "incarnations": Abuse(incarnations),
    "fetches": Abuse(fetches),
    "unasked": Abuse(unasked),
    "silent_connections": Abuse(
        silent_connections,
        quarantine=False,
        refusal="the limit of a handshake",
        least={"let go": 1_000},
        never=("held",),
    ),
    **faults_doors.ABUSES,
    **faults_lines.ABUSES,
}
"""All of them, in the order in which they are done."""


async def attack(name: str, a: Attacker, seconds: float) -> None:
    """Do it again and again, for so long or until it is in quarantine; or once."""
    abuse = ABUSES[name]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while a.quarantined is None:
                with contextlib.suppress(*ENDED):
                    await abuse.do(a)
                a.rounds += 1
                if abuse.once:
                    break
                await asyncio.sleep(0.01)


def main() -> None:
    """Attack and tell."""
    name, address, identity, seconds = sys.argv[1:]
    attacker = Attacker(address, json.loads(Path(identity).read_text()))
    asyncio.run(attack(name, attacker, float(seconds)))
    said = {"rounds": attacker.rounds, "quarantined": attacker.quarantined}
    sys.stdout.write(json.dumps({**said, "told": attacker.told, "moments": attacker.moments}) + "\n")


if __name__ == "__main__":
    main()
