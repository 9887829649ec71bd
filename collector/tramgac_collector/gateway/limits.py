"""What one host may send: tanks that fill at a rate, and a memory of what no agent of ours does. Pure; time is given.

An honest agent that drains a long outage is faster than any rate, and it stops when it is told to wait. So exceeding a
rate is no offence: it is told to wait, and going on afterwards is one, beyond what may have been on its way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from tramgac_proto.session_pb2 import REASON_EPOCH, REASON_LIMIT, REASON_PROTOCOL
from tramgac_wire.limits import WINDOW_BATCHES, WINDOW_BYTES

MESSAGE: Final = 20
"""What a message costs beside its events, in events: a wake-up of the loop and a share of an fsync."""
BURST_S: Final = 60.0
"""A tank holds what comes in so many seconds."""
HOLD_S: Final = (5.0, 600.0)
"""How long a host is told to wait, at least and at most."""
WINDOWS: Final = 2
"""So many windows may arrive after a host was told to wait: what was on its way, and what it sent before it heard."""
PAUSE_S: Final = 1.0
"""Urgent messages above the rate are read so much later at most: nobody may tell an agent to hold those back."""
OFFENCES: Final[Mapping[str, tuple[int, float]]] = {
    "limit": (3, 600.0),
    "protocol": (4, 600.0),
    "epochs": (60, 86_400.0),
    "streams": (120, 60.0),
    "calls": (200, 60.0),
}
"""How often within how many seconds makes an offender: a line that breaks and a disk that was put back do not, nor an
agent that was away for a month in which its power was cut twice a day, each time a new epoch."""
ENDED: Final[Mapping[int, str]] = {REASON_LIMIT: "limit", REASON_PROTOCOL: "protocol", REASON_EPOCH: "protocol"}
"""The offence behind the end of a dialogue, by the goodbye's reason. An agent that hears EPOCH begins a new one."""


class Step(Enum):
    """What becomes of a message."""

    GO = auto()
    PAUSE = auto()
    """Taken, and the next is read later."""
    HOLD = auto()
    """Taken, and the host is told to wait."""
    OFFENCE = auto()


@dataclass(slots=True)
class Tank:
    """Fills at `rate` a second up to BURST_S of it; drawing more leaves a debt."""

    rate: float
    _level: float = field(init=False)
    _at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Begin full."""
        self._level = self.rate * BURST_S

    def draw(self, now: float, number: float) -> float:
        """Draw; return after how many seconds the debt is filled, 0 for none."""
        filled = self._level + max(0.0, now - self._at) * self.rate
        self._at = max(self._at, now)
        self._level = min(self.rate * BURST_S, filled) - number
        return max(0.0, -self._level / self.rate)


@dataclass(slots=True)
class Meter:
    """One host, over all its streams. Seconds of a monotonic clock."""

    events: Tank
    volume: Tank
    held_until: float = 0.0
    _epochs: deque[int] = field(default_factory=lambda: deque(maxlen=OFFENCES["epochs"][0]))
    _beyond: int = 0
    _beyond_bytes: int = 0
    _struck: dict[str, deque[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, events: float, volume: float) -> Meter:
        """Begin with rates in events and bytes a second."""
        return cls(Tank(events), Tank(volume))

    def take(self, now: float, events: int, size: int, *, urgent: bool) -> Step:
        """Take a message of so many events and bytes."""
        wait = max(self.events.draw(now, events + MESSAGE), self.volume.draw(now, size))
        if urgent:
            return Step.PAUSE if wait else Step.GO
        if now < self.held_until:
            self._beyond += 1
            self._beyond_bytes += size
            over = self._beyond > WINDOWS * WINDOW_BATCHES or self._beyond_bytes > WINDOWS * WINDOW_BYTES
            return Step.OFFENCE if over else Step.GO
        if not wait:
            return Step.GO
        self.held_until = now + min(max(wait, HOLD_S[0]), HOLD_S[1])
        self._beyond = self._beyond_bytes = 0
        return Step.HOLD

    def strike(self, now: float, offence: str) -> bool:
        """Note that it did one of OFFENCES; whether that was once too often."""
        most, within = OFFENCES[offence]
        struck = self._struck.setdefault(offence, deque(maxlen=most))
        struck.append(now)
        return len(struck) == most and now - struck[0] <= within

    def incarnation(self, now: float, epoch: int) -> bool:
        """Note which incarnation of its spool it speaks of; whether it was a new one once too often.

        Going back to one that it named before is no offence: it drains an earlier one, and in between says what is
        urgent under the present one.
        """
        if epoch in self._epochs:
            return False
        first = not self._epochs
        self._epochs.append(epoch)
        return not first and self.strike(now, "epochs")

    def forgive(self) -> None:
        """Begin anew, after a quarantine."""
        self._struck.clear()
        self.held_until = 0.0
