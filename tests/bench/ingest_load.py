"""Agents for ingest.py, in a process of their own whose time is not counted. Not a bench itself.

    python -m tests.bench.ingest_load FOLDER PORT HOSTS WINDOW RATE

Real streams over mutual TLS, a connection each; what is sent was prepared (`FOLDER/N.batches`, or `all.batches` for
everybody). Says "ready" when all are welcome, begins at a line on stdin, and tells as JSON what was acknowledged.
RATE: batches a second over all hosts; 0: as fast as WINDOW unacknowledged batches a host allow.
"""

import asyncio
import json
import struct
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import grpc
from tramgac_agent.errands import checkpoints
from tramgac_proto.event_pb2 import MECHANISM_AGENT, SENSOR_STATE_ALIVE, Event, LaneLedger, Sensor
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, Hello
from tramgac_wire import chain
from tramgac_wire.batch import pack

from tests.bench.ingest_day import Sent

METHOD = "/tramgac.Collector/Session"
CAPABILITIES = ("process", "file", "network")
_HEAD = struct.Struct(">IBQ")
PATIENCE_S = 300.0
CHECKPOINT = 0
"""Stands in place of a lane before a message that is not acknowledged."""


def prepare(path: Path, blobs: Iterator[bytes], batches: Iterable[Sent], epoch: int) -> None:
    """Write batches, the chains right; what is signed with the key that lies beside them."""
    ends: dict[int, tuple[int, bytes]] = {}
    with path.open("wb") as file:
        for lane, size, healths, signed in batches:
            events = [*(health(ends) for _ in range(healths)), *islice(blobs, size - healths)]
            last, previous = ends.get(lane, (0, chain.START))
            message = AgentMessage(batch=pack(epoch, lane, last + 1, previous, events)).SerializeToString()
            ends[lane] = last + size, chain.extend(previous, events)
            file.write(_HEAD.pack(len(message), lane, last + size) + message)
            if signed:
                (point,) = checkpoints(epoch, {lane: ends[lane]}, path.with_suffix(".key").read_bytes())
                file.write(_HEAD.pack(point.ByteSize(), CHECKPOINT, 0) + point.SerializeToString())


def health(ends: Mapping[int, tuple[int, bytes]]) -> bytes:
    """An agent about itself, encoded."""
    event = Event(time=time.time_ns(), boot=7, mechanism=MECHANISM_AGENT)
    said = event.health
    said.agent_version, said.cpu, said.memory = "bench", time.process_time_ns(), 80_000_000
    said.sensors.extend(Sensor(capability=name, rung="ebpf", state=SENSOR_STATE_ALIVE) for name in CAPABILITIES)
    said.lanes.extend(LaneLedger(lane=lane, emitted=last, acked=last) for lane, (last, _) in ends.items())
    return event.SerializeToString()


def prepared(path: Path) -> list[tuple[int, int, bytes]]:
    """Give each batch's lane, its last sequence and its message."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        size, lane, last = _HEAD.unpack_from(data, at)
        at += _HEAD.size + size
        found.append((lane, last, data[at - size : at]))
    return found


class Host:
    """One agent."""

    def __init__(self, folder: Path, number: int, port: int) -> None:
        """Take its identity and what it is to send."""
        mine = folder / f"{number}.batches"
        self.batches = prepared(mine if mine.exists() else folder / "all.batches")
        self.epoch = AgentMessage.FromString(self.batches[0][2]).batch.epoch
        ends = {lane: last for lane, last, _ in self.batches if lane != CHECKPOINT}
        self.events = sum(ends.values())
        key, pem = ((folder / f"{number}.{part}").read_bytes() for part in ("key", "pem"))
        credentials = grpc.ssl_channel_credentials((folder / "ca.pem").read_bytes(), key, pem)
        options = (("grpc.use_local_subchannel_pool", 1), ("grpc.http2.bdp_probe", 0))
        self.channel = grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options)
        self.waiting: dict[int, deque[tuple[int, float]]] = {lane: deque() for lane in ends}
        self.took: list[tuple[float, float]] = []
        """When each batch was sent, seconds of the machine's monotonic clock, and how long its acknowledgement took."""
        self.room = asyncio.Semaphore(0)

    async def greet(self) -> None:
        """Open the stream."""
        self.call = self.channel.stream_stream(METHOD, None, None)()
        hello = Hello(version_low=1, version_high=1, agent_version="bench", clock=time.time_ns(), epoch=self.epoch)
        await self.call.write(AgentMessage(hello=hello).SerializeToString())
        await self.call.read()

    async def send(self, window: int, every_s: float, begin: float) -> None:
        """Send all and wait until all is acknowledged."""
        reader = asyncio.create_task(self._read())
        for _ in range(window):
            self.room.release()
        for number, (lane, last, message) in enumerate(self.batches):
            if every_s:
                await asyncio.sleep(begin + number * every_s - time.monotonic())
            else:
                await self.room.acquire()
            if lane != CHECKPOINT:
                self.waiting[lane].append((last, time.monotonic()))
            await self.call.write(message)
        await reader

    async def _read(self) -> None:
        left = sum(lane != CHECKPOINT for lane, _, _ in self.batches)
        while left:
            data = await self.call.read()
            if data is grpc.aio.EOF:
                raise SystemExit(f"the collector ended the stream with {left} batches unacknowledged")
            now = time.monotonic()
            # The bare server of the baseline knows no sequences: an empty answer is for the next batch.
            acks = [(ack.lane, ack.sequence) for ack in CollectorMessage.FromString(data).ack.lanes]
            for lane, safe in (
                acks or [(lane, safe[0][0]) for lane, safe in self.waiting.items() if safe and not data][:1]
            ):
                while self.waiting[lane] and self.waiting[lane][0][0] <= safe:
                    at = self.waiting[lane].popleft()[1]
                    self.took.append((at, now - at))
                    self.room.release()
                    left -= 1


async def run(folder: Path, port: int, count: int, window: int, rate: float) -> dict[str, object]:
    """All hosts at once."""
    hosts = [Host(folder, number, port) for number in range(count)]
    for host in hosts:
        await host.greet()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    begin, every_s = time.monotonic(), count / rate if rate else 0.0
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(h.send(window, every_s, begin + n * every_s / count) for n, h in enumerate(hosts)))
    spent = time.monotonic() - begin
    for host in hosts:
        host.call.cancel()
        await host.channel.close()
    acks = [one for host in hosts for one in host.took]
    took = sorted(lasted for _, lasted in acks)
    p50, p99 = (took[min(len(took) - 1, len(took) * part // 100)] for part in (50, 99))
    events = sum(host.events for host in hosts)
    return {"batches": len(took), "events": events, "s": spent, "p50": p50, "p99": p99, "acks": acks}


if __name__ == "__main__":
    told = asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])))
    sys.stdout.write(json.dumps(told) + "\n")
