"""One lane of the agent's half of the dialogue: what waits, whether that is enough for a batch, whose a mark is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS

CHAIN_BYTES = 32


@dataclass(frozen=True, slots=True)
class InFlight:
    """A batch that is on its way: its lane, last sequence and bytes."""

    lane: int
    last: int
    size: int


class Verdict(Enum):
    """Whose events the collector holds under our epoch, up to its mark."""

    OURS = auto()
    AHEAD = auto()
    OTHERS = auto()


@dataclass(slots=True)
class AgentLane:
    """What is known of one lane."""

    first: int = 0  # the oldest that waited when the spool spoke last
    next: int = 0  # one above what the spool holds; 0: it has not said
    cursor: int = 1  # the sequence to send next on this stream
    acked: int = 0
    forgotten: int = 0  # the highest that was acknowledged to this session
    since: int = 0  # when what stands at the cursor came to be available
    goal: int = 0  # the flush under way goes up to here
    mean: float = 0.0  # bytes of an event, of those that the spool holds

    @property
    def waiting(self) -> int:
        """How many events the spool holds that were not sent on this stream."""
        return max(0, self.next - self.cursor)

    @property
    def full(self) -> bool:
        """So much waits that nothing is won by waiting longer, or it is the rest of a flush."""
        waiting = self.waiting
        return self.cursor < self.goal or waiting >= BATCH_EVENTS or waiting * self.mean >= BATCH_BYTES

    def judge(self, sequence: int, chain: bytes, own: Callable[[int], bytes | None]) -> Verdict:
        """Whose events a mark stands for; `own` gives our chain at a sequence, None where it cannot be known.

        A mark below all that waits takes nothing with it: it is trusted, and the collector compares the chain of the
        next batch. Where our chain is not known but something waits below, it is taken for another one: rather there
        twice than lost. A collector that says no chain is trusted up to what the spool holds.
        """
        if self.next and sequence >= self.next:
            return Verdict.AHEAD
        if not self.next or sequence < self.first or sequence <= self.forgotten or len(chain) != CHAIN_BYTES:
            return Verdict.OURS
        return Verdict.OURS if own(sequence) == chain else Verdict.OTHERS
