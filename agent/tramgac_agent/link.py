"""The link: a gRPC channel and one stream to the collector. It carries; what is said is the session's business."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import grpc
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, FetchRequest, RenewRequest, SampleChunk
from tramgac_proto.session_pb2_grpc import CollectorStub

from tramgac_agent import words
from tramgac_agent.tls import channel, diagnose

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tramgac_proto.session_pb2 import RenewReply, SampleReceipt
    from tramgac_proto.session_pb2_grpc import CollectorAsyncStub

    from tramgac_agent.identity import Identity

_log = logging.getLogger(__name__)
CONNECT_S: Final = 20.0
CALL_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Opened:
    """The stream is open."""

    stream: int


@dataclass(frozen=True, slots=True)
class Heard:
    """The collector said something."""

    stream: int
    message: CollectorMessage


@dataclass(frozen=True, slots=True)
class Written:
    """A batch went out: sequences first to last, size bytes; last < first: none was there."""

    stream: int
    lane: int
    first: int
    last: int
    size: int


@dataclass(frozen=True, slots=True)
class Closed:
    """The stream ended or never opened, and why."""

    stream: int
    reason: str


Fact = Opened | Heard | Written | Closed
_Outgoing = asyncio.Queue[tuple[AgentMessage, Written | None]]


class Link:
    """One stream at a time; facts go to `tell`, each with its stream's number, so that late ones can be told.

    Args:
        collector: HOST:PORT.
        keepalive_s: How often a silent connection is probed.
        tell: Takes facts, on the event loop.
    """

    def __init__(self, collector: str, keepalive_s: int, tell: Callable[[Fact], None]) -> None:
        self._collector = collector
        self._keepalive_s = keepalive_s
        self._tell = tell
        self._channel: grpc.aio.Channel | None = None
        self._task: asyncio.Task[None] | None = None
        self._outgoing: _Outgoing = asyncio.Queue()
        self._cut = False
        self.stream = 0
        """Number of the present stream."""

    def connect(self, identity: Identity) -> None:
        """Begin a stream; Opened or Closed follows."""
        self.stream += 1
        self._outgoing = asyncio.Queue()
        self._task = asyncio.create_task(self._run(self.stream, identity, self._outgoing), name="stream")

    def send(self, message: AgentMessage, then: Written | None = None) -> None:
        """Write a message after those before it; `then` is told when it went out.

        Flow control is the collector's: the session gives one batch at a time, so little ever waits here.
        """
        self._outgoing.put_nowait((message, then))

    async def close(self) -> None:
        """End the stream; its Closed is told."""
        task = self._task
        if task and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def abandon(self) -> None:
        """End the stream; whatever is told of it from now on carries a number that is past."""
        await self.close()
        self.stream += 1

    async def _run(self, number: int, identity: Identity, outgoing: _Outgoing) -> None:
        reason = "closed by us"
        try:
            async with channel(self._collector, identity, self._keepalive_s) as opened:
                reason = await self._talk(number, opened, identity, outgoing)
        finally:
            self._channel = None
            self._tell(Closed(number, reason))

    async def _talk(
        self,
        number: int,
        opened: grpc.aio.Channel,
        identity: Identity,
        outgoing: _Outgoing,
    ) -> str:
        """Hold the stream until it ends; why it ended."""
        if not await _ready(opened):
            return await self._why(identity)
        self._channel, self._cut = opened, False
        call = CollectorStub(opened).Session()
        self._tell(Opened(number))
        writer = asyncio.create_task(self._write(call, outgoing), name="writer")
        # Where writing fails, reading must end too: such a stream would look connected for ever.
        writer.add_done_callback(lambda done: call.cancel() if not done.cancelled() and done.exception() else None)
        try:
            while isinstance(message := await call.read(), CollectorMessage):
                self._tell(Heard(number, message))
            return f"{(await call.code()).name.lower()}: {await call.details() or 'the collector ended the stream'}"
        except grpc.aio.AioRpcError as error:
            return f"{error.code().name.lower()}: {error.details()}"
        except asyncio.CancelledError:
            if writer.done() and not writer.cancelled() and (broken := writer.exception()):
                return f"failed: {broken!r}"
            raise
        finally:
            writer.cancel()
            call.cancel()

    async def _write(
        self,
        call: grpc.aio.StreamStreamCall[AgentMessage, CollectorMessage],
        outgoing: _Outgoing,
    ) -> None:
        """Write what waits, in order. That a stream broke is the reader's to tell."""
        with contextlib.suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while True:
                message, then = await outgoing.get()
                await call.write(message)
                if then:
                    self._tell(then)

    async def _why(self, identity: Identity) -> str:
        """Why the channel did not become ready, as far as a handshake of our own can tell."""
        found = await asyncio.to_thread(diagnose, self._collector, identity.authorities.decode())
        if found:
            return f"{found.code}: {found}"
        now = dt.datetime.now(dt.UTC)
        if identity.not_after <= now:
            return f"expired: {words.EXPIRED.say(ended=identity.not_after, now=now.replace(microsecond=0))}"
        if not self._cut:  # a collector that stops amid a handshake looks the same: nobody is to enrol again for that
            self._cut = True
            return f"cut: {words.CUT.say(address=self._collector)}"
        return f"refused: {words.NOT_TAKEN.say(address=self._collector)}"

    def _stub(self) -> CollectorAsyncStub:
        if self._channel is None:
            raise ConnectionError("no link to the collector now")
        return CollectorStub(self._channel)

    async def fetch(self, name: str, limit: int) -> bytes:
        """A file of the content repository.

        Raises KeyError if there is none, ConnectionError, ValueError if it is too large.
        """
        data = bytearray()
        try:
            async for chunk in self._stub().Fetch(FetchRequest(name=name), timeout=CALL_S):
                data += chunk.data
                if len(data) > limit:
                    raise ValueError(f"{name}: above {limit} bytes")
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise KeyError(name) from error
            raise ConnectionError(f"{name}: {error.code().name.lower()}: {error.details()}") from error
        return bytes(data)

    async def send_sample(self, chunks: AsyncIterator[SampleChunk]) -> SampleReceipt:
        """Stream a sample. Raises ConnectionError."""
        try:
            receipt: SampleReceipt = await self._stub().SendSample(chunks)
        except grpc.aio.AioRpcError as error:
            raise ConnectionError(f"sample: {error.code().name.lower()}: {error.details()}") from error
        return receipt

    async def renew(self, csr: bytes) -> RenewReply:
        """A new certificate. Raises ConnectionError."""
        try:
            reply: RenewReply = await self._stub().Renew(RenewRequest(csr=csr), timeout=CALL_S)
        except grpc.aio.AioRpcError as error:
            raise ConnectionError(f"renewal: {error.code().name.lower()}: {error.details()}") from error
        return reply


async def _ready(opened: grpc.aio.Channel) -> bool:
    """The first attempt to connect succeeded; further ones are the session's to decide, not gRPC's."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CONNECT_S):
            state = opened.get_state(try_to_connect=True)
            while state in {grpc.ChannelConnectivity.IDLE, grpc.ChannelConnectivity.CONNECTING}:
                await opened.wait_for_state_change(state)
                state = opened.get_state(try_to_connect=True)
            return state is grpc.ChannelConnectivity.READY
    return False
