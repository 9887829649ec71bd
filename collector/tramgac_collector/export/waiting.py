"""How long to wait for a destination that does not take records: longer each time, never all at once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

FIRST_S, LONGEST_S = 1.0, 300.0
ASKED_S = 3_600.0
"""A destination may ask for so long a wait at most, seconds."""


@dataclass(slots=True)
class Waiting:
    """The waits of one target."""

    draw: random.Random = field(default_factory=random.Random)
    tries: int = 0

    def next(self, asked_s: float | None = None) -> float:
        """Return the next wait, seconds: what was asked for, else half to all of a bound that doubles."""
        bound = min(LONGEST_S, FIRST_S * (1 << min(self.tries, 10)))
        self.tries += 1
        if asked_s is not None:
            return min(max(asked_s, FIRST_S), ASKED_S)
        return bound * (0.5 + self.draw.random() / 2)

    def well(self) -> None:
        """Say that it took something: the next wait is short again."""
        self.tries = 0
