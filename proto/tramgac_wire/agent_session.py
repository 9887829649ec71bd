"""The agent's half of the dialogue: facts in, commands out; no socket, no clock, no file.

The link carries out the commands and tells what came of them:

    connect ──► opened ──► Send(Hello) … received(Welcome) ──► ReadAndSend … sent … received(Ack) ──► Forget
       ▲                                                                                               │
       └──────────────── closed ◄── Close(reason), or the network ◄───────────────────────────────────┘

One session lives as long as one epoch of the spool, over any number of connections. At most one ReadAndSend is
outstanding; the urgent lane goes first. Time is nanoseconds of any monotonic clock, passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, ContentReport, Hello


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


@dataclass(frozen=True, slots=True)
class Forget:
    """The lane is safe at the collector up to and including this sequence."""

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
class Skew:
    """The collector's clock minus this host's, nanoseconds, measured over one Hello and Welcome."""

    ns: int


@dataclass(frozen=True, slots=True)
class RenewEpoch:
    """The collector holds something else under this epoch: begin a new one, then make a new session."""

    reason: str


Command = Connect | Send | ReadAndSend | Forget | Close | Fetch | SampleWanted | Skew | RenewEpoch


class AgentSession:
    """The agent's half of the dialogue, for one epoch."""

    def __init__(self, hello: Hello, *, flush_ns: Mapping[int, int], random: Callable[[], float]) -> None:
        """Take what to say first and how long each lane's events may wait.

        Args:
            hello: template; `clock` is filled in at opened(), `content` is kept up to date.
            flush_ns: by lane, how long the oldest unsent event may wait, nanoseconds; 0: send at once.
            random: numbers in [0, 1), for the back-off.
        """
        raise NotImplementedError

    @property
    def connected(self) -> bool:
        """Whether Welcome was received on the present stream."""
        raise NotImplementedError

    def opened(self, now: int, clock: int) -> list[Command]:
        """A stream is open. `clock` is the host's wall clock, nanoseconds since 1970, raw."""
        raise NotImplementedError

    def received(self, message: CollectorMessage, now: int) -> list[Command]:
        """Take a message from the collector."""
        raise NotImplementedError

    def closed(self, now: int) -> list[Command]:
        """The stream ended, or could not be opened, for whatever reason; what was not acknowledged will be sent again."""
        raise NotImplementedError

    def available(self, lane: int, first: int, next: int, now: int) -> list[Command]:  # noqa: A002 - the log's word
        """The spool holds the sequences first to next - 1 of a lane."""
        raise NotImplementedError

    def sent(self, lane: int, first: int, last: int, size: int, now: int) -> list[Command]:
        """A ReadAndSend was carried out: sequences first to last, size bytes on the wire; last < first: there were none."""
        raise NotImplementedError

    def content(self, report: ContentReport, now: int) -> list[Command]:
        """Something became of a content offer: tell the collector, now or when connected."""
        raise NotImplementedError

    def say(self, message: AgentMessage, now: int) -> list[Command]:
        """Send a message that may be lost (checkpoint, sample refusal); nothing if not connected."""
        raise NotImplementedError

    def tick(self, now: int) -> list[Command]:
        """The time of deadline() has come, or any other moment."""
        raise NotImplementedError

    def deadline(self) -> int | None:
        """When to call tick() next; None: not before another input."""
        raise NotImplementedError
