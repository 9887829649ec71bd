"""What an outage lane's host really did: each event that got a number, with its time. Not a lane itself."""

from __future__ import annotations  # an array of a type, at run time, is new in 3.12

from array import array
from collections import defaultdict
from dataclasses import dataclass, field

Lane = tuple[int, int]
"""Epoch and lane."""
Key = tuple[int, int, int]
"""Epoch, lane, sequence."""


@dataclass
class Truth:
    """Sequences begin at 1, so the time of sequence n of a lane is times[lane][n - 1]."""

    times: dict[Lane, array[int]] = field(default_factory=lambda: defaultdict(lambda: array("q")))
    planted: list[Key] = field(default_factory=list)
    """Events that meet a rule, each of which must be an alert."""
    torn: list[int] = field(default_factory=list)
    """Times of events that a power cut took along, before they were on the disk: nobody can know their numbers."""
    refused: int = 0
    """Events that were too large for a batch and got no number."""
    told: dict[Lane, int] = field(default_factory=dict)
    """How many events each lane had when health was told last: its books are of that moment."""

    def put(self, lane: Lane, sequence: int, moment: int) -> None:
        """An event got its sequence."""
        times = self.times[lane]
        assert sequence == len(times) + 1, f"{lane}: {sequence} after {len(times)}"
        times.append(moment)

    def tear(self, lane: Lane, last: int) -> None:
        """Behind this sequence the power cut took all."""
        times = self.times[lane]
        self.torn += times[last:]
        del times[last:]
        self.planted = [key for key in self.planted if key[:2] != lane or key[2] <= last]

    def close(self) -> None:
        """Health is about to be told."""
        self.told = {lane: len(times) for lane, times in self.times.items()}
