"""A segment log against a model, with crashes anywhere: one Random is one history; a violation raises Violation."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tramgac_wire.errors import LogFailed
from tramgac_wire.log import LogReader, SegmentLog

from tests.wire.simfs import Crash, SimFileSystem

DIRECTORY = "/log"
SIZES = (6, 6, 6, 40)


class Violation(AssertionError):
    """The log broke a promise."""


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Violation(what)


class LogModel:
    """Drives a log by luck and knows what it must hold."""

    def __init__(self, random: Random, make: Callable[[Random], SimFileSystem]) -> None:
        self.random = random
        self.fs = make(random)
        self.opening = (lambda position: b"S%d" % position) if random.randrange(2) else None
        self.held: dict[int, bytes] = {}  # as the writer sees it
        self.candidates: dict[int, set[bytes]] = {}  # what a crash may bring back, from `synced` on
        self.synced = 0
        self.first = 0
        self.trimmed = 0
        self.serial = 0
        self.crashes = 0
        self.reader = LogReader(self.fs, DIRECTORY)
        self.log = self.reopen()

    def reopen(self) -> SegmentLog:
        """Open, perhaps crashing on the way, and check everything."""
        for _ in range(3):
            try:
                with self.fs.fused(self.random.randrange(12) if not self.random.randrange(3) else None):
                    log = SegmentLog.open(self.fs, DIRECTORY, segment_bytes=100, opening=self.opening)
                return self.adopt(log)
            except Crash:
                self.stop()
        return self.adopt(SegmentLog.open(self.fs, DIRECTORY, segment_bytes=100, opening=self.opening))

    def adopt(self, log: SegmentLog) -> SegmentLog:
        """Check an opened log against the model; from here on the model holds what it holds."""
        check(log.synced == log.next, "open leaves something unsynced")
        check(log.next >= self.synced, f"synced up to {self.synced}, found up to {log.next}")
        check(
            self.first <= log.first <= self.trimmed, f"{self.first} was first, trimmed to {self.trimmed}: {log.first}"
        )
        self.first = log.first
        found = self.read_all(log)
        for position, payload in found.items():
            if position < self.synced:
                check(payload == self.held[position], f"record {position} is another one")
            elif self.opening is None or payload != self.opening(position):
                check(payload in self.candidates.get(position, ()), f"record {position} was never written there")
        for segment in log.segments:
            if self.opening is not None:
                check(found.get(segment.first) == self.opening(segment.first), "a segment begins without its snapshot")
        self.held, self.synced = found, log.next
        self.candidates.clear()
        return log

    def read_all(self, log: SegmentLog) -> dict[int, bytes]:
        """Read the log as another process would; it must hold exactly first to next - 1."""
        found: dict[int, bytes] = {}
        while records := self.reader.read(log.first + len(found), max_bytes=self.random.choice((1, 50, 1 << 20))):
            found |= dict(records)
        check(list(found) == list(range(log.first, log.next)), f"{log.first} to {log.next}, read {list(found)}")
        return found

    def stop(self) -> None:
        """Power cut or killed process."""
        self.crashes += 1
        if self.random.randrange(4):
            self.fs.crash()
        else:
            self.fs.kill()

    def note(self, log: SegmentLog, payload: bytes) -> None:
        """Remember what may be found at a position after a crash."""
        for position in (log.next, log.next + 1):  # + 1: behind the opening record of a new segment
            self.candidates.setdefault(position, set()).add(payload)

    def append(self) -> None:
        self.serial += 1
        payload = b"%05d" % self.serial + b"." * self.random.choice(SIZES)
        self.note(self.log, payload)
        try:
            position = self.log.append(payload)
        except OSError:
            self.settle()
            return
        if self.opening is not None and position == self.log.segments[-1].first + 1:
            self.held[position - 1] = self.opening(position - 1)
        self.held[position] = payload
        check(self.log.next == position + 1, "a position is skipped")
        self.settle()

    def settle(self) -> None:
        """After anything: the writer's view is what a reader sees."""
        self.synced = self.log.synced
        if self.opening is not None:
            first = self.log.segments[-1].first
            self.held[first] = self.opening(first)
        self.held = {position: payload for position, payload in self.held.items() if position < self.log.next}
        found = self.read_all(self.log)
        wanted = {position: payload for position, payload in self.held.items() if position >= self.log.first}
        check(found == wanted, f"a reader sees {found}, the writer {wanted}")

    def sync(self) -> None:
        try:
            check(self.log.sync() == self.log.next, "sync leaves something")
            self.candidates = {p: c for p, c in self.candidates.items() if p >= self.log.synced}
        except OSError:
            check(self.log.next - self.log.synced <= 1, "a failed sync leaves what it did not save")
        self.settle()

    def trim(self) -> None:
        before = self.random.randrange(self.log.first, self.log.next + 1)
        self.trimmed = max(self.trimmed, before)
        try:
            self.first = self.log.trim(before)
        except OSError:
            self.first = self.log.first  # the sync before it failed
        self.settle()

    def clear(self) -> None:
        upcoming, last = self.log.next, self.log.segments[-1]
        empty = last.next - last.first <= (self.opening is not None)
        self.trimmed = max(self.trimmed, upcoming)
        try:
            self.first = self.log.clear()
            check(self.log.next - self.first == (self.opening is not None), "clear leaves something")
            check(empty or self.first == upcoming, "a position is skipped or given twice")
        except OSError:
            self.first = self.log.first
        self.settle()

    def step(self) -> None:
        """Do one thing, perhaps with an error or a crash inside."""
        self.fs.fail_write = not self.random.randrange(12)
        self.fs.fail_sync = not self.random.randrange(12)
        action = self.random.choice((*(self.append,) * 9, *(self.sync, self.trim) * 3, self.clear))
        try:
            with self.fs.fused(self.random.randrange(8) if not self.random.randrange(5) else None):
                action()
            if not self.random.randrange(12):
                raise Crash  # noqa: TRY301 - between calls, as within them
        except (Crash, LogFailed):
            self.stop()
            self.log = self.reopen()
        finally:
            self.fs.fail_write = self.fs.fail_sync = False


def run(random: Random, make: Callable[[Random], SimFileSystem] = SimFileSystem, steps: int = 40) -> LogModel:
    """Live one history; raises Violation (or whatever the broken log raises)."""
    model = LogModel(random, make)
    for _ in range(steps):
        model.step()
    return model
