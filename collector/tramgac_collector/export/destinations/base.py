"""What a destination is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Known = Mapping[str, Any]
"""What a destination knows of its own place, JSON-able; kept with the target's."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it leaves."""

    id: str
    data: bytes
    """Without its end."""


class Destination(Protocol):
    """Takes lines. When `send` returns they are as safe there as the destination can say."""

    records: int
    """How many it takes at once."""

    def send(self, lines: Sequence[Line], known: Known) -> Known:
        """Bring lines; return what is known after them.

        Raises:
            Away: it does not take them now; some may have arrived, and all are brought again.
            Refused: it will never take them.

        """

    def settled(self, known: Known, *, over: bool = False) -> Known:
        """Do what comes after the place was moved, or after a while of nothing; return what is known then.

        `over`: nobody knows when more comes.
        """

    def close(self) -> None:
        """End what is open."""
