"""An agent's spool in memory: lanes whose events get their sequence here, with their chain. Not a lane itself."""

from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from tramgac_proto.session_pb2 import Batch
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend
from tramgac_wire.dictionary import Dictionary
from tramgac_wire.limits import MAX_BATCH_EVENTS

MAX_BYTES = 400_000


@dataclass
class Lane:
    """Events from `first` on that are not yet acknowledged; `base` is the chain before them."""

    first: int = 1
    base: bytes = START
    blobs: deque[bytes] = field(default_factory=deque)
    chains: deque[bytes] = field(default_factory=deque)

    @property
    def next(self) -> int:
        """The sequence that the next event gets."""
        return self.first + len(self.blobs)

    def put(self, blob: bytes) -> int:
        """Take an event in; its sequence."""
        before = self.chains[-1] if self.chains else self.base
        self.blobs.append(blob)
        self.chains.append(extend(before, (blob,)))
        return self.next - 1

    def forget(self, sequence: int) -> None:
        """Drop what is acknowledged."""
        while self.blobs and self.first <= sequence:
            self.blobs.popleft()
            self.base = self.chains.popleft()
            self.first += 1


@dataclass
class Spool:
    """The lanes of one incarnation."""

    epoch: int
    lanes: dict[int, Lane] = field(default_factory=dict)

    def put(self, lane: int, blob: bytes) -> int:
        """Take an event in; its sequence."""
        return self.lanes.setdefault(lane, Lane()).put(blob)

    def forget(self, lane: int, sequence: int) -> None:
        """Drop what is acknowledged."""
        self.lanes.setdefault(lane, Lane()).forget(sequence)

    def chain(self, number: int, sequence: int) -> bytes | None:
        """The chain of a lane at a sequence that waits; None where it does not."""
        lane = self.lanes.get(number, Lane())
        return lane.chains[sequence - lane.first] if lane.first <= sequence < lane.next else None

    def take(self, number: int, first: int, dictionary: Dictionary | None = None) -> Batch | None:
        """Events of a lane from a sequence on, packed; None if there are none."""
        lane = self.lanes[number]
        begin = max(first, lane.first)
        at = begin - lane.first
        blobs: list[bytes] = []
        size = 0
        for blob in islice(lane.blobs, at, at + MAX_BATCH_EVENTS):
            size += len(blob) + 3
            if blobs and size > MAX_BYTES:
                break
            blobs.append(blob)
        if not blobs:
            return None
        previous = lane.chains[at - 1] if at else lane.base
        return pack(self.epoch, number, begin, previous, blobs, gap=begin - first, dictionary=dictionary)

    @property
    def waiting(self) -> int:
        """Events that are not acknowledged."""
        return sum(len(lane.blobs) for lane in self.lanes.values())
