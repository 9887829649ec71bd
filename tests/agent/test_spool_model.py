"""The spool over a disk that lies as disks do: histories of crashes, refusals, acknowledgements; planted bugs."""

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tramgac_agent.frames import SpoolReader, decode, scan
from tramgac_agent.paths import LANES as NAMES
from tramgac_agent.spool import STAY_S, Spool
from tramgac_wire.errors import LogFailed
from tramgac_wire.log import LogReader

from tests.tools.examples import examples
from tests.wire.simfs import Crash, FullDisk

SECOND = 1_000_000_000
CAP = 256 << 10
LANES = (1, 2, 3)
RECENT = (128 << 10, 30)


class Clock:
    def __init__(self):
        self.now = 0

    def __call__(self):
        return self.now


class SpoolMachine(RuleBasedStateMachine):
    """Sensor, uplink and collector over a disk that lies as disks do.

    Whatever happens: one sequence never stands for two events, the books balance, and what was flushed and is not at
    the collector was counted as given up. No event has two sequences at the collector, unless it refused an epoch, or
    the disk refused to make safe that it did not.
    """

    @initialize(random=st.randoms(use_true_random=False))
    def begin(self, random):
        self.fs = FullDisk(random)
        self.clock = Clock()
        self.boot = 0
        self.epochs = self.number = 0
        self.collected = {}  # (epoch, lane, sequence) -> event
        self.places = {}  # event -> (epoch, lane, sequence)
        self.marks = {}  # (epoch, lane) -> the collector's last sequence
        self.image = {}, {}
        self.restored = self.twice = False
        self.unasked = set()  # epochs that no stream has named since the collector was put back
        self.known = {}  # (epoch, lane) -> from where on the spool took it to lack all, when it was put back
        self.spool = None
        self.reopen()

    def draw(self):
        self.epochs += 1
        return self.epochs

    def reopen(self):
        """A process of the agent anew, with streams of its own. A disk that refuses while opening: once more."""
        self.stream = 0, set()  # epoch and lanes of the one that is open
        options = {
            "boot": str(self.boot),
            "cap_bytes": CAP,
            "age_s": 50,
            "recent": RECENT,
            "fs": self.fs,
            "draw": self.draw,
        }
        for _ in range(3):
            with suppress(OSError):
                self.spool = Spool.open(Path("/spool"), now=self.clock, **options)
                break
        self.reader = SpoolReader(self.fs, Path("/spool"))

    def guarded(self, work, fuse=None):
        """Do something that may crash the machine, or break the log as far as opening it again."""
        try:
            with self.fs.fused(fuse):
                return work()
        except Crash:
            self.power_cut()
        except LogFailed:
            self.kill()
        return None

    @rule(
        lane=st.sampled_from(LANES),
        count=st.integers(1, 20),
        size=st.sampled_from([10, 3000]),
        full=st.booleans(),
        fuse=st.none() | st.integers(0, 30),
    )
    def put_and_flush(self, lane, count, size, full, fuse):
        def work():
            self.fs.room = self.fs.used if full else self.fs.FREE
            try:
                for _ in range(count):
                    self.number += 1
                    self.spool.put(lane, b"%09d" % self.number + bytes(size))
                self.spool.flush()
            finally:
                self.fs.room = self.fs.FREE

        self.guarded(work, fuse)

    @rule(lane=st.sampled_from(LANES))
    def put_only(self, lane):
        self.number += 1
        self.spool.put(lane, b"%09d" % self.number)

    @rule(acks=st.booleans(), fuse=st.none() | st.integers(0, 60))
    def send(self, acks, fuse):
        """The uplink hears what the collector holds and sends what it lacks; perhaps the acknowledgement comes."""
        epoch, lanes = self.spool.heads()
        for lane in lanes:
            # Asked anew for each lane: an acknowledgement may have met a crash, and what came back announces itself.
            now, announced = self.spool.heads()
            if now != epoch or lane not in announced:
                continue
            first, upcoming = announced[lane]
            mark = self.welcome(epoch, lane)
            begin = min(first, mark + 1)
            frames = self.reader.read(epoch, lane, begin, until=upcoming) if begin < upcoming else []
            assert frames or first >= upcoming, "announced and not there"
            if begin < (there := frames[0].first if frames else upcoming):
                self.spool.lost(epoch, lane, begin, there - 1)
            for frame in frames:
                assert frame.last < upcoming
                for offset, blob in enumerate(frame.blobs):
                    key = (epoch, lane, frame.first + offset)
                    assert self.collected.setdefault(key, blob) == blob, "two events under one sequence"
                    assert self.places.setdefault(blob, key) == key or self.twice, "one event under two sequences"
            if frames:
                self.marks[epoch, lane] = last = max(mark, frames[-1].last)
                if acks:
                    self.guarded(lambda last=last, lane=lane: self.spool.acked(epoch, lane, last), fuse)
                else:
                    self.stream = 0, set()  # without an answer it ends

    def welcome(self, epoch, lane):
        """Where a stream begins, what the collector holds is told; it is no more than that lane's last sequence."""
        mark = self.marks.get((epoch, lane), 0)
        if epoch != self.stream[0]:
            self.stream = epoch, set()
            self.unasked -= {epoch}
            if epoch == self.spool.epoch:
                self.unasked.difference_update(self.spool.kept_epochs)
                for kept in self.spool.kept_epochs:
                    for older in LANES:
                        self.spool.held(kept, older, self.marks.get((kept, older), 0))
        if lane not in self.stream[1]:
            self.stream[1].add(lane)
            self.spool.held(epoch, lane, mark)
            if mark:
                self.guarded(lambda: self.spool.acked(epoch, lane, mark))
        return mark

    @rule(fuse=st.none() | st.integers(0, 60))
    def refused(self, fuse):
        """The collector has other events under the epoch that is sent."""
        epoch = self.spool.heads()[0]
        self.stream, self.twice = (0, set()), True
        self.guarded(lambda: self.spool.renew(epoch), fuse)

    @rule()
    def back_up(self):
        self.image = dict(self.marks), dict(self.collected)

    @rule()
    def restore(self):
        """The collector is put back to an earlier state: what came since is gone there, and streams begin anew."""
        self.restored = True
        self.unasked = set(range(1, self.spool.epoch))
        books = self.spool._books.epochs
        self.known = {(one.epoch, lane): book.missing_from for one in books for lane, book in one.lanes.items()}
        self.marks, self.collected = map(dict, self.image)
        self.places = {blob: key for key, blob in self.collected.items()}
        self.stream = 0, set()

    @rule(seconds=st.integers(1, 20), fuse=st.none() | st.integers(0, 30))
    def time_passes(self, seconds, fuse):
        self.clock.now += seconds * SECOND
        self.guarded(self.spool.enforce, fuse)

    @rule()
    def full_for_one_write(self):
        self.fs.fail_write = True

    @rule()
    def refused_sync(self):
        self.fs.fail_sync = self.twice = True

    @rule()
    def kill(self):
        self.fs.kill()
        self.reopen()

    @rule()
    def power_cut(self):
        self.fs.crash()
        self.boot += 1
        self.reopen()

    @rule()
    def restart(self):
        if self.guarded(lambda: self.spool.close() or True):
            self.reopen()

    @invariant()
    def balanced(self):
        if self.spool:
            for generation in self.spool._books.epochs:
                for lane, book in generation.lanes.items():
                    assert book.ledger.balanced, (lane, book.ledger)

    def teardown(self):
        """Drain: what remains is sent to its end, and what a collector that is put back lacks is sent again."""
        if not getattr(self, "spool", None):
            return
        self.fs.fail_write = self.fs.fail_sync = False
        self.drain()
        self.endings()
        for lane, book in self.spool.ledger().items():
            written = book.emitted - len(self.spool._buffers[lane])
            here = [key for key in self.collected if key[:2] == (self.spool.epoch, lane) and key[2] <= written]
            if not self.restored:
                missing = written - len(here)
                assert missing <= sum(book.dropped.values())
                assert book.acked <= len(here)
        self.put_back()

    def drain(self):
        for _ in range(1000):
            before = dict(self.marks)
            self.clock.now += STAY_S * SECOND
            self.send(acks=True, fuse=None)
            epoch, lanes = self.spool.heads()
            waits = any(first < upcoming for first, upcoming in lanes.values())
            if epoch == self.spool.epoch == self.stream[0] and not waits and self.marks == before:
                return
        raise AssertionError("does not drain")

    def endings(self):
        """Of each earlier epoch the collector is told from where on nothing comes: just what it lacks at the end.

        Of one that lies here no longer and is older than those a stream names, what was known when it was put back.
        """
        self.spool.enforce()
        self.drain()
        told = {}
        while found := self.spool.endings.untold():
            told |= found
            self.number += 1
            sequence = self.spool.put(2, b"%09d" % self.number)
            self.spool.endings.telling(self.spool.epoch, 2, sequence)
            self.spool.flush()
            self.drain()
        for generation in self.spool._books.epochs[:-1]:
            assert generation.told or not generation.used
        for epoch, lanes in told.items():
            for lane, ledger in lanes.items():
                mark = self.marks.get((epoch, lane), 0)
                lacks = mark + 1 if mark < ledger.emitted else 0
                known = self.known.get((epoch, lane), 0) if epoch in self.unasked else lacks
                assert ledger.missing_from in {lacks, known}

    def put_back(self):
        """Whatever the spool still keeps comes to the collector a second time, and each event once more is counted."""
        before = self.spool.ledger()
        had = {lane: sum(key[:2] == (self.spool.epoch, lane) for key in self.collected) for lane in LANES}
        self.restore()
        held = {lane: sum(key[:2] == (self.spool.epoch, lane) for key in self.collected) for lane in LANES}
        kept = set()
        for epoch in (self.spool.epoch, *self.spool.kept_epochs):
            for lane in LANES:
                for frame in self.everything(epoch, lane):
                    kept |= {(epoch, lane, frame.first + offset) for offset in range(len(frame.blobs))}
        self.drain()
        assert kept <= set(self.collected), "kept and not sent again"
        for lane, book in self.spool.ledger().items():
            again = book.resent - before[lane].resent + book.gone - before[lane].gone
            assert again >= had[lane] - held[lane] - len(self.spool._buffers[lane])
            assert book.balanced

    def everything(self, epoch, lane):
        """All frames of an epoch that lie in a lane's log and were not given up."""
        floor = self.spool._books.floors[lane]
        for position, record in scan(LogReader(self.fs, f"/spool/{NAMES[lane]}"), floor):
            frame = decode(record)
            if frame.epoch == epoch and position >= floor:
                yield frame


