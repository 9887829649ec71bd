"""The collector's half of the dialogue with one stream of one host: facts in, commands out.

The gateway carries out the commands. It must
- end any earlier session of the host, and wait for what that one gave to the log to be synced (or have failed), before
  it makes the next: `acked` then says everything that the log holds, and nothing is stored twice;
- call stored() only after the fsync that covers the batch; a batch that could not be stored ends the session;
- stop reading the stream while too much is pending (`pending` batches): flow control is the back-pressure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tramgac_proto.event_pb2 import Lane
from tramgac_proto.session_pb2 import (
    AgentMessage,
    Batch,
    Checkpoint,
    CollectorMessage,
    ContentOffer,
    Hello,
    KeptMarks,
    LaneAck,
    Reason,
)

from tramgac_wire.batch import plain, settle
from tramgac_wire.chain import START
from tramgac_wire.collector_commands import (
    Close,
    Command,
    ContentReported,
    Duplicate,
    Greeted,
    Report,
    SampleRefused,
    Send,
    Store,
    Verify,
)
from tramgac_wire.dictionary import NONE, Dictionaries
from tramgac_wire.errors import BatchError, LimitError, NoDictionary
from tramgac_wire.limits import (
    CONTENT,
    DICTIONARY,
    MAX_DICTIONARIES,
    MAX_HELLO_CAPABILITIES,
    MAX_KEPT,
    MAX_LANE,
    MAX_TEXT,
    SAMPLE,
    VERSION_HIGH,
    VERSION_LOW,
    WINDOW_BATCHES,
)
from tramgac_wire.walk import borders, follow

MAX_SEQUENCE: Final = (1 << 64) - 1
_BORDERS: Final = 4 * WINDOW_BATCHES
"""Borders of batches that are remembered, a lane."""


__all__ = [
    "Close",
    "CollectorSession",
    "Command",
    "ContentReported",
    "Duplicate",
    "Greeted",
    "Report",
    "SampleRefused",
    "Send",
    "Store",
    "Verify",
]


class _Refused(Exception):
    """The session must end."""

    def __init__(self, kind: str, reason: int, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class _Lane:
    """How far one lane is, and the chain at the borders of its latest batches."""

    received: int = 0
    stored: int = 0
    chain: bytes = START
    borders: dict[int, bytes] = field(default_factory=dict)
    pending: deque[int] = field(default_factory=deque)

    def known(self, sequence: int) -> bytes | None:
        """Return the chain at a sequence, if it is remembered."""
        return self.borders.get(sequence)

    def advance(self, sequence: int, chain: bytes) -> None:
        self.received, self.chain = sequence, chain
        self.borders.pop(sequence, None)
        self.borders[sequence] = chain
        if len(self.borders) > _BORDERS:
            del self.borders[next(iter(self.borders))]


class CollectorSession:
    """The collector's half of the dialogue, for one stream of one host."""

    def __init__(
        self,
        host: str,
        *,
        acked: Callable[[int], Mapping[int, tuple[int, bytes]]],
        clock: Callable[[], int],
        content: int = 0,
        dictionaries: Dictionaries = NONE,
        forgets: bool = False,
        incarnation: int = 0,
    ) -> None:
        """Take what is known.

        Args:
            host: its id, from the stream's certificate; for texts only.
            acked: by epoch, the synced watermark of each lane: (sequence, chain there). Empty: epoch never seen.
            clock: the collector's wall clock, nanoseconds since 1970.
            content: number of the newest content bundle; 0 for none.
            dictionaries: those that batches may be compressed with, the newest first.
            forgets: an epoch of which `acked` knows nothing may be one that was heard of long ago and is forgotten.
            incarnation: which of the collectors that were restored from one we are; 0: agents are not to know.
        """
        self.heard = 0
        """When the last message came, by the clock that received() was given."""
        self._host = host
        self._acked = acked
        self._clock = clock
        self._content, self._dictionaries = content, dictionaries
        self._forgets, self._incarnation = forgets, incarnation
        self._epoch = 0  # 0: no Hello yet
        self._can: frozenset[str] = frozenset()
        self._lanes: dict[int, _Lane] = {}
        self._closed = False

    @property
    def pending(self) -> int:
        """Batches given out as Store and not yet stored()."""
        return sum(len(lane.pending) for lane in self._lanes.values())

    def received(self, message: AgentMessage, now: int) -> list[Command]:
        """Take a message from the agent, at a time of any monotonic clock. After a Close nothing more is taken."""
        if self._closed:
            return []
        self.heard = now
        commands: list[Command] = []
        try:
            for command in self._on_message(message):
                commands.append(command)  # noqa: PERF402 - what came before a refusal is done all the same
        except _Refused as refused:
            commands += [Report(refused.kind, refused.detail, self._epoch), *self.end(refused.reason, refused.detail)]
        return commands

    def stored(self, epoch: int, lane: int, sequence: int, chain: bytes) -> list[Command]:
        """An fsync has made the lane safe up to sequence, where the chain is this: acknowledge it.

        Raises:
            ValueError: the log and this session disagree; the session must end, and nothing was acknowledged.
        """
        state = self._lanes.get(lane)
        if self._closed or epoch != self._epoch or state is None or sequence <= state.stored:
            return []
        if sequence > state.received or state.known(sequence) not in {None, chain}:
            msg = f"{self._host}, lane {lane}: received up to {state.received}, the log says {sequence} or other events"
            raise ValueError(msg)
        state.stored = sequence
        while state.pending and state.pending[0] <= sequence:
            state.pending.popleft()
        return [self._ack(lane, state)]

    def offer(self, version: int, dictionaries: Dictionaries | None = None) -> list[Command]:
        """Content of this number is there, and other dictionaries; nothing is said to an agent that takes none."""
        self._content = version
        if dictionaries is not None:
            self._dictionaries = dictionaries
        if CONTENT not in self._can:
            return []
        message = CollectorMessage()
        message.content.CopyFrom(self._offer())
        return self._send(message)

    def ask(self, sha256: bytes, limit: int) -> list[Command]:
        """Ask for a sample; nothing of an agent that sends none."""
        if SAMPLE not in self._can:
            return []
        message = CollectorMessage()
        message.sample.sha256 = sha256
        message.sample.limit = limit
        return self._send(message)

    def choose(self, quiet: bytes, urgent: bytes) -> list[Command]:
        """Tell what people chose for rules: marks of those that make nothing urgent, and of those that do."""
        message = CollectorMessage()
        message.rules.quiet, message.rules.urgent = quiet, urgent
        return self._send(message)

    def throttle(self, wait_ms: int) -> list[Command]:
        """Ask the agent to send nothing but urgent events for so long."""
        message = CollectorMessage()
        message.throttle.wait_ms = wait_ms
        return self._send(message)

    def end(self, reason: int, detail: str, retry_after_ms: int = 0) -> list[Command]:
        """End the session from this side (session_pb2.Reason); nothing if it has ended."""
        if self._closed:
            return []
        self._closed = True
        message = CollectorMessage()
        message.goodbye.reason = Reason.ValueType(reason)
        message.goodbye.detail = detail
        message.goodbye.retry_after_ms = retry_after_ms
        return [Send(message), Close(reason, detail)]

    def _send(self, message: CollectorMessage) -> list[Command]:
        return [Send(message)] if self._epoch and not self._closed else []

    def _ack(self, lane: int, state: _Lane) -> Command:
        message = CollectorMessage()
        message.ack.epoch = self._epoch
        message.ack.lanes.append(LaneAck(lane=Lane.ValueType(lane), sequence=state.stored))
        return Send(message)

    def _on_message(self, message: AgentMessage) -> Iterator[Command]:
        kind = message.WhichOneof("message")
        if (kind == "hello") == bool(self._epoch):
            detail = "a second Hello" if self._epoch else f"{kind or 'an unknown message'} came before Hello"
            raise _Refused("protocol", Reason.REASON_PROTOCOL, detail)
        if kind == "hello":
            yield from self._on_hello(message.hello)
        elif kind == "batch":
            yield from self._on_batch(message.batch)
        elif kind == "checkpoint":
            yield from self._on_checkpoint(message.checkpoint)
        elif kind == "content":
            _bound("the reason of a content report", message.content.reason)
            yield ContentReported(message.content)
        elif kind == "sample":
            _bound("the reason of a refusal", message.sample.reason)
            yield SampleRefused(message.sample)
        else:
            yield Report("protocol", "a message of a kind that is not known here was passed over", self._epoch)

    def _on_hello(self, hello: Hello) -> Iterator[Command]:
        clock = self._clock()
        if len(hello.capabilities) > MAX_HELLO_CAPABILITIES:  # before any of them becomes an object
            detail = f"{len(hello.capabilities)} capabilities; the limit is {MAX_HELLO_CAPABILITIES}"
            raise _Refused("limit", Reason.REASON_LIMIT, detail)
        _bound("Hello", hello.hostname, hello.agent_version, *hello.capabilities)
        version = min(VERSION_HIGH, hello.version_high)
        if version < max(VERSION_LOW, hello.version_low):
            detail = (
                f"the agent speaks versions {hello.version_low} to {hello.version_high}, "
                f"this collector {VERSION_LOW} to {VERSION_HIGH}: update the older of the two"
            )
            raise _Refused("version", Reason.REASON_VERSION, detail)
        if not hello.epoch:
            raise _Refused("protocol", Reason.REASON_PROTOCOL, "Hello without an epoch")
        marks = self._acked(hello.epoch)
        for lane, (sequence, chain) in marks.items():
            self._lanes[lane] = state = _Lane(stored=sequence)
            state.advance(sequence, chain)
        self._epoch, self._can = hello.epoch, frozenset(hello.capabilities)
        yield Greeted(hello, clock - hello.clock)
        if not marks:
            yield Report("epoch_new", "the first events of a spool's incarnation", hello.epoch)
        message = CollectorMessage()
        message.welcome.version, message.welcome.clock = version, clock
        message.welcome.incarnation = self._incarnation
        message.welcome.acked.extend(_lane_acks(marks))
        for mark in message.welcome.acked:
            mark.chain = marks[mark.lane][1]
        message.welcome.kept.extend(self._kept(hello.kept[:MAX_KEPT]))
        if self._content and CONTENT in self._can:
            message.welcome.content.CopyFrom(self._offer())
        yield Send(message)

    def _kept(self, epochs: Sequence[int]) -> list[KeptMarks]:
        """What is safe of earlier epochs, the newest first.

        If nothing is known of one, it may be forgotten, and sent again it would be there twice: so nothing is said of
        it, unless an older one is known, which would have been forgotten before it.
        """
        found: list[KeptMarks] = []
        known = not self._forgets
        for epoch in reversed(epochs):
            marks = self._acked(epoch)
            known = known or bool(marks)
            if known:
                found.append(KeptMarks(epoch=epoch, acked=_lane_acks(marks)))
        return found[::-1]

    def _offer(self) -> ContentOffer:
        numbers = islice(self._dictionaries, MAX_DICTIONARIES) if DICTIONARY in self._can else ()
        return ContentOffer(version=self._content, dictionaries=numbers)

    def _on_batch(self, batch: Batch) -> Iterator[Command]:
        if batch.epoch != self._epoch or not 0 < batch.lane <= MAX_LANE:
            detail = (
                f"{_where(batch)}: epoch {batch.epoch:016x} or the lane is not of this session ({self._epoch:016x})"
            )
            raise _Refused("protocol", Reason.REASON_PROTOCOL, detail)
        last = batch.first + batch.count - 1
        state = self._lanes.setdefault(batch.lane, _Lane())
        skip = min(max(0, state.received + 1 - batch.first), batch.count)
        try:
            data = plain(batch, self._dictionaries)
            events = borders(data, batch.count)
        except LimitError as error:
            raise _Refused("limit", Reason.REASON_LIMIT, f"{_where(batch)}: {error}") from error
        except NoDictionary as error:
            raise _Refused("dictionary", Reason.REASON_DICTIONARY, f"{_where(batch)}: {error}") from error
        except BatchError as error:
            raise _Refused("garbage", Reason.REASON_PROTOCOL, f"{_where(batch)}: {error}") from error
        if last > MAX_SEQUENCE:
            raise _Refused("garbage", Reason.REASON_PROTOCOL, f"{_where(batch)}: a sequence has 64 bits")
        here = follow(data, events[:skip], batch.previous)
        chain = follow(data, events[skip:], here)
        if last <= state.received:
            yield from self._on_duplicate(batch, chain, state)
            return
        if batch.first <= state.received + 1:
            self._same(batch.lane, state.received, here, state.chain)
        else:
            yield self._gap(batch, state)
        settle(batch, data)
        state.advance(last, chain)
        state.pending.append(last)
        yield Store(batch, skip, batch.count - skip, chain)

    def _on_duplicate(self, batch: Batch, chain: bytes, state: _Lane) -> Iterator[Command]:
        last = batch.first + batch.count - 1
        for sequence, said in ((batch.first - 1, batch.previous), (last, chain)):
            self._same(batch.lane, sequence, said, state.known(sequence))
        yield Duplicate(batch.lane, batch.first, batch.count)
        if state.stored >= last:
            yield self._ack(batch.lane, state)

    def _gap(self, batch: Batch, state: _Lane) -> Report:
        first, last = state.received + 1, batch.first - 1
        if batch.gap < last - first + 1:
            detail = (
                f"lane {batch.lane}: sequences {first} to {last} are missing and the agent does not say that it gave "
                f"them up (it says {batch.gap}): begin again after {state.stored}"
            )
            raise _Refused("sequence_jump", Reason.REASON_PROTOCOL, detail)
        detail = f"lane {batch.lane}: the agent gave up {first} to {last}"
        return Report("gap", detail, self._epoch, batch.lane, first, last)

    def _same(self, lane: int, sequence: int, said: bytes, known: bytes | None) -> None:
        """Refuse an epoch whose events are not those that are here under the same sequences."""
        if known is not None and said != known:
            detail = (
                f"lane {lane}: under epoch {self._epoch:016x} other events are here up to sequence {sequence} "
                "(a restored disk, a copied machine, or a forged spool): begin a new epoch"
            )
            raise _Refused("chain_broken", Reason.REASON_EPOCH, detail)

    def _on_checkpoint(self, checkpoint: Checkpoint) -> Iterator[Command]:
        if checkpoint.epoch != self._epoch:
            raise _Refused("protocol", Reason.REASON_PROTOCOL, "a checkpoint of another epoch")
        state = self._lanes.get(checkpoint.lane, _Lane())
        known = state.known(checkpoint.sequence)
        if known is None:
            detail = f"lane {checkpoint.lane}: no chain is known at {checkpoint.sequence}"
            yield Report("checkpoint_unknown", detail, self._epoch, checkpoint.lane)
            return
        yield Verify(checkpoint)  # one that contradicts, too: it is the evidence
        self._same(checkpoint.lane, checkpoint.sequence, checkpoint.chain, known)


def _where(batch: Batch) -> str:
    return f"lane {batch.lane}, {batch.count} events from {batch.first}"


def _lane_acks(marks: Mapping[int, tuple[int, bytes]]) -> list[LaneAck]:
    return [LaneAck(lane=Lane.ValueType(lane), sequence=sequence) for lane, (sequence, _) in sorted(marks.items())]


def _bound(what: str, *texts: str) -> None:
    for text in texts:
        if len(text) > MAX_TEXT:
            detail = f"{what}: a text of {len(text)} characters; {MAX_TEXT} are allowed"
            raise _Refused("limit", Reason.REASON_LIMIT, detail)
