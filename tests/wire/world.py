"""Both halves of the session over two file systems that may crash and a network that may do anything.

The agent here spools one event a record and sends what it has synced; the collector appends batches to a log and
acknowledges after the sync. `World.check` holds the laws: nothing acknowledged is lost, nothing is there twice,
sequences have no holes but those the agent declared, and the agent's books balance.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random

from tramgac_proto.session_pb2 import AgentMessage, Batch, CollectorMessage, Hello
from tramgac_wire import agent_session, collector_session
from tramgac_wire.batch import pack, unpack
from tramgac_wire.chain import START, extend
from tramgac_wire.errors import LogFailed
from tramgac_wire.log import LogReader, SegmentLog

from tests.wire.logmodel import check
from tests.wire.simfs import Crash, SimFileSystem

EPOCH = 0xE
LANES = (1, 2)
FLUSH = {1: 0, 2: 5_000_000_000}
MAX_READ = 4


class Agent:
    """A small spool and the agent's session."""

    ring = 0
    """Segments of acknowledged events that are kept."""

    def __init__(self, world: World, make: Callable[[Random], SimFileSystem]) -> None:
        self.world = world
        self.fs = make(world.random)
        self.emitted: dict[int, list[bytes]] = {lane: [] for lane in LANES}  # by sequence - 1, what ever had one
        self.acked = dict.fromkeys(LANES, 0)
        self.dropped: dict[int, set[int]] = {lane: set() for lane in LANES}
        self.serial = 0
        self.start()

    def start(self) -> None:
        """Open the spool. Only synced events were ever shown to anyone, so the epoch goes on."""
        self.logs = {lane: SegmentLog.open(self.fs, f"/spool{lane}", segment_bytes=150) for lane in LANES}
        self.readers = {lane: LogReader(self.fs, f"/spool{lane}") for lane in LANES}
        for lane, log in self.logs.items():
            check(log.next >= max(self.acked[lane], self.world.shown[lane]), "the spool lost what it had shown")
            # What nobody had seen is as the log has it: an event whose append failed may be there after a crash.
            held = dict(self.readers[lane].read(log.first))
            self.emitted[lane] = [
                held[at] if at >= self.world.shown[lane] else self.emitted[lane][at] for at in range(log.next)
            ]
            check(all(self.emitted[lane][at] == event for at, event in held.items()), "the spool holds other events")
        hello = Hello(version_low=1, version_high=1, epoch=EPOCH)
        chain = lambda lane, at: extend(START, self.emitted[lane][:at])  # noqa: E731
        self.session = agent_session.AgentSession(hello, flush_ns=FLUSH, random=self.world.random.random, chain=chain)
        self.connection = 0
        for lane in LANES:
            self.run(self.tell(lane))

    def tell(self, lane: int) -> list[agent_session.Command]:
        log = self.logs[lane]
        self.world.shown[lane] = max(self.world.shown[lane], log.synced)
        return self.session.available(lane, log.first + 1, log.synced + 1, self.world.now)

    def emit(self, lane: int) -> None:
        self.serial += 1
        event = b"%d/%05d" % (lane, self.serial)
        self.emitted[lane].append(event)  # before: a crash inside may or may not have kept it
        try:
            position = self.logs[lane].append(event)
        except OSError:
            self.emitted[lane].pop()
            return
        check(position == len(self.emitted[lane]) - 1, "a sequence is skipped")

    def sync(self, lane: int) -> None:
        try:
            self.logs[lane].sync()
        except OSError:
            del self.emitted[lane][self.logs[lane].next :]
        self.run(self.tell(lane))

    def drop(self, lane: int) -> None:
        """Give up the oldest events, as a full spool does."""
        log = self.logs[lane]
        if len(log.segments) > 1:
            upto = log.segments[1].first
            self.dropped[lane] |= set(range(max(log.first, self.acked[lane]) + 1, upto + 1))  # before: see emit
            log.trim(upto)
            self.run(self.tell(lane))

    def run(self, commands: list[agent_session.Command]) -> None:
        for command in commands:
            match command:
                case agent_session.Connect():
                    self.world.connect()
                case agent_session.Send(message):
                    self.world.to_collector(message)
                case agent_session.ReadAndSend(lane, first):
                    self.read_and_send(lane, first)
                case agent_session.Forget(_, lane, sequence):
                    check(sequence > self.acked[lane] or sequence == self.acked[lane], "the mark went back")
                    self.acked[lane] = sequence
                    kept = self.logs[lane].segments[-1 - self.ring :][0].first
                    self.logs[lane].trim(min(sequence, kept))
                case agent_session.Close():
                    self.world.disconnect()
                case agent_session.RenewEpoch(reason):
                    check(False, f"the epoch is refused: {reason}")

    def read_and_send(self, lane: int, first: int) -> None:
        log = self.logs[lane]
        start = max(first - 1, log.first)
        if self.world.luck(6):
            start = max(log.first, start - 2)  # frames of a spool may begin before what was asked for
        limit = self.world.random.randrange(1, MAX_READ + 1)
        blobs = [blob for _, blob in self.readers[lane].read(start, until=min(log.synced, start + limit))]
        if not blobs:
            self.run(self.session.sent(lane, first, first - 1, 0, self.world.now))
            return
        previous = extend(START, self.emitted[lane][:start])
        message = AgentMessage(batch=pack(EPOCH, lane, start + 1, previous, blobs, gap=max(0, start + 1 - first)))
        self.world.to_collector(message)
        self.run(self.session.sent(lane, start + 1, start + len(blobs), 100, self.world.now))