SpoolMachine.TestCase.settings = settings(max_examples=examples(25), stateful_step_count=40, deadline=None)
TestSpoolMachine = SpoolMachine.TestCase


class Narrow(SpoolMachine):
    """The rules that the planted bugs need, so that they are found soon."""

    full_for_one_write = refused_sync = restart = time_passes = None


def keeps_its_epoch_after_a_power_cut(monkeypatch):
    honest = Spool._begin
    monkeypatch.setattr(Spool, "_begin", lambda self, boot, **_: honest(self, boot, proven=bool(self._books.epochs)))


def announces_what_is_not_written(monkeypatch):
    honest = Spool.heads

    def heads(self):
        epoch, lanes = honest(self)
        return epoch, {lane: (first, self.ledger()[lane].emitted + 1) for lane, (first, _) in lanes.items()}

    monkeypatch.setattr(Spool, "heads", heads)


BUGS = [keeps_its_epoch_after_a_power_cut, announces_what_is_not_written]


def finds(seed):
    """Tell whether the machine notices something in one history; the seed decides what a power cut leaves."""
    machine = SpoolMachine()
    machine.begin(random=Random(seed))
    try:
        machine.put_and_flush(lane=3, count=1, size=10, full=False, fuse=None)
        machine.send(acks=False, fuse=None)
        machine.power_cut()
        machine.put_only(lane=3)
        machine.send(acks=False, fuse=None)
        machine.restart()
        machine.send(acks=False, fuse=None)
        machine.balanced()
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("bug", BUGS)
def test_a_short_history_shows_a_planted_bug_to_the_machine(monkeypatch, bug):
    assert not any(finds(seed) for seed in range(20))
    bug(monkeypatch)
    assert any(finds(seed) for seed in range(20))


@pytest.mark.slow  # it may take a minute until the first comes
@pytest.mark.parametrize("bug", BUGS)
def test_the_machine_finds_planted_bugs(monkeypatch, bug):
    bug(monkeypatch)
    search = settings(
        max_examples=10_000, stateful_step_count=40, deadline=None, phases=[Phase.generate], database=None
    )
    with pytest.raises((AssertionError, BaseExceptionGroup)):
        run_state_machine_as_test(Narrow, settings=search)
