"""How earlier epochs came to their end: the collector is asked what it holds of them, and told what will never come.

What is given up in the middle of a lane, the next batch says. Behind the last sequence of an epoch there is no next
batch: so the last books of an epoch go with a Health event of the present one, once nothing of it waits any more and
the collector has said up to where it holds each lane that lacks something (an acknowledgement may have been lost).
A stream names tramgac_wire.limits.MAX_KEPT of them: if the collector was put back to an earlier state, an older one of
which nothing lies here is told as it was last known.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tramgac_agent.ledger import Ledger
    from tramgac_agent.recovery import Generation
    from tramgac_agent.storage import Storage

AT_ONCE: Final = 12
"""Epochs that one event tells of at most."""


class Endings:
    """For one Spool."""

    def __init__(self, disk: Storage) -> None:
        """Take the books, and what the disk keeps."""
        self._disk = disk

    def ask(self) -> None:
        """Have the collector asked, by a session of its own, of each epoch that ended with something lacking."""
        for generation in self._disk.books.epochs[:-1]:
            if generation.used and not generation.waiting and (lanes := generation.unasked):
                generation.unsure |= lanes
                self._disk.changed = True

    def held(self, generation: Generation, lane: int, sequence: int) -> None:
        """The collector says up to where it holds a lane of an earlier epoch."""
        book = generation.lanes[lane]
        if book.held(sequence):
            generation.told, generation.telling = False, None
        if book.behind and self._disk.keeps(lane, book):
            generation.unsure.add(lane)
            self._disk.changed = True
        elif book.position is None:
            book.ack(sequence)  # of what was given up more may have arrived than was acknowledged
            self.answered(generation, lane)

    def answered(self, generation: Generation, lane: int) -> None:
        """It is known what the collector holds of a lane: for good, if nothing of it waits."""
        final = generation.lanes[lane].position is None and lane not in generation.asked
        if lane in generation.unsure or final:
            generation.unsure.discard(lane)
            generation.asked |= {lane} if final else set()
            self._disk.changed = True

    def untold(self) -> Mapping[int, Mapping[int, Ledger]]:
        """Last books that the collector has not heard: by epoch and lane."""
        return {
            one.epoch: {lane: book.ledger for lane, book in one.lanes.items() if book.written} for one in self._ready()
        }

    def telling(self, epoch: int, lane: int, sequence: int) -> None:
        """The event of this sequence says all that is untold."""
        for generation in self._ready():
            generation.telling = epoch, lane, sequence

    def acked(self, epoch: int, lane: int, sequence: int) -> None:
        """The collector has everything of a lane up to and including `sequence`."""
        for generation in self._disk.books.epochs[:-1]:
            if generation.telling and generation.telling[:2] == (epoch, lane) and generation.telling[2] <= sequence:
                generation.told, generation.telling = True, None

    def _ready(self) -> list[Generation]:
        return list(islice(self._owed(), AT_ONCE))

    def _owed(self) -> Iterator[Generation]:
        for one in self._disk.books.epochs[:-1]:
            final = one.used and not (one.waiting or one.unsure or one.unasked)
            if final and not one.told and one.telling is None:
                yield one
