"""The walk through an ingest log: every chain is made anew and compared with what hosts signed.

Nothing runs but this: it reads files, of a collector that stands or runs, or of a backup.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tramgac_wire import errors, segment
from tramgac_wire.batch import unpack
from tramgac_wire.errors import WireError
from tramgac_wire.log import LogReader

from tramgac_collector.errors import LogDamaged
from tramgac_collector.ingest.attestation import Attestation
from tramgac_collector.ingest.entry import Entry, Key, Snapshot, decode
from tramgac_collector.ingest.marks import EPOCHS_A_HOST
from tramgac_collector.proof.findings import Found, Totals
from tramgac_collector.proof.lane import LaneProof, Place
from tramgac_collector.proof.ledgers import Ledgers

_READ_BYTES = 8 << 20


@dataclass(slots=True)
class Walk:
    """One walk, from a segment's start to the log's head."""

    reader: LogReader
    until: int | None
    """The log's head; None where it is not known: then the log ends where it cannot be read any more."""
    hosts: Callable[[str], bool] = lambda _: True
    """Whose events are looked at."""
    progress: Callable[[int], None] = lambda _: None
    """Told how far the walk is, a position."""
    totals: Totals = field(default_factory=Totals)
    _firsts: tuple[int, ...] = ()
    _lanes: dict[Key, LaneProof] = field(default_factory=dict)
    _epochs: dict[str, dict[int, None]] = field(default_factory=dict)
    """Incarnations of a host's spool, in the order in which they were last heard of: the log forgets old ones."""
    _ledgers: Ledgers = field(default_factory=Ledgers)
    _kinds: Counter[str] = field(default_factory=Counter)
    _received: int = 0
    _blind: bool = True
    """Watermarks are taken over and not compared: at first, and after what could not be read."""

    def findings(self, start: int, kept: Iterable[Attestation] = ()) -> Iterator[Found]:
        """Give what is wrong from a segment's first position on; `kept`: the newest that hosts signed, by themselves.

        Raises:
            OSError: the disk does not give the log.
        """
        self._firsts = self.reader.segments()
        self.totals.segments = sum(first >= start for first in self._firsts)
        for found in self._all(start, kept):
            self._kinds[found.kind] += 1
            self.totals.findings = dict(self._kinds)
            yield found
        for lane in self._lanes.values():
            self._count(lane)

    def _all(self, start: int, kept: Iterable[Attestation]) -> Iterator[Found]:
        position = start
        while self.until is None or position < self.until:
            self.progress(position)
            try:
                found = self.reader.read(position, until=self.until, max_bytes=_READ_BYTES)
            except errors.LogTrimmed as gone:  # while we looked, or before
                position, self._blind = gone.first, True
                continue
            except errors.LogDamaged as damaged:
                yield self._found("unreadable", position, damaged.position, damaged.resume - 1)
                position, self._blind = damaged.resume, True
                continue
            if not found:
                break
            for number, payload in found:
                yield from self._record(number, payload)
            position = found[-1][0] + 1
        yield from self._end(position, kept)

    def _record(self, position: int, payload: bytes) -> Iterator[Found]:
        self.totals.records += 1
        try:
            record = decode(position, payload)
        except LogDamaged:
            yield self._found("unknown", position, position, position)
            return
        if isinstance(record, Snapshot):
            yield from self._snapshot(record)
        elif self.hosts(record.host):
            yield from self._batch(record) if isinstance(record, Entry) else self._vouch(record)

    def _snapshot(self, record: Snapshot) -> Iterator[Found]:
        self._received = 0  # a collector that starts again knows of no time before
        for key, mark in record.marks.items():
            if not self.hosts(key[0]):
                continue
            lane = self._lanes.get(key)
            if not self._blind and (lane is None or not lane.agrees(mark)):
                first = 1 if lane is None else min(lane.sequence, mark.sequence) + 1
                yield self._found("snapshot", record.position, first, mark.sequence, key)
            if lane is None:
                self._keep(key, LaneProof.at(mark))
            else:
                lane.adopt(mark)
        self._blind = False

    def _batch(self, entry: Entry) -> Iterator[Found]:
        key = (entry.host, entry.batch.epoch, int(entry.batch.lane))
        self.totals.batches += 1
        if entry.received < self._received:
            yield self._found("order", entry.position, entry.batch.first, entry.batch.first, key)
        self._received = max(self._received, entry.received)
        try:
            blobs = unpack(entry.batch)
        except WireError:
            yield self._found("garbage", entry.position, entry.batch.first, entry.batch.first, key)
            return
        self.totals.events += max(0, len(blobs) - entry.skip)
        self._ledgers.read(entry, blobs)
        yield from self._placed(entry.position, key, self._lane(key).take(entry, blobs))

    def _vouch(self, said: Attestation) -> Iterator[Found]:
        key = (said.host, said.epoch, said.lane)
        self.totals.checkpoints += 1
        if not said.genuine():
            yield self._found("forged", said.position, said.sequence, said.sequence, key)
            return
        lane = self._lanes.get(key) or LaneProof()
        self.totals.unplaced += not lane.placed(said)
        yield from self._placed(said.position, key, lane.vouch(said))

    def _end(self, position: int, kept: Iterable[Attestation]) -> Iterator[Found]:
        """Compare with what is known beside the log, and gaps with what agents say of themselves."""
        for said in kept:
            key = (said.host, said.epoch, said.lane)
            lane = self._lanes.get(key)
            if not self.hosts(said.host) or (lane is None and self._firsts[:1] != (0,)):
                continue  # of an incarnation that the log has forgotten
            if not said.genuine():
                yield self._found("forged", position, said.sequence, said.sequence, key)
            else:
                for kind, first, last in (lane or LaneProof()).vouch(said):
                    yield self._found("cut" if kind == "removed" else kind, position, first, last, key)
        for key, lane in self._lanes.items():
            if lane.gaps and self._ledgers.contradicts(key, lane.gaps, lane.gap_received):
                at, first, last = lane.last_gap
                yield self._found("unaccounted", at, first, last, key)

    def _lane(self, key: Key) -> LaneProof:
        lane = self._lanes.get(key)
        if lane is None:
            lane = LaneProof()
        self._keep(key, lane)
        return lane

    def _keep(self, key: Key, lane: LaneProof) -> None:
        """Know a lane, and forget the incarnations that the log's writer has forgotten."""
        host, epoch, _ = key
        self._lanes[key] = lane
        epochs = self._epochs.setdefault(host, {})
        epochs.pop(epoch, None)
        epochs[epoch] = None
        while len(epochs) > EPOCHS_A_HOST:
            old = next(iter(epochs))
            del epochs[old]
            for gone in [known for known in self._lanes if known[:2] == (host, old)]:
                self._count(self._lanes.pop(gone))

    def _count(self, lane: LaneProof) -> None:
        """Add what is known of a lane that is forgotten."""
        self.totals.lanes += 1
        self.totals.attested += lane.proven
        self.totals.gaps += lane.gaps

    def _placed(self, position: int, key: Key, places: Iterable[Place]) -> Iterator[Found]:
        for kind, first, last in places:
            yield self._found(kind, position, first, last, key)

    def _found(self, kind: str, position: int, first: int, last: int, key: Key = ("", 0, 0)) -> Found:
        at = bisect_right(self._firsts, position) - 1
        name = segment.name(self._firsts[at]) if at >= 0 else ""
        return Found(kind, name, position, *key, first, last)


def begin(reader: LogReader, since: int) -> int:
    """Give the first position of the segment in which a walk begins, to see all that reached us from a time on (ns)."""
    firsts = reader.segments()
    for first in reversed(firsts):
        try:
            found = reader.read(first, max_bytes=1 << 20)
            received = next((one.received for one in map(_entry, found) if one is not None), None)
        except (WireError, LogDamaged):
            continue
        if received is not None and received <= since:
            return first
    return firsts[0] if firsts else 0


def _entry(record: tuple[int, bytes]) -> Entry | None:
    found = decode(*record)
    return found if isinstance(found, Entry) else None
