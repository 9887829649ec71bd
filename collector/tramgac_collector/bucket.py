"""A token bucket: so many a second, so many at once."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Tokens drip in at `rate` a second up to `burst`; time is given, not read."""

    rate: float
    burst: float
    _level: float = field(init=False)
    _at: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        """Begin full."""
        self._level = self.burst

    def take(self, now: float, number: float = 1.0) -> bool:
        """Take `number` tokens at `now` (seconds of a monotonic clock); False and nothing taken if there are less."""
        if now > self._at:
            self._level = min(self.burst, self._level + (now - self._at) * self.rate)
            self._at = now
        if self._level < number:
            return False
        self._level -= number
        return True
