"""What the collector's half of the dialogue commands; the gateway carries it out (see collector_session)."""

from __future__ import annotations

from dataclasses import dataclass

from tramgac_proto.session_pb2 import Batch, Checkpoint, CollectorMessage, ContentReport, Hello, SampleRefusal


@dataclass(frozen=True, slots=True)
class Greeted:
    """Hello was right. `clock_difference` is the collector's clock minus the agent's, nanoseconds, without the way."""

    hello: Hello
    clock_difference: int


@dataclass(frozen=True, slots=True)
class Store:
    """Append the batch to the log; the first `skip` of its events are there already. Then call stored()."""

    batch: Batch
    """Compressed without a dictionary, however it came."""
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
    """Everything in the batch was received already: count it."""

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
    """Check the signature of this checkpoint with the host's key, and keep it.

    Where its chain is not that of what was received, a Report and a Close follow: then it is the evidence.
    """

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Report:
    """Something that an administrator or an alert must know.

    kind: epoch_new, gap, sequence_jump, chain_broken, checkpoint_unknown, dictionary, limit, garbage, protocol,
    version.
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
"""Any of them."""
