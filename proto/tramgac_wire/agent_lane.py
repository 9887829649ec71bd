"""One lane of the agent's half of the dialogue: what waits in it, and whether that is enough for a batch."""

from __future__ import annotations

from dataclasses import dataclass

from tramgac_wire.limits import BATCH_BYTES, BATCH_EVENTS


@dataclass(slots=True)
class AgentLane:
    """What is known of one lane."""

    next: int = 0  # one above what the spool holds; 0: it has not said
    cursor: int = 1  # the sequence to send next on this stream
    acked: int = 0
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
