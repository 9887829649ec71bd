"""What a source is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.records import Record

MOST, BYTES = 2_000, 1 << 20
"""Records, and about so many bytes of what they are made of, that are taken at once."""


@dataclass(slots=True)
class Taken:
    """Some records in order, and where the source is after them."""

    after: Place
    records: list[Record] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unreadable: int = 0
    """Events that could not be decoded: the store set them aside."""
    more: bool = False
    """Whether there is more at once."""


class Source(Protocol):
    """Gives records in order, from a place on."""

    def begin(self) -> Place:
        """Return where a new target begins."""

    def take(self, place: Place) -> Taken:
        """Return what follows a place: MOST records or fewer, none at the end."""

    def behind(self, place: Place) -> int:
        """Return how many positions follow a place now."""
