"""The uplink process: unprivileged, the only part that speaks with the network.

Facts come from three sides (the collector's stream, the sensor process's socket, the clock) into one queue; one task
takes them in turn, gives them to the session and carries out what it commands.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import signal
import socket
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from tramgac_proto.session_pb2 import AgentMessage, ContentReport, Hello, SampleRefusal
from tramgac_wire import agent_session as session
from tramgac_wire.agent_session import AgentSession
from tramgac_wire.limits import CONTENT, DICTIONARY, MAX_TEXT, SAMPLE, VERSION_HIGH, VERSION_LOW

from tramgac_agent import VERSION, errands, pace, packets
from tramgac_agent import identity as identities
from tramgac_agent.errors import ErrandFailed
from tramgac_agent.link import Closed, Fact, Heard, Link, Opened, Written
from tramgac_agent.notify import notify, watchdog_s
from tramgac_agent.outgoing import Outgoing
from tramgac_agent.packets import Acked, Content, Heads, Lost, Message, NoSample, Renew, Sample, Skew, WantSample
from tramgac_agent.parent import end_with_parent
from tramgac_agent.privileges import drop
from tramgac_agent.regular import after_sleep, keep_alive
from tramgac_agent.samples import Budget
from tramgac_agent.sensorlink import SensorLink, discard
from tramgac_agent.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from tramgac_proto.session_pb2 import CollectorMessage

    from tramgac_agent.config import AgentConfig
    from tramgac_agent.identity import Identity

_log = logging.getLogger(__name__)
URGENT: Final = 1
LAST_S: Final = 3.0
"""How long events may still be sent after SIGTERM."""
SENSOR_S: Final = 5.0
"""How long after SIGTERM the sensor process may take to leave its last words; with LAST_S as long as `run` waits."""
MINUTE_S: Final = 60.0
IDLE_S: Final = 5.0


class Uplink:
    """One host's uplink.

    Args:
        config: Settings.
        identity: Key and certificate.
        paired: A signal that ends this process most likely ends the sensor process too (both are parts of one `run`):
            its last words are waited for.
    """

    def __init__(self, config: AgentConfig, identity: Identity, *, paired: bool = False) -> None:
        self._config = config
        self._paired = paired
        self._paths = config.paths
        self._identity = identity
        self._facts: asyncio.Queue[Fact | Message | None] = asyncio.Queue()
        self._link = Link(config.collector, config.keepalive_s, self._facts.put_nowait)
        self._sensor = SensorLink(
            self._paths.sensor_socket, self._facts.put_nowait, lambda: self._facts.put_nowait(None)
        )
        self._outgoing = Outgoing(self._paths.spool, self._paths.dictionary)
        self._budget = Budget(config.sample_bytes_per_s)
        self._session: AgentSession | None = None
        self._heads: Heads | None = None
        self._content = self._throttled = 0
        self._chains: dict[int, tuple[int, bytes]] = {}
        self._acked: dict[int, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # A dropped script does not wait behind a browser's megabytes; the budget is shared by all that are under way.
        self._small, self._large = asyncio.Semaphore(2), asyncio.Semaphore(1)
        self._stopping = self._last_words_until = 0.0
        self._closing = ""
        self._failed: BaseException | None = None
        self.standing = Standing(self._paths.uplink_status, certificate_ends=identity.not_after.timestamp())

    async def run(self) -> None:
        """Until stop(). Raises ErrandFailed: a session that waits for an errand would wait for ever."""
        self._spawn(self._sensor.run())
        self._spawn(self._minutely())
        self._spawn(after_sleep(self._link.close))  # whatever was at its other end has given it up
        self.standing.become("no_sensor")
        try:
            while not self._finished():
                if self._failed:
                    raise ErrandFailed(f"uplink: {self._failed!r}") from self._failed
                fact = await self._next()
                if fact is not None:
                    await self._take(fact)
                if self._session:
                    if self._stopping:
                        self._session.hurry()
                    await self._do(self._session.tick(time.monotonic_ns()))
                self.standing.refresh()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._link.close()
            self.standing.become("failed" if self._failed else "stopped", repr(self._failed) if self._failed else "")

    def stop(self) -> None:
        """End as soon as all events are acknowledged, at the latest after a few seconds; urgent ones go first."""
        now = time.monotonic()
        self._stopping = now + LAST_S
        if self._paired and not self._last_words_until:
            self._last_words_until = now + SENSOR_S
        self._facts.put_nowait(None)

    def _finished(self) -> bool:
        if not self._stopping:
            return False
        if self._sensor.connected and time.monotonic() < self._last_words_until:
            self._stopping = time.monotonic() + LAST_S
            return False
        drained = self._facts.empty() and not any(map(self._waits, self._heads.lanes if self._heads else ()))
        connected = self._session is not None and self._session.connected
        return time.monotonic() >= self._stopping or not connected or drained

    def _waits(self, lane: int) -> bool:
        """Whether events of a lane are not yet acknowledged."""
        first, upcoming = self._heads.lanes.get(lane, (1, 1)) if self._heads else (1, 1)
        return upcoming - 1 > max(self._acked.get(lane, 0), first - 1)

    async def _next(self) -> Fact | Message | None:
        """The next fact; None when it is time for a tick."""
        deadline = self._session.deadline() if self._session else None
        wait = IDLE_S if deadline is None else max(0.0, min(IDLE_S, deadline / 1e9 - time.monotonic()))
        if self._stopping:
            wait = min(wait, 0.05)
        try:
            async with asyncio.timeout(wait):
                return await self._facts.get()
        except TimeoutError:
            return None

    async def _take(self, fact: Fact | Message) -> None:
        """One fact."""
        match fact:
            case Opened() | Heard() | Written() | Closed():
                if fact.stream == self._link.stream and self._session:
                    await self._do(self._of_link(self._session, fact))
            case Heads():
                await self._announced(fact)
            case Content():
                await self._decided(fact)
            case Sample():
                self._spawn(self._send_sample(fact))
            case NoSample(sha256, reason):
                await self._say_refusal(SampleRefusal(sha256=sha256, reason=reason))
            case _:
                discard(fact)

    def _of_link(self, ours: AgentSession, fact: Fact) -> list[session.Command]:
        """What the session makes of a fact of its stream."""
        now = time.monotonic_ns()
        match fact:
            case Opened():
                self.standing.connects += 1
                ours.pace(pace.now(self._config))
                return ours.opened(now, time.time_ns())
            case Heard(_, message):
                self._note(message.WhichOneof("message"), message)
                return ours.received(message, now)
            case Written(_, lane, first, last, size):
                self.standing.batches += last >= first
                self.standing.events += max(0, last - first + 1)
                self.standing.bytes += size
                return ours.sent(lane, first, last, size, now)
            case Closed(_, reason):
                self.standing.become("waiting", self._closing or reason)
                self._closing = ""
                return ours.closed(now)

    def _note(self, kind: str | None, message: CollectorMessage) -> None:
        """What people want to know of a message."""
        if kind == "welcome":
            self.standing.welcome(message.welcome.incarnation)
        elif kind == "goodbye":
            self.standing.goodbye(message.goodbye)
        elif kind == "throttle":
            self.standing.hold(message.throttle.wait_ms)
            self._throttled = time.monotonic_ns() + min(message.throttle.wait_ms, session.MAX_THROTTLE_MS) * 1_000_000

    async def _do(self, commands: Iterable[session.Command]) -> None:
        """Carry out what the session commands."""
        for command in commands:
            match command:
                case session.Connect():
                    self.standing.become("connecting")
                    self._link.connect(self._identity)
                case session.Send(message):
                    self._link.send(message)
                case session.ReadAndSend():
                    self._spawn(self._send_batch(self._link.stream, command))
                case session.Close(reason):
                    self._closing = reason
                    await self._link.close()
                case session.Fetch(version):
                    self._spawn(self._fetch(version))
                case _:
                    self._pass_on(command)

    def _pass_on(self, command: session.Command) -> None:
        """What the sensor process is to do or to know."""
        match command:
            case session.Forget(epoch, lane, sequence):
                self._sensor.say(Acked(epoch, lane, sequence))
                self.standing.took()
                self._acked[lane] = sequence
            case session.Held(epoch, lane, sequence):
                self._sensor.say(packets.Held(epoch, lane, sequence))
            case session.SampleWanted(sha256, limit):
                self._sensor.say(WantSample(sha256, limit))
            case session.RulesChosen(quiet, urgent):
                self._sensor.say(packets.Choices(quiet, urgent))
            case session.Skew(ns):
                self.standing.skew_ns = ns
                self._sensor.say(Skew(ns))
            case session.RenewEpoch(reason, ahead):
                self._renew_epoch(reason, ahead)

    def _renew_epoch(self, reason: str, ahead: tuple[tuple[int, int], ...]) -> None:
        """The collector has more under this epoch than the spool, or something else.

        An older epoch that lost its tail in a power cut has more there by right: the spool knows whether it may have.
        """
        heads = self._heads
        if heads is None:
            return
        if heads.epoch == heads.present or not ahead:
            self._sensor.say(Renew(heads.epoch, reason[:200]))
        else:
            for lane, sequence in ahead:
                self._sensor.say(Acked(heads.epoch, lane, sequence))
        self._session = None
        self._heads = None

    async def _announced(self, heads: Heads) -> None:
        """The sensor process says what there is: another epoch means another session."""
        if self._session is None or self._heads is None or heads.epoch != self._heads.epoch:
            await self._link.abandon()
            self._session = AgentSession(
                self._hello(heads),
                flush_ns=pace.now(self._config),
                random=pace.jitter,
                chain=partial(self._outgoing.chain, heads.epoch),
                throttled_until=self._throttled,
            )
            self._session.compress(self._outgoing.load())
            self._chains.clear()
            self._acked.clear()
        self._heads = heads
        self._session.keep(heads.kept if heads.epoch == heads.present else ())
        for lane, (first, upcoming) in heads.lanes.items():
            await self._do(
                self._session.available(lane, first, upcoming, time.monotonic_ns(), heads.sizes.get(lane, 0))
            )

    def _hello(self, heads: Heads) -> Hello:
        return Hello(
            version_low=VERSION_LOW,
            version_high=VERSION_HIGH,
            capabilities=[CONTENT, SAMPLE, DICTIONARY],
            agent_version=VERSION,
            epoch=heads.epoch,
            present=heads.present if heads.present != heads.epoch else 0,
            content=self._content,
            hostname=socket.gethostname()[:MAX_TEXT],
            heard=int(self.standing.collectors[-1], 16) if self.standing.collectors else 0,
        )

    async def _send_batch(self, stream: int, wish: session.ReadAndSend) -> None:
        """Read, pack and send what is wished for."""
        lane, first, heads = wish.lane, wish.first, self._heads
        epoch, until = (heads.epoch, heads.lanes.get(lane, (0, 0))[1]) if heads else (0, 0)
        made = await asyncio.to_thread(self._outgoing.take, epoch, wish, until)
        self.standing.failures = self._outgoing.failures
        if made.lost:
            self._sensor.say(Lost(epoch, lane, *made.lost))
        if stream != self._link.stream:
            return
        if made.batch is None:
            self._facts.put_nowait(Written(stream, lane, first, first - 1, 0))
            return
        batch = made.batch
        last = batch.first + batch.count - 1
        self._chains[lane] = (last, made.chain)
        self._link.send(AgentMessage(batch=batch), Written(stream, lane, batch.first, last, len(batch.events)))

    async def _fetch(self, version: int) -> None:
        report = await errands.fetch_content(self._paths, self._link, self._sensor, version)
        if report:
            report.current = self._content
            self.standing.content = f"{version}: {report.reason}"
            if self._session:
                await self._do(self._session.content(report, time.monotonic_ns()))

    async def _decided(self, content: Content) -> None:
        """The sensor process took a bundle into force, or refused it; version 0 only says which one is in force."""
        self._content = content.current
        if not content.version:
            return
        self.standing.content = f"{content.version}: {content.reason or 'loaded'}"
        report = ContentReport(
            version=content.version, loaded=content.loaded, reason=content.reason, current=content.current
        )
        if self._session:
            self._session.compress(self._outgoing.load())
            await self._do(self._session.content(report, time.monotonic_ns()))

    async def _send_sample(self, sample: Sample) -> None:
        async with self._small if sample.size <= errands.SMALL_SAMPLE else self._large:
            refusal = await errands.send_sample(self._link, sample, self._budget, self._busy)
        self.standing.samples += refusal is None
        if refusal:
            await self._say_refusal(refusal)

    async def _say_refusal(self, refusal: SampleRefusal) -> None:
        if self._session:
            await self._do(self._session.say(AgentMessage(sample=refusal), time.monotonic_ns()))

    def _busy(self) -> bool:
        """Urgent events wait: samples stand aside."""
        return self._waits(URGENT)

    async def _minutely(self) -> None:
        """Checkpoints and the certificate, once a minute while connected."""
        while True:
            await asyncio.sleep(MINUTE_S)
            if not self._session or not self._session.connected or not self._heads:
                continue
            self._session.pace(pace.now(self._config))
            chains, self._chains = self._chains, {}
            for message in errands.checkpoints(self._heads.epoch, chains, self._identity.key):
                await self._do(self._session.say(message, time.monotonic_ns()))
            now = dt.datetime.now(dt.UTC) + dt.timedelta(microseconds=self.standing.skew_ns // 1000)
            if fresh := await errands.renew(self._paths, self._link, self._identity, now):
                self._identity = fresh
                self.standing.certificate_ends = fresh.not_after.timestamp()
                await self._link.close()  # the next stream uses it

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nothing that is done beside the facts fails silently."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("uplink: %r", error, exc_info=error)
            self._failed = error
            self._facts.put_nowait(None)


def run(config: AgentConfig, parent: int = 0) -> int:
    """The process: until SIGTERM, SIGINT or the end of `parent`.

    Raises NotEnrolled, IdentityError, NotPermitted, Unreadable, ErrandFailed.
    """
    user = drop(config.uplink_user)
    if parent:
        end_with_parent(parent)
    uplink = Uplink(config, identities.load(config.paths), paired=bool(parent))
    uplink.standing.user = user
    asyncio.run(_main(uplink))
    return 0


async def _main(uplink: Uplink) -> None:
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(uplink.stop))
    else:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, uplink.stop)
    notify("READY=1")
    watchdog = asyncio.create_task(keep_alive(watchdog_s()))
    await uplink.run()
    watchdog.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watchdog