class Collector:
    """A small ingest log and the collector's session.

    Planted bugs: `early` acknowledges, then syncs; `forgetful` does not skip what is there already.
    """

    def __init__(self, world: World, make: Callable[[Random], SimFileSystem], *, early: bool, forgetful: bool) -> None:
        self.world = world
        self.fs = make(world.random)
        self.image: dict[str, bytes] = {}
        self.early = early
        self.forgetful = forgetful
        self.declared: dict[int, set[int]] = {lane: set() for lane in LANES}
        self.start()

    def start(self) -> None:
        self.log = SegmentLog.open(self.fs, "/ingest", segment_bytes=600)
        self.session: collector_session.CollectorSession | None = None
        self.waiting: list[collector_session.Store] = []
        self.marks = {lane: (last, chain) for lane, (last, chain, _) in self.read().items()}

    def read(self) -> dict[int, tuple[int, bytes, dict[int, bytes]]]:
        """Return each lane's last sequence, chain and events by sequence, as the log has them; checks the laws."""
        lanes: dict[int, tuple[int, bytes, dict[int, bytes]]] = {}
        reader, position = LogReader(self.fs, "/ingest"), 0
        while records := reader.read(position):
            for at, record in records:
                position = at + 1
                batch, skip = Batch.FromString(record[1:]), record[0]
                last, chain, events = lanes.get(batch.lane, (0, START, {}))
                check(batch.first + skip > last, f"lane {batch.lane}: {batch.first + skip} is there twice")
                missing = set(range(last + 1, batch.first + skip))
                check(missing <= self.world.agent.dropped[batch.lane], f"a hole that nobody declared: {missing}")
                blobs = unpack(batch)
                chain = extend(batch.previous, blobs)
                events |= {batch.first + skip + n: blob for n, blob in enumerate(blobs[skip:])}
                lanes[batch.lane] = (batch.first + batch.count - 1, chain, events)
        return lanes

    def greet(self) -> None:
        self.commit()
        self.session = collector_session.CollectorSession("h", acked=lambda _: self.marks, clock=lambda: self.world.now)

    def run(self, commands: list[collector_session.Command]) -> None:
        for command in commands:
            match command:
                case collector_session.Send(message):
                    self.world.to_agent(message)
                case collector_session.Store(batch, skip):
                    self.log.append(bytes([0 if self.forgetful else skip]) + batch.SerializeToString())
                    self.waiting.append(command)
                    if self.early:
                        self.acknowledge()
                case collector_session.Close():
                    self.world.disconnect()
                case collector_session.Report("gap", _, _, lane, first, last):
                    self.declared[lane] |= set(range(first, last + 1))
                case collector_session.Report(kind, detail):
                    check(kind in {"epoch_new", "sequence_jump", "protocol"}, f"{kind}: {detail}")

    def commit(self) -> None:
        """The group commit."""
        try:
            self.log.sync()
        except OSError:
            self.waiting.clear()
            self.world.disconnect()
            return
        self.acknowledge()

    def acknowledge(self) -> None:
        for store in self.waiting:
            self.marks[store.batch.lane] = (store.last, store.chain)
        stores, self.waiting = self.waiting, []
        for store in stores:
            if self.session is not None:
                self.run(self.session.stored(EPOCH, store.batch.lane, store.last, store.chain))


