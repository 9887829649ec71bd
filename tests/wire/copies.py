"""Both halves of the session where the agent's real spool is put back from an older image, or lives on two machines.

Streams break at any time; the collector stores at once and loses nothing. The law: whatever a machine still answers for
(what it emitted since, or had emitted when the image was made that it was put back to) is at the collector in the end.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from random import Random

from tramgac_agent.frames import SpoolReader
from tramgac_agent.outgoing import Outgoing, cut
from tramgac_agent.spool import SECOND, STAY_S, Spool
from tramgac_proto.session_pb2 import AgentMessage, CollectorMessage, Hello
from tramgac_wire import agent_session as a
from tramgac_wire import collector_session as c
from tramgac_wire.batch import pack, unpack

from tests.wire.logmodel import check
from tests.wire.simfs import SimFileSystem

LANES = (1, 2)
FLUSH = {1: 0, 2: 5_000_000_000}
FEW = 4


class Machine:
    """A host with a spool and an uplink, which do what the agent's two processes do."""

    def __init__(self, site: Site, fs: SimFileSystem, line: Iterable[bytes] = ()) -> None:
        self.site, self.fs = site, fs
        self.line = set(line)  # what it answers for
        self.boot = 0
        self.up: deque[AgentMessage] = deque()
        self.down: deque[CollectorMessage] = deque()
        self.start()

    def start(self) -> None:
        self.spool = Spool.open(
            Path("/spool"),
            cap_bytes=1 << 20,
            boot=str(self.boot),
            now=lambda: self.site.now,
            fs=self.fs,
            draw=self.site.draw,
        )
        self.outgoing = Outgoing(Path("/spool"), Path("/none"), self.fs)
        self.reader = SpoolReader(self.fs, Path("/spool"))
        self.session: a.AgentSession | None = None
        self.epoch = self.present = 0
        self.announce()

    def announce(self) -> None:
        """Say to the session what there is; another epoch means another session."""
        epoch, lanes = self.spool.heads()
        if self.session is None or epoch != self.epoch:
            self.site.cut(self)
            hello = Hello(version_low=1, version_high=1, epoch=epoch)
            self.session = a.AgentSession(
                hello,
                flush_ns=FLUSH,
                random=self.site.random.random,
                chain=lambda lane, at: self.outgoing.chain(epoch, lane, at),
            )
        self.epoch, self.present, self.lanes = epoch, self.spool.epoch, dict(lanes)
        self.session.keep(self.spool.kept_epochs if epoch == self.present else ())
        for lane, (first, upcoming) in lanes.items():
            if self.session is not None and self.epoch == epoch:
                self.run(self.session.available(lane, first, upcoming, self.site.now))

    def emit(self, lane: int, count: int) -> None:
        for _ in range(count):
            event = b"%08d" % self.site.count()
            self.line.add(event)
            self.spool.put(lane, event)
        self.spool.flush(durable=True)

    def run(self, commands: list[a.Command]) -> None:
        for command in commands:
            match command:
                case a.Connect():
                    self.site.connect(self)
                case a.Send(message):
                    self.up.append(message)
                case a.ReadAndSend(lane, first):
                    self.send(lane, first)
                case a.Forget(epoch, lane, sequence):
                    self.spool.acked(epoch, lane, sequence)
                case a.Held(epoch, lane, sequence):
                    self.spool.held(epoch, lane, sequence)
                case a.RenewEpoch(_, ahead):
                    self.renew(ahead)
                case a.Close():
                    self.site.cut(self)

    def renew(self, ahead: tuple[tuple[int, int], ...]) -> None:
        if self.epoch == self.present or not ahead:
            self.spool.renew(self.epoch)
        for lane, sequence in ahead if self.epoch != self.present else ():
            self.spool.acked(self.epoch, lane, sequence)
        self.session = None

    def send(self, lane: int, first: int) -> None:
        assert self.session is not None
        until = self.lanes.get(lane, (0, 0))[1]
        frames = self.reader.read(self.epoch, lane, first, until=until, limits=(60, FEW)) if first < until else []
        if not frames:
            self.run(self.session.sent(lane, first, first - 1, 0, self.site.now))
            return
        start, previous, blobs = cut(frames, first)
        self.up.append(AgentMessage(batch=pack(self.epoch, lane, start, previous, blobs, gap=start - first)))
        self.run(self.session.sent(lane, start, start + len(blobs) - 1, 100, self.site.now))

    def tick(self) -> None:
        self.spool.enforce()
        self.announce()
        assert self.session is not None
        self.site.now = max(self.site.now + 1_000_000, self.session.deadline() or 0)
        self.run(self.session.tick(self.site.now))


