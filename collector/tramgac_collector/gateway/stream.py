"""One host's open stream: the session machine, with gRPC on one side and the ingest log on the other.

Three parties put facts into one inbox (the reader of the stream, the log when a batch is on the disk, the gateway
itself); one driver takes them out in order, asks the session what to do, and does it. So the session is never
entered twice at once, and whatever the agent sends or does not read touches no other stream.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError
from tramgac_proto.event_pb2 import LANE_URGENT
from tramgac_proto.session_pb2 import (
    REASON_FULL,
    REASON_LIMIT,
    REASON_PROTOCOL,
    REASON_REPLACED,
    REASON_REVOKED,
    REASON_SHUTDOWN,
    AgentMessage,
    Batch,
    Checkpoint,
    CollectorMessage,
)
from tramgac_wire import collector_session as cs
from tramgac_wire.limits import MAX_MESSAGE, SAMPLE

from tramgac_collector.bucket import Bucket
from tramgac_collector.ca import Identity
from tramgac_collector.errors import DiskFull, IngestError
from tramgac_collector.gateway import notes, quarantine
from tramgac_collector.gateway.acks import Acks
from tramgac_collector.gateway.hall import Hall
from tramgac_collector.ingest.attestation import Attestation, attestation

PENDING_MESSAGES = 8
"""Messages of one stream that may wait (for the driver or the disk) before reading stops."""
LEFT_NS = 100_000_000_000
"""An agent says something each minute; a line that is cut is noticed 120 s after the last word, by a ping."""
WRITE_TIMEOUT_S = 60.0
"""An agent that does not read for so long is cut off."""
FULL_RETRY_MS = 30_000
_NOTES_A_SECOND, _NOTES_BURST = 2.0, 50.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Stored:
    """The log has answered for a batch."""

    store: cs.Store
    result: Future[int]


_Ask = Callable[[cs.CollectorSession], Sequence[cs.Command]]
_Fact = AgentMessage | _Stored | _Ask | None


class Stream:
    """The dialogue with one host over one RPC."""

    def __init__(self, hall: Hall, context: Any, identity: Identity, address: str) -> None:
        self.host = identity.host
        self.finished = asyncio.Event()
        self.address = address
        self.greeted = False
        """Hello was right: what is said to the agent from now on arrives."""
        self.sends_samples = False
        """The agent said that it can."""
        self.choices = -1
        """Number of the last change of what people chose for rules that it heard of."""
        self.heard = 0
        """When it said something last, ns; 0 for nothing, or once the dialogue was ended from our side."""
        self._hall, self._context, self._identity = hall, context, identity
        self._inbox: asyncio.Queue[_Fact] = asyncio.Queue()
        self._room = asyncio.Semaphore(PENDING_MESSAGES)
        self._storing: set[Future[int]] = set()
        self._over = False
        self._driver: asyncio.Task[None] | None = None
        self._notes = Bucket(_NOTES_A_SECOND, _NOTES_BURST)

    @property
    def left(self) -> bool:
        """Whether the host's side closed the stream though the line served: of one that is cut we hear much later."""
        return self._hall.clock() - self.heard < LEFT_NS

    async def run(self) -> None:
        """Hold the dialogue until either side ends it."""
        await self._hall.streams.enter(self)
        await self._recall()
        timer = self._end_with_certificate()
        reader: asyncio.Task[None] | None = None
        try:
            session = cs.CollectorSession(
                self.host,
                acked=self._acked,
                clock=self._hall.clock,
                content=self._hall.content,
                dictionaries=self._hall.dictionaries,
                forgets=self._hall.log.forgets(self.host),
                incarnation=self._hall.incarnation,
            )
            reader = asyncio.create_task(self._read())
            self._driver = asyncio.create_task(self._drive(session))
            await asyncio.wait({self._driver})
            if not self._driver.cancelled():
                self._driver.result()
        finally:
            timer.cancel()
            for task in (reader, self._driver):
                if task is not None:
                    task.cancel()
            await self._settle()

    async def _recall(self) -> None:
        try:
            await self._hall.log.recall(self.host)
        except IngestError as error:
            self._hall.streams.leave(self)
            self.finished.set()
            self._hall.counts.add("streams_ended_error")
            await self._context.abort(grpc.StatusCode.UNAVAILABLE, str(error))

    def _end_with_certificate(self) -> asyncio.TimerHandle:
        """End the dialogue when the certificate ends: gRPC looks at it in the handshake only."""
        left = (self._identity.not_after - self._hall.clock()) / 1e9
        loop = asyncio.get_running_loop()
        return loop.call_later(max(left, 0.0), self.end, REASON_REVOKED, "the certificate has ended: renew it")

    def end(self, reason: int, detail: str, retry_after_ms: int = 0) -> None:
        """Say goodbye and end the dialogue."""
        self._put(lambda session: session.end(reason, detail, retry_after_ms))

    def replace(self) -> None:
        """Say goodbye: another stream of the same identity takes over. An old one that no longer reads is cut off."""
        self.end(REASON_REPLACED, "another stream of this identity took over")
        asyncio.get_running_loop().call_later(2.0, self._cut)

    def offer(self, version: int) -> None:
        """Tell the agent of content."""
        self._put(lambda session: session.offer(version, self._hall.dictionaries))

    def ask(self, sha256: bytes, limit: int) -> None:
        """Ask the agent for a sample."""
        self._put(lambda session: session.ask(sha256, limit))

    def choose(self, number: int, quiet: bytes, urgent: bytes) -> None:
        """Tell the agent what people chose for rules; nothing before it can hear."""
        if self.greeted:
            self.choices = number
            self._put(lambda session: session.choose(quiet, urgent))

    def throttle(self, wait_ms: int) -> None:
        """Ask the agent to hold back all but urgent events for so long."""
        self._put(lambda session: session.throttle(wait_ms))

    def _acked(self, epoch: int) -> dict[int, tuple[int, bytes]]:
        return self._hall.log.marks(self.host, epoch)

    def _put(self, fact: _Fact) -> None:
        if not self._over:
            self._inbox.put_nowait(fact)

    def _cut(self) -> None:
        if self._driver is not None:
            self._driver.cancel()

    async def _read(self) -> None:
        """Read messages while there is room for them: flow control is the back-pressure."""
        try:
            while True:
                await self._room.acquire()
                message = await self._context.read()
                if message is grpc.aio.EOF:
                    break
                self._put(message)
        except DecodeError as error:
            self._put(partial(self._refuse_garbage, str(error)))
        except (grpc.RpcError, grpc.aio.UsageError, grpc.aio.InternalError) as error:
            _log.info("stream broke", host=self.host, error=repr(error))
        finally:
            self._put(None)

    def _refuse_garbage(self, why: str, session: cs.CollectorSession) -> Sequence[cs.Command]:
        detail = f"bytes that are no message ({why}): whoever sent them is no agent of ours; look at that machine"
        return [cs.Report("garbage", detail), *session.end(REASON_PROTOCOL, detail)]

    async def _drive(self, session: cs.CollectorSession) -> None:
        acks = Acks()
        while (fact := await self._inbox.get()) is not None:
            if isinstance(fact, AgentMessage):
                commands = await self._received(session, fact)
            elif isinstance(fact, _Stored):
                commands = await self._stored(session, fact)
            else:
                commands = fact(session)
            for command in commands:
                if acks.take(command):
                    continue
                if isinstance(command, cs.Send) and not await self._acknowledge(acks):
                    return  # what was acknowledged before is said before
                if await self._do(command):
                    return
            if self._inbox.empty() and not await self._acknowledge(acks):
                return

    async def _acknowledge(self, acks: Acks) -> bool:
        """Write what is acknowledged and was not said yet; False if the stream broke."""
        message = acks.message()
        if message is None:
            return True
        self._hall.counts.add("acks")
        return await self._write(message)

    async def _received(self, session: cs.CollectorSession, message: AgentMessage) -> Sequence[cs.Command]:
        now = time.monotonic_ns()
        if message.ByteSize() > MAX_MESSAGE:
            self._hall.counts.add("messages_too_large")
            detail = f"a message of {message.ByteSize()} bytes; the limit is {MAX_MESSAGE}"
            self._note(cs.Report("limit", detail))
            return session.end(REASON_LIMIT, detail)
        self.heard = self._hall.seen[self.host] = self._hall.clock()
        if detail := await quarantine.charge(self._hall, self.host, message, self.throttle):
            return session.end(REASON_LIMIT, detail, quarantine.left_ms(self._hall, self.host))
        commands = session.received(message, now)  # the largest batch takes a few milliseconds, in a thread no less
        if not any(isinstance(command, cs.Store) for command in commands):
            self._room.release()
        return commands

    async def _stored(self, session: cs.CollectorSession, fact: _Stored) -> Sequence[cs.Command]:
        self._room.release()
        error = fact.result.exception()
        if error is None:
            batch = fact.store.batch
            return session.stored(batch.epoch, int(batch.lane), fact.store.last, fact.store.chain)
        if isinstance(error, DiskFull):
            self._hall.counts.add("streams_ended_full")
            return session.end(REASON_FULL, str(error), FULL_RETRY_MS)
        self._hall.counts.add("streams_ended_error")
        return session.end(REASON_SHUTDOWN, "the collector could not store a batch", 1_000)

    async def _do(self, command: cs.Command) -> bool:
        """Carry out a command; True if it ends the dialogue."""
        match command:
            case cs.Send(message):
                return not await self._write(message)
            case cs.Store():
                await self._store(command)
            case cs.Duplicate(_, _, count):
                self._hall.counts.add("events_duplicate", count)
            case cs.Verify(checkpoint):
                self._verify(checkpoint)
            case cs.Greeted(hello):
                self.greeted = True
                quarantine.greeted(self._hall, self.host, hello.epoch, self.throttle)
                self.sends_samples = SAMPLE in hello.capabilities
                self._note(command)
            case cs.Close(reason, detail):
                self.heard = 0
                quarantine.ended(self._hall, self.host, reason, detail)
                self._hall.counts.add(f"closed_{notes.reason_name(reason)}")
                _log.info("dialogue ended", host=self.host, reason=notes.reason_name(reason), detail=detail)
                return True
            case _:
                self._note(command)
        return False

    async def _write(self, message: CollectorMessage) -> bool:
        """Write to the stream; False if it broke, or the agent has not read for long."""
        try:
            async with asyncio.timeout(WRITE_TIMEOUT_S):
                await self._context.write(message)
        except (TimeoutError, grpc.RpcError, grpc.aio.UsageError, grpc.aio.InternalError) as error:
            self._hall.counts.add("streams_broken")
            _log.info("stream broke", host=self.host, error=repr(error))
            return False
        return True

    def _note(self, command: cs.Command) -> None:
        """Have something written down about the host, without waiting for it and not without bound.

        So nothing that must not be lost goes this way: a gap stands in the log with the batch after it, and the judge
        writes it down from there.
        """
        if isinstance(command, cs.Report) and command.kind == "gap":
            self._hall.counts.add("report_gap")
            return
        if not self._notes.take(time.monotonic()):
            self._hall.counts.add("notes_dropped")
            return
        match command:
            case cs.Report("epoch_new") if not self._hall.log.knows(self.host):
                pass  # a host's first incarnation is no news
            case cs.Greeted():
                self._hall.later(notes.greeted(self._hall, self.host, self.address, command))
            case cs.Report():
                self._hall.later(notes.report(self._hall, self.host, command))
            case cs.ContentReported(report):
                self._hall.later(notes.content(self._hall, self.host, report))
            case cs.SampleRefused(refusal):
                self._hall.later(notes.sample_refused(self._hall, self.host, refusal))

    async def _store(self, store: cs.Store) -> None:
        batch: Batch = store.batch
        size = len(batch.events)
        await self._hall.budget.take(self.host, size, urgent=batch.lane == LANE_URGENT)
        result = self._hall.log.submit(self.host, self._hall.clock(), store.skip, batch, store.chain)
        self._storing.add(result)
        self._hall.counts.add("events", store.count)
        self._hall.landing.when_done(result, lambda done: self._landed(store, done, size))

    def _landed(self, store: cs.Store, result: Future[int], size: int) -> None:
        self._storing.discard(result)
        self._hall.budget.give(self.host, size)
        self._put(_Stored(store, result))

    def _verify(self, checkpoint: Checkpoint) -> None:
        said = attestation(self.host, self._hall.clock(), checkpoint, self._identity.key)
        if not said.genuine():
            detail = f"the checkpoint at sequence {checkpoint.sequence} is not signed by the host's key"
            self._note(cs.Report("checkpoint_forged", detail, checkpoint.epoch, int(checkpoint.lane)))
            self.end(REASON_PROTOCOL, detail)
            return
        result = self._hall.log.attest(said)
        self._hall.landing.when_done(result, lambda done: self._attested(said, done))

    def _attested(self, said: Attestation, result: Future[int]) -> None:
        if result.exception() is None:
            self._hall.counts.add("checkpoints")
            self._hall.attested[said.host, said.epoch, said.lane] = said

    async def _settle(self) -> None:
        """Wait until the log has answered for all that was given to it; then another stream may begin."""
        self._over = True
        waiting = [asyncio.wrap_future(result) for result in tuple(self._storing)]
        try:
            await asyncio.shield(asyncio.gather(*waiting, return_exceptions=True))
        finally:
            self._hall.streams.leave(self)
            self.finished.set()
