"""The judge's loop: read the ingest log, examine, write down, move the cursor.

All that one batch means and the cursor are written in one transaction. Killed anywhere, it goes on exactly where it
was, and nothing is alerted twice. One of several passes by what is not its own. In a backlog, what is urgent comes
first.
"""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from tramgac_wire.log import LogReader

from tramgac_collector import bell, database, held_back, hosts, ingest, judges, outbox, rule_counts, rule_decisions
from tramgac_collector.errors import Unreadable
from tramgac_collector.export import places
from tramgac_collector.hosts import Gap
from tramgac_collector.ingest import Entry, holes
from tramgac_collector.judging import ahead, writing
from tramgac_collector.judging.allowance import Allowance
from tramgac_collector.judging.correlating import Correlating
from tramgac_collector.judging.detect import Found, SightingKey, examine_all
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.place import Place
from tramgac_collector.judging.writing import Written
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import HostRow

NAME = judges.ROLE
"""Whose what is set aside is, whichever of several judges it was."""
ENTRIES, EVENTS, BYTES = 256, 2_000, 4 << 20
"""Batches, events and their bytes in one transaction: an fsync is shared, nobody waits long for the first of them, and
not much is in memory at once.
"""
KNOWN = 200_000
"""Sightings kept in memory so that a program's thousandth start costs no look into the database."""
KEEP_OUTBOX, TIDY_EVERY = 86_400_000_000_000, 600_000_000_000
"""How long the outbox keeps what was told, and how often the old is taken out, nanoseconds."""
KEEP_FOR_EXPORTS = 30 * 86_400_000_000_000
"""How long it keeps what an export was not told yet, nanoseconds."""
PASS_EVERY = 1_000_000_000
"""How often one of several judges writes down that it passed by what is not its own, nanoseconds."""
LOOK_AGAIN, NEVER = 60_000_000_000, 1 << 63
"""How long after the first look at a hole the next comes, nanoseconds; a time that never comes."""
_LOG = structlog.get_logger(__name__)
AWAY = (OperationalError, InterfaceError, OSError)
"""The database or the disk fails: nothing is wrong with the batch, so it is tried until it works."""


