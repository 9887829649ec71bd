"""What the agent's half of the dialogue commands; the link carries it out (see agent_session)."""

from __future__ import annotations

from dataclasses import dataclass

from tramgac_proto.session_pb2 import AgentMessage


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a stream; then call opened() or closed()."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write a message to the stream."""

    message: AgentMessage


@dataclass(frozen=True, slots=True)
class ReadAndSend:
    """Read events of a lane from this sequence on (at most a batch), pack and send them, then call sent().

    If the spool no longer has `first` but begins at a higher sequence f, pack with gap = f - first.
    """

    lane: int
    first: int
    dictionary: int = 0
    """The one to compress with, which we have and the collector knows; 0 for none."""


@dataclass(frozen=True, slots=True)
class Forget:
    """The lane is safe at the collector up to and including this sequence."""

    epoch: int
    lane: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Held:
    """At the begin of a stream: up to where the collector holds a lane of this epoch or a kept one, 0 for nothing.

    It may be less than it acknowledged once, if it was put back to an earlier state: what is still here of that is read
    and sent again.
    """

    epoch: int
    lane: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Close:
    """End the stream; then call closed()."""

    reason: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """A content bundle is offered that is newer than ours: fetch, verify, load, then call content()."""

    version: int


@dataclass(frozen=True, slots=True)
class SampleWanted:
    """The collector asks for the file of this hash (32 bytes), of at most so many bytes."""

    sha256: bytes
    limit: int


@dataclass(frozen=True, slots=True)
class RulesChosen:
    """People chose for rules what is other than their bundle says, or no longer: marks as in rule_marks.py."""

    quiet: bytes
    urgent: bytes


@dataclass(frozen=True, slots=True)
class Skew:
    """The collector's clock minus this host's, nanoseconds, measured over one Hello and Welcome."""

    ns: int


@dataclass(frozen=True, slots=True)
class RenewEpoch:
    """The collector holds more than the spool under this epoch, or something else; then make a new session.

    Something else: what was not acknowledged goes on under another epoch, a new one if this is the present one. More:
    `ahead` says of which lanes, and up to where; an older epoch may have lost so much in a power cut.
    """

    reason: str
    ahead: tuple[tuple[int, int], ...] = ()
    """Lanes with the collector's sequence; empty if it holds something else."""


Command = Connect | Send | ReadAndSend | Forget | Held | Close | Fetch | SampleWanted | RulesChosen | Skew | RenewEpoch
"""Any of them."""