class Site:
    """The machines of one identity, and the collector. Planted bug: `chainless` says no chain in Welcome."""

    def __init__(self, random: Random, *, chainless: bool = False) -> None:
        self.random, self.chainless = random, chainless
        self.now = self.serial = self.epochs = 0
        self.stored: Counter[bytes] = Counter()
        self.marks: dict[int, dict[int, tuple[int, bytes]]] = {}
        self.session: c.CollectorSession | None = None
        self.caller: Machine | None = None
        self.kinds: Counter[str] = Counter()
        self.machines = [Machine(self, SimFileSystem(random))]
        self.image = self.copy()

    def count(self) -> int:
        self.serial += 1
        return self.serial

    def draw(self) -> int:
        self.epochs += 1
        return self.epochs

    def connect(self, machine: Machine) -> None:
        if self.caller is not None:
            self.cut(self.caller)
        self.caller = machine
        self.session = c.CollectorSession("h", acked=lambda epoch: self.marks.get(epoch, {}), clock=lambda: self.now)
        assert machine.session is not None
        machine.run(machine.session.opened(self.now, self.now))

    def cut(self, machine: Machine) -> None:
        """The stream ends at both ends; what was on the way is gone."""
        machine.up.clear()
        machine.down.clear()
        if self.caller is machine:
            self.caller = self.session = None
            if machine.session is not None:
                machine.run(machine.session.closed(self.now))

    def deliver(self) -> None:
        machine = self.caller
        if machine is not None and machine.up and self.session is not None:
            self.run(machine, self.session.received(machine.up.popleft(), self.now))
        if machine is not None and machine.down and machine.session is not None:
            machine.run(machine.session.received(machine.down.popleft(), self.now))

    def run(self, machine: Machine, commands: list[c.Command]) -> None:
        for command in commands:
            match command:
                case c.Send(message):
                    for mark in message.welcome.acked if self.chainless else ():
                        mark.chain = b""
                    machine.down.append(message)
                case c.Store(batch, skip):
                    self.stored.update(unpack(batch)[skip:])
                    self.marks.setdefault(batch.epoch, {})[batch.lane] = command.last, command.chain
                    if self.session is not None:
                        self.run(machine, self.session.stored(batch.epoch, batch.lane, command.last, command.chain))
                case c.Report(kind):
                    self.kinds[kind] += 1

    def copy(self) -> tuple[dict[str, bytes], set[bytes]]:
        """An image of the first machine's disk, and what it answers for; by luck made while the agent does not run."""
        machine = self.machines[0]
        machine.spool.flush(durable=True)
        if self.random.randrange(2):
            machine.spool.close()
            self.restart(machine)
        return machine.fs.image(), set(machine.line)

    def restart(self, machine: Machine, *, boot: bool = False) -> None:
        self.cut(machine)
        machine.session = None
        machine.boot += boot
        machine.fs.kill()
        machine.start()

    def put_back(self) -> None:
        machine = self.machines[0]
        image, line = self.image
        self.cut(machine)
        machine.fs, machine.line = SimFileSystem.holding(self.random, image), set(line)
        self.restart(machine)

    def double(self) -> None:
        image, line = self.image = self.copy()
        self.machines.append(Machine(self, SimFileSystem.holding(self.random, image), line))

    def step(self) -> None:
        machine = self.random.choice(self.machines)
        match self.random.randrange(12):
            case 0 | 1:
                machine.emit(self.random.choice(LANES), self.random.randrange(1, 2 * FEW))
            case 2:
                self.cut(machine)
            case 3 if self.random.randrange(3) == 0:
                self.restart(machine, boot=len(self.machines) == 1 and not self.random.randrange(4))
            case 4 | 5:
                machine.tick()
            case _:
                self.deliver()

    def heal(self) -> None:
        """Everything goes well for long enough, machine after machine: all must be there."""
        for machine in self.machines:
            for _ in range(400):
                self.now += STAY_S * SECOND // 20  # so long the present epoch is sent before it turns to an older one
                machine.tick()
                for _ in range(4):
                    self.deliver()
                waits = any(g.waiting for g in machine.spool._books.epochs)
                if not waits and not machine.up and not machine.down:
                    break
            check(machine.line <= set(self.stored), f"lost without a word: {sorted(machine.line - set(self.stored))}")
            books = [book.ledger for one in machine.spool._books.epochs for book in one.lanes.values()]
            check(all(book.balanced and not any(book.dropped.values()) for book in books), "the books do not balance")


def older_image(random: Random, steps: int = 60, **bugs: bool) -> Site:
    """Live, go back to an image from the middle, live on; raises Violation."""
    site = Site(random, **bugs)
    for _ in range(steps):
        site.step()
    site.image = site.copy()
    for _ in range(2):
        for _ in range(steps):
            site.step()
        site.put_back()
        site.machines[0].emit(2, random.randrange(3 * FEW))
        if not random.randrange(3):  # a power cut before the collector was heard
            site.restart(site.machines[0], boot=True)
    for _ in range(steps):
        site.step()
    site.heal()
    return site


def two_copies(random: Random, steps: int = 60, **bugs: bool) -> Site:
    """Live, then on two machines; raises Violation."""
    site = Site(random, **bugs)
    for _ in range(steps):
        site.step()
    site.double()
    for _ in range(2 * steps):
        site.step()
    site.heal()
    return site