@dataclass(slots=True)
class _Block:
    """Batches that are examined and written down together."""

    after: int = 0
    """The position after it, and after what was passed by."""
    entries: list[Entry] = field(default_factory=list)
    events: int = 0
    size: int = 0

    @property
    def full(self) -> bool:
        return len(self.entries) >= ENTRIES or self.events >= EVENTS or self.size >= BYTES

    def take(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.events += entry.batch.count
        self.size += entry.batch.size
        self.after = entry.position + 1


@dataclass(slots=True)
class Consumer:
    """The judge's place in the ingest log and what it remembers."""

    paths: StatePaths
    engine: Engine
    in_force: InForce
    counts: Counter[str] = field(default_factory=Counter)
    clock: Callable[[], int] = time.time_ns
    place: Place = field(default_factory=Place)
    position: int = 0
    """What stands before it was judged, or is not ours."""
    behind: bool = False
    """Whether there was more in the log than there was time for."""
    correlating: Correlating = field(init=False)
    allowance: Allowance = field(default_factory=Allowance)
    _written: int = 0
    """The cursor's position in the control store."""
    _passed: int = 0
    """When it was moved last for what is not ours."""
    _exchanged: int = 0
    """When we went along with the others last, within a backlog."""
    _patient: int = 0
    """Nothing is judged ahead before this position: something there failed so."""
    _tidied: int = 0
    _more_told: bool = False
    """Whether the outbox still has what was told long ago."""
    _again: dict[str, int] = field(default_factory=dict)
    """When to look again whose records stood in a hole, by its name."""
    _hosts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """System and site of hosts, by id."""
    _known: OrderedDict[SightingKey, None] = field(default_factory=OrderedDict)
    _reader: LogReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = ingest.open_reader(self.paths)
        self.correlating = Correlating(self.place.seat, allowance=self.allowance)

    @property
    def written(self) -> int:
        """The cursor's position in the control store."""
        return self._written

    def begin(self) -> None:
        """Read the cursor; the first start makes it."""
        with database.session(self.engine) as s:
            position = self.place.begin(s)
        self._moved(position)

    def account(self) -> None:
        """Write down what stood in the log's holes, this consumer's and the others', as gaps of the hosts concerned.

        Until the log can tell no more of a hole it is looked at again, ever more seldom: the same hole gives the same
        gaps.
        """
        now = self.clock()
        for hole in holes.listing(self.paths):
            if now < self._again.get(hole.name, 0):
                continue
            loss = holes.lost(self.paths, hole)
            with database.session(self.engine) as s:
                for (host, epoch, lane), (first, last) in loss.lanes.items():
                    gap = Gap(epoch, lane, first, last - first + 1, f"the collector's {hole.consumer}: {hole.reason}")
                    self.counts["gaps"] += hosts.record_gap(s, host, gap, now)
            self._again[hole.name] = NEVER if loss.final else now + max(LOOK_AGAIN, now - hole.noticed)

    def drain(self, seconds: float = math.inf) -> int:
        """Work on what is in the log, going on after holes in it; return the number of batches.

        After so many seconds `behind` tells that there may be more: rules that were pushed wait for no long backlog.
        """
        if self.position < 0:
            self.begin()
        started, deadline = self.counts["batches"], time.monotonic() + seconds
        self.behind = False
        self._hurry()
        while not self.behind and (met := self._read(deadline)) is not None:
            self._skip(met)
        return self.counts["batches"] - started

    def _read(self, deadline: float) -> Unreadable | None:
        """Work on what can be read from the cursor on; give what cannot be, None at the log's end or the deadline."""
        block = _Block(self.position)
        met: Unreadable | None = None
        try:
            for entry in ingest.consume(self.paths, self.position, reader=self._reader):
                if not self.place.takes(entry):
                    block.after = entry.position + 1
                    continue
                block.take(entry)
                if block.full:
                    self._work(block)
                    block = _Block(block.after)
                    self.in_force.look(self.clock())  # a state that somebody chose waits for no long backlog
                    self._hurry()
                    self._exchange_now_and_then()  # nor does what others handed over
                    if time.monotonic() >= deadline:
                        self.behind = True
                        break
        except Unreadable as error:
            met = error
        if block.entries:
            self._work(block)
        elif block.after > self._written:
            self._pass(block.after)
        return met

    def _hurry(self) -> None:
        """Judge what is urgent in a backlog before its turn. What fails so is left for its turn."""
        if self.position < self._patient:
            return
        for urgent in ahead.look(self.paths, self._reader, self.place, self.position):
            if urgent.entries:
                try:
                    self._write(self._examine(urgent.entries), urgent.after, early=True)
                except AWAY:
                    raise
                except Exception as error:  # noqa: BLE001  # bulkhead: what is judged ahead
                    _LOG.warning("urgent batches failed ahead of their turn", error=repr(error), until=urgent.after)
                    self.counts["ahead_failures"] += 1
                    self._patient = urgent.after
                    return
                self.counts["batches_ahead"] += len(urgent.entries)
            self.place.ahead = urgent.after

    def _pass(self, after: int) -> None:
        """Go past what is not ours; written down now and then, for others wait for it."""
        self.position = after
        now = self.clock()
        if not 0 <= now - self._passed < PASS_EVERY:
            self._passed = now
            with database.session(self.engine) as s:
                self._move(s, after)
            self._moved(after)

    def tidy(self) -> None:
        """Forget what was told long ago: a page that was away for longer starts afresh. Now and then, not each time.

        Of several judges the first one takes it out. If it is much, it goes on the next time: nobody waits for it.
        """
        now = self.clock()
        if self._more_told:
            self._forget_told(now)
        if now - self._tidied < TIDY_EVERY:
            return
        self._tidied = now
        self._hosts.clear()  # a host may have come to another site
        if not self.place.seat.first:
            return
        self._forget_told(now)
        with database.session(self.engine) as s:
            self.correlating.trim(s, self.in_force.rules, now)
            self.counts["rule_counts_given_up"] += rule_counts.trim(s, now)
            held_back.trim(s, now)

    def _forget_told(self, now: int) -> None:
        with database.session(self.engine) as s:
            needed = places.outbox_needed(s)
            self._more_told = outbox.trim(s, now - KEEP_OUTBOX, needed=needed, at_last=now - KEEP_FOR_EXPORTS)

    def exchange(self, *, moving: bool) -> None:
        """Take what other judges handed over; with `moving`, go on in event time as they do."""
        if self.place.seat.of == 1:
            return
        rules, now, written = self.in_force.rules, self.clock(), self._written_now()
        with database.reading(self.engine) as s:
            due = self.correlating.due(s, rules, self._written, moving=moving)
        while due:
            with self._transaction() as s:
                done = self.correlating.exchange(s, rules, self._written, self._hostnames(s, written), now)
            self.counts.update(done)
            self._ring()
            with database.reading(self.engine) as s:
                due = self.correlating.due(s, rules, self._written, moving=False)

    def _exchange_now_and_then(self) -> None:
        now = self.clock()
        if not 0 <= now - self._exchanged < PASS_EVERY:
            self._exchanged = now
            self.exchange(moving=True)

    def inherit(self) -> None:
        """In the place of several judges: take what they handed over to each other."""
        written = self._written_now()
        with self._transaction() as s:
            done = self.correlating.inherit(s, self.in_force.rules, self._hostnames(s, written), self.clock())
        self.counts.update(done)
        self._ring()

    def settle(self) -> None:
        """Judge what correlations keep waiting for hosts that have been silent for long."""
        now, written = self.clock(), self._written_now()
        silent = self.correlating.silent(now)
        if silent or self.correlating.asleep(self.in_force.rules):
            with self._transaction() as s:
                done = self.correlating.settle(s, self.in_force.rules, silent, self._hostnames(s, written), now)
            self.counts.update(done)
            self._ring()

    def lost(self) -> None:
        """Say that the database could not be reached: the cursor is read again before anything else."""
        self.position = -1
        self.correlating.lost()

    def _skip(self, met: Unreadable) -> None:
        _LOG.error("records of the ingest log cannot be read", why=met.reason, detail=str(met), next=met.next)
        self.counts.update((met.reason, "log_holes"))
        holes.record(self.paths, self.place.seat.role, met)  # before the cursor: killed here, it is met again
        with database.session(self.engine) as s:
            self._move(s, met.next)
        self._moved(met.next)

    def _examine(self, entries: Sequence[Entry]) -> list[Found]:
        batches = [(entry, *self._about(entry.host)) for entry in entries]
        found = examine_all(batches, self.in_force.rules, self._known, self.allowance.spent(self.clock()))
        if self.in_force.rules.judge is not None:
            self.counts["long_values"] += self.in_force.rules.judge.take_long()
        return found

    def _work(self, block: _Block) -> None:
        """Write a block down in one transaction; if that fails, batch by batch, and what fails twice is set aside."""
        examined = self._examine(block.entries)
        try:
            self._write(examined, block.after)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  # bulkhead: one block of batches
            _LOG.warning("a block of batches failed; one by one now", error=repr(error))
            for found in examined:
                self._write_alone(found)

    def _write_alone(self, found: Found) -> None:
        try:
            self._write([found], found.entry.position + 1)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  # bulkhead: one batch
            _LOG.exception("a batch failed twice and is set aside", position=found.entry.position)
            reason = f"{type(error).__name__}: {error}"
            ingest.set_aside(self.paths, NAME, found.entry, reason)
            with database.session(self.engine) as s:
                self.place.hold(s, self._written)
                writing.set_aside(s, found, reason, self.clock())
                self._move(s, found.entry.position + 1)
            self.counts.update(batches=1, set_aside=1)
            self._moved(found.entry.position + 1)

    def _write(self, block: list[Found], after: int, *, early: bool = False) -> None:
        for found in block:
            if found.failures:
                ingest.set_aside(self.paths, NAME, found.entry, "; ".join(found.failures[:20]))
        yara, written = self.in_force.rules.yara, self._written_now()
        parked = self.in_force.standing.parked()
        with self._transaction() as s:
            told = writing.who_told(s, block)
            for found in block:
                writing.write(s, found, yara, written, self.clock())
            del told  # until here the session finds these rows without asking
            names = self._hostnames(s, written)
            written.counts += self.correlating.write(s, self.in_force.rules, block, names, self.clock(), ahead=early)
            rule_counts.add(s, written.met, self.clock())
            writing.settle(s, written, self.clock())
            rule_decisions.park(s, parked, self.clock())
            self.place.move_ahead(s, after) if early else self._move(s, after)
        if not early:
            self._moved(after)
        self.in_force.standing.noted(parked)
        self.counts["batches"] += len(block)
        self.counts.update(written.counts)
        self._known.update(dict.fromkeys(written.sightings))
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)
        self._ring()
        if written.asks:
            bell.ring(self.paths.run, "gateway")

    def _ring(self) -> None:
        """Ring whoever reads what was written."""
        bell.ring_readers(self.paths.run)
        while self.correlating.handed_to:
            bell.ring(self.paths.run, judges.named(self.correlating.handed_to.pop()))

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        """Give a session for what correlations keep in memory too: it is forgotten if it is not written."""
        kept = False
        try:
            with database.session(self.engine) as s:
                self.place.hold(s, self._written)
                yield s
            kept = True
        finally:
            if not kept:
                self.correlating.lost()
                self.allowance.forget()

    def _written_now(self) -> Written:
        rules = self.in_force.rules
        return Written(states=rules.states, allowance=self.allowance, exceptions=rules.exceptions)

    def _hostnames(self, s: Session, written: Written) -> Callable[[str], str]:
        return lambda host: writing.hostname(s, host, written)

    def _move(self, s: Session, position: int) -> None:
        """Move the cursor. A second judge, started by mistake, finds it elsewhere and gives up."""
        self.place.move(s, self._written, position)

    def _moved(self, position: int) -> None:
        self.position = self._written = position
        self.place.tell(self.paths, position)

    def _about(self, host: str) -> tuple[str, str]:
        if host not in self._hosts:
            with database.reading(self.engine) as s:
                row = s.get(HostRow, host)
            if row is None:
                return "", ""
            self._hosts[host] = row.os_type, row.site
        return self._hosts[host]
