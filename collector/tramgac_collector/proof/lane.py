"""One lane of one incarnation of a host's spool, as a walk through the log comes to know it. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tramgac_wire.chain import START, extend

from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Entry, Mark

BORDERS = 16
"""Ends of batches whose chains are remembered: a checkpoint speaks of the last, ten thousand hosts have many lanes."""
Place = tuple[str, int, int]
"""What is wrong, first and last sequence."""


@dataclass(slots=True)
class LaneProof:
    """Where a lane is, what its chain is there, and up to where its host vouches for it."""

    sequence: int = 0
    attested: int = 0
    """The last sequence that a signature covers and that agrees; at first where the walk began."""
    events: int = 0
    """Events seen since the walk began."""
    proven: int = 0
    """Those of them that a signature covers."""
    gaps: int = 0
    """Sequences given up since the walk began."""
    gap_received: int = 0
    """When the batch after the last gap reached us."""
    last_gap: tuple[int, int, int] = (0, 0, 0)
    """Position, first and last sequence of the last gap."""
    doubtful: bool = False
    """Its host has contradicted: what follows can be compared with nothing."""
    _chains: tuple[bytes, ...] = (START,)
    _borders: OrderedDict[int, tuple[tuple[bytes, ...], int]] = field(default_factory=OrderedDict)
    """Chains and events there, by sequence."""

    @classmethod
    def at(cls, mark: Mark) -> LaneProof:
        """Begin at a watermark."""
        made = cls(mark.sequence, mark.sequence)
        made._move(mark.sequence, (mark.chain,))
        return made

    def adopt(self, mark: Mark) -> None:
        """Go on from a watermark, whatever was known."""
        self._move(mark.sequence, (mark.chain,))

    def agrees(self, mark: Mark) -> bool:
        """Tell whether a watermark is where this lane is."""
        return mark.sequence == self.sequence and mark.chain in self._chains

    def take(self, entry: Entry, blobs: Sequence[bytes]) -> Iterator[Place]:
        """Go past a batch whose encoded events are these."""
        batch, skip = entry.batch, entry.skip
        begin, last = batch.first + skip, batch.first + batch.count - 1
        missing = begin - 1 - self.sequence
        if missing < 0:
            yield "repeated", begin, min(last, self.sequence)
        elif missing and (skip or batch.gap != missing):
            yield "missing", self.sequence + 1, begin - 1
        elif missing:
            self._gap(entry, begin)
        before = extend(batch.previous, blobs[:skip])
        if not missing and before not in self._chains:
            yield "broken", self.attested + 1, self.sequence
        after = extend(before, blobs[skip:])
        if after != entry.chain:
            yield "altered", begin, last
        if last > self.sequence:
            self.events += last - max(begin - 1, self.sequence)
            self._move(last, (entry.chain, after))

    def vouch(self, said: Attestation) -> Iterator[Place]:
        """Compare with what the host signed, which is genuine."""
        if said.sequence > self.sequence:
            yield "removed", self.sequence + 1, said.sequence
            return
        if self.doubtful or said.sequence not in self._borders:
            return
        chains, events = self._borders[said.sequence]
        if said.chain not in chains:
            self.doubtful = True
            yield "contradicted", self.attested + 1, said.sequence
        else:
            self.attested, self.proven = max(self.attested, said.sequence), max(self.proven, events)

    def placed(self, said: Attestation) -> bool:
        """Tell whether what was signed can be compared with anything."""
        return said.sequence > self.sequence or said.sequence in self._borders

    def _gap(self, entry: Entry, begin: int) -> None:
        self.gaps += begin - 1 - self.sequence
        self.gap_received = entry.received
        self.last_gap = (entry.position, self.sequence + 1, begin - 1)

    def _move(self, sequence: int, chains: tuple[bytes, ...]) -> None:
        self.sequence, self._chains = sequence, chains
        self._borders[sequence] = (chains, self.events)
        while len(self._borders) > BORDERS:
            self._borders.popitem(last=False)
