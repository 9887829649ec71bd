"""The collector's half of the dialogue with one stream of one host: facts in, commands out.

The gateway carries out the commands. It must
- end any earlier session of the host, and wait for what that one gave to the log to be synced (or have failed), before
  it makes the next: `acked` then says everything that the log holds, and nothing is stored twice;
- call stored() only after the fsync that covers the batch; a batch that could not be stored ends the session;
- stop reading the stream while too much is pending (`pending` batches): flow control is the back-pressure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tramgac_proto.session_pb2 import (
    AgentMessage,
    Batch,
    Checkpoint,
    CollectorMessage,
    ContentReport,
    Hello,
    SampleRefusal,
)


@dataclass(frozen=True, slots=True)
class Greeted:
    """Hello was right. `clock_difference` is the collector's clock minus the agent's, nanoseconds, without the way."""

    hello: Hello
    clock_difference: int


@dataclass(frozen=True, slots=True)
class Store:
    """Append the batch to the log; the first `skip` of its events are there already. Then call stored()."""

    batch: Batch
    skip: int
    count: int
    """Events that are new: batch.count - skip."""
    chain: bytes
    """The lane's chain after the batch: give it to stored() and keep it with the watermark."""

    @property
    def last(self) -> int:
        """Sequence of the batch's last event."""
        return self.batch.first + self.batch.count - 1


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Everything in the batch is there already; count it."""

    lane: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Send:
    """Write a message to the stream."""

    message: CollectorMessage


@dataclass(frozen=True, slots=True)
class Close:
    """End the stream (a Goodbye was sent just before). `reason` is a session_pb2.Reason."""

    reason: int
    detail: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Check the signature of this checkpoint with the host's key; its chain agrees with what was received."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Report:
    """Something that an administrator or an alert must know.

    kind: epoch_new, gap, sequence_jump, chain_broken, limit, garbage, protocol, version.
    """

    kind: str
    detail: str
    epoch: int = 0
    lane: int = 0
    first: int = 0
    """For a gap: the first sequence that is missing."""
    last: int = 0
    """For a gap: the last sequence that is missing."""


@dataclass(frozen=True, slots=True)
class ContentReported:
    """What the agent says became of a content offer."""

    report: ContentReport


@dataclass(frozen=True, slots=True)
class SampleRefused:
    """The agent cannot or may not send a sample."""

    refusal: SampleRefusal


Command = Greeted | Store | Duplicate | Send | Close | Verify | Report | ContentReported | SampleRefused


class CollectorSession:
    """The collector's half of the dialogue, for one stream of one host."""

    def __init__(
        self,
        host: str,
        *,
        acked: Callable[[int], Mapping[int, tuple[int, bytes]]],
        clock: Callable[[], int],
        content: int = 0,
    ) -> None:
        """Take what is known.

        Args:
            host: its id, from the stream's certificate; for texts only.
            acked: by epoch, the synced watermark of each lane: (sequence, chain there). Empty: epoch never seen.
            clock: the collector's wall clock, nanoseconds since 1970.
            content: number of the newest content bundle; 0 for none.
        """
        raise NotImplementedError

    @property
    def pending(self) -> int:
        """Batches given out as Store and not yet stored()."""
        raise NotImplementedError

    def received(self, message: AgentMessage, now: int) -> list[Command]:
        """Take a message from the agent. After a Close nothing more is taken."""
        raise NotImplementedError

    def stored(self, epoch: int, lane: int, sequence: int, chain: bytes) -> list[Command]:
        """An fsync has made the lane safe up to sequence: acknowledge it."""
        raise NotImplementedError

    def offer(self, version: int) -> list[Command]:
        """Content of this number is there."""
        raise NotImplementedError

    def ask(self, sha256: bytes, limit: int) -> list[Command]:
        """Ask for a sample."""
        raise NotImplementedError

    def throttle(self, wait_ms: int) -> list[Command]:
        """Ask the agent to send nothing but urgent events for so long."""
        raise NotImplementedError

    def end(self, reason: int, detail: str, retry_after_ms: int = 0) -> list[Command]:
        """End the session from this side (session_pb2.Reason)."""
        raise NotImplementedError