class World:
    """The two and what lies between."""

    def __init__(
        self,
        random: Random,
        *,
        agent: Callable[[Random], SimFileSystem] = SimFileSystem,
        collector: Callable[[Random], SimFileSystem] = SimFileSystem,
        early: bool = False,
        forgetful: bool = False,
    ) -> None:
        self.random = random
        self.now = 0
        self.faults = True
        self.shown = dict.fromkeys(LANES, 0)
        self.up: deque[AgentMessage] = deque()
        self.down: deque[CollectorMessage] = deque()
        self.open = False
        self.crashes = 0
        self.agent = Agent(self, agent)
        self.collector = Collector(self, collector, early=early, forgetful=forgetful)

    def luck(self, n: int) -> bool:
        """True once in n, while there are faults."""
        return self.faults and not self.random.randrange(n)

    def connect(self) -> None:
        if self.luck(4):
            self.agent.session.closed(self.now)
            return
        self.open = True
        self.up.clear()
        self.down.clear()
        self.collector.greet()
        if not self.open:
            return  # the collector could not sync
        self.agent.run(self.agent.session.opened(self.now, self.now))

    def disconnect(self) -> None:
        """The stream ends at both ends; what was on the way is gone."""
        if self.open:
            self.open = False
            self.collector.session = None
            self.up.clear()
            self.down.clear()
            self.agent.run(self.agent.session.closed(self.now))

    def _put(self, queue: deque, message: AgentMessage | CollectorMessage) -> None:
        if not self.open or self.luck(15):
            return
        queue.append(message)
        if self.luck(15):
            queue.append(message)

    def to_collector(self, message: AgentMessage) -> None:
        self._put(self.up, message)

    def to_agent(self, message: CollectorMessage) -> None:
        self._put(self.down, message)

    def deliver_up(self) -> None:
        if self.up and self.collector.session is not None:
            self.collector.run(self.collector.session.received(self.up.popleft(), self.now))

    def deliver_down(self) -> None:
        if self.down:
            self.agent.run(self.agent.session.received(self.down.popleft(), self.now))

    def tick(self) -> None:
        """Let time pass: to the agent's next deadline if nothing is on its way (or by luck), else a little."""
        deadline = self.agent.session.deadline()
        idle = not self.up and not self.down and not self.collector.waiting
        self.now = max(self.now + 1, deadline or 0) if idle or self.luck(4) else self.now + 1_000_000
        self.agent.run(self.agent.session.tick(self.now))

    def actions(self) -> list[Callable[[], None]]:
        lane = self.random.choice(LANES)
        agent, collector = self.agent, self.collector
        work = [lambda: agent.emit(lane), lambda: agent.sync(lane), self.tick, self.deliver_up, self.deliver_down]
        work += [self.deliver_up, self.deliver_down, collector.commit]
        if self.luck(8):
            return [lambda: agent.drop(lane), self.disconnect]
        return work

    def step(self) -> None:
        """One thing happens; one side may crash in the middle of it."""
        action = self.random.choice(self.actions())
        side = self.random.choice((self.agent, self.collector))
        fuse = self.random.randrange(10) if self.luck(6) else None
        side.fs.fail_sync = self.luck(40)
        side.fs.fail_write = side is self.agent and self.luck(40)
        try:
            with side.fs.fused(fuse):
                action()
            if self.luck(25):
                raise Crash  # noqa: TRY301 - between calls, as within them
        except (Crash, LogFailed, OSError):
            self.restart(side)
        side.fs.fail_sync = side.fs.fail_write = False

    def restart(self, side: Agent | Collector) -> None:
        """Power cut or killed process."""
        self.crashes += 1
        side.fs.fuse = None
        other = self.agent.session if side is self.collector else None
        self.open = False
        self.up.clear()
        self.down.clear()
        self.collector.session = None
        if self.random.randrange(3):
            side.fs.crash()
        else:
            side.fs.kill()
        if other is not None:
            other.closed(self.now)
        side.start()
        self.check()

    def check(self) -> None:
        """Nothing acknowledged is lost, nothing is another event than it was, nothing missing but what was declared."""
        held = self.collector.read()
        for lane in LANES:
            _, _, events = held.get(lane, (0, START, {}))
            for sequence, event in events.items():
                check(event == self.agent.emitted[lane][sequence - 1], f"lane {lane}: {sequence} is another event")
            acked = set(range(1, self.agent.acked[lane] + 1)) - self.agent.dropped[lane]
            check(acked <= set(events), f"lane {lane}: acknowledged and lost: {acked - set(events)}")

    def put_back(self) -> dict[int, set[int]]:
        """Restore the collector from its image; what the agent keeps no more of what it then lacks, by lane."""
        self.disconnect()
        self.collector.fs = SimFileSystem.holding(self.random, self.collector.image)
        self.collector.start()
        beyond = {}
        for lane, log in self.agent.logs.items():
            mark, _ = self.collector.marks.get(lane, (0, START))
            beyond[lane] = set(range(mark + 1, min(log.first, self.agent.acked[lane]) + 1)) - self.agent.dropped[lane]
            self.agent.dropped[lane] |= beyond[lane]
            self.agent.acked[lane] = mark
        self.check()
        return beyond

    def heal(self) -> None:
        """No more faults: everything emitted must arrive, and the books must balance."""
        self.faults = False
        for lane in LANES:
            self.agent.sync(lane)
        for _ in range(3000):
            self.tick()
            self.deliver_up()
            self.collector.commit()
            self.deliver_down()
            if all(self.agent.acked[lane] == len(self.agent.emitted[lane]) for lane in LANES):
                break
        held = self.collector.read()
        for lane in LANES:
            emitted, dropped = len(self.agent.emitted[lane]), self.agent.dropped[lane]
            check(self.agent.acked[lane] == emitted or emitted in dropped, f"lane {lane}: stuck at {self.agent.acked}")
            events = set(held.get(lane, (0, START, {}))[2])
            check(set(range(1, emitted + 1)) - events <= dropped, f"lane {lane}: lost without a word")
        self.restart(self.collector)


def put_back(random: Random, ring: int, steps: int = 60) -> tuple[World, dict[int, set[int]]]:
    """Live a history, put the collector back to where it was in the middle of it, and go on; raises Violation."""
    world = World(random)
    world.agent.ring = ring
    for _ in range(steps):
        world.step()
    world.collector.image = world.collector.fs.image()
    for _ in range(2 * steps):
        world.step()
    world.heal()
    beyond = world.put_back()
    for lane in LANES:
        world.agent.emit(lane)  # the batch with it tells what is missing before it
    world.heal()
    for lane in LANES:
        check(beyond[lane] <= world.collector.declared[lane], f"lane {lane}: {beyond[lane]} are missing without a word")
    return world, beyond


def live(random: Random, steps: int = 120, **bugs: object) -> World:
    """Live one history; raises Violation."""
    world = World(random, **bugs)
    for _ in range(steps):
        world.step()
    world.heal()
    return world
