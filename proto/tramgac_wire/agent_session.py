"""The agent's half of the dialogue: facts in, commands out; no socket, no clock, no file.

The link carries out the commands and tells what came of them:

    connect ──► opened ──► Send(Hello) … received(Welcome) ──► ReadAndSend … sent … received(Ack) ──► Forget
       ▲                                                                                               │
       └──────────────── closed ◄── Close(reason), or the network ◄───────────────────────────────────┘

One session lives as long as one epoch of the spool, over any number of connections. At most one ReadAndSend is
outstanding; the urgent lane goes first. Time is nanoseconds of any monotonic clock, passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, auto
from functools import partial
from typing import Final

from tramgac_proto.event_pb2 import Lane
from tramgac_proto.session_pb2 import (
    AgentMessage,
    CollectorMessage,
    ContentOffer,
    ContentReport,
    Goodbye,
    Hello,
    LaneAck,
    Reason,
    RuleChoices,
    Welcome,
)

from tramgac_wire.agent_commands import (
    Close,
    Command,
    Connect,
    Fetch,
    Forget,
    Held,
    ReadAndSend,
    RenewEpoch,
    RulesChosen,
    SampleWanted,
    Send,
    Skew,
)
from tramgac_wire.agent_lane import AgentLane, InFlight, Verdict
from tramgac_wire.backoff import SECOND, Backoff
from tramgac_wire.errors import LimitError
from tramgac_wire.limits import MAX_KEPT, WINDOW_BATCHES, WINDOW_BYTES
from tramgac_wire.rule_marks import parted

WELCOME_NS: Final = 30 * SECOND
"""How long to wait for the answer to Hello."""
ACK_NS: Final = 120 * SECOND
"""How long batches may be out without any acknowledgement: the window takes 16 s at 2 Mbit/s."""
STEADY_NS: Final = 60 * SECOND
"""A stream that lasted so long was no failure."""
UNWELCOME_NS: Final = 60 * SECOND
"""Not to come back earlier when the collector refuses this host or this version, unless it says."""
LANES: Final = frozenset(Lane.values()) - {Lane.LANE_UNSPECIFIED}
MAX_THROTTLE_MS: Final = 3_600_000
"""A longer Throttle is taken as this."""


__all__ = [
    "AgentSession",
    "Close",
    "Command",
    "Connect",
    "Fetch",
    "Forget",
    "Held",
    "ReadAndSend",
    "RenewEpoch",
    "RulesChosen",
    "SampleWanted",
    "Send",
    "Skew",
]


class _Phase(Enum):
    WAITING = auto()
    CONNECTING = auto()
    GREETING = auto()
    OPEN = auto()
    CLOSING = auto()
    ENDED = auto()


class AgentSession:
    """The agent's half of the dialogue, for one epoch."""

    def __init__(
        self,
        hello: Hello,
        *,
        flush_ns: Mapping[int, int],
        random: Callable[[], float],
        chain: Callable[[int, int], bytes | None],
        throttled_until: int = 0,
    ) -> None:
        """Take what to say first and how long each lane's events may wait. The first tick() connects.

        Args:
            hello: template; `clock` is filled in at opened(), `content` is kept up to date.
            flush_ns: by lane, how long the oldest unsent event may wait, nanoseconds; 0: send at once.
            random: numbers in [0, 1), for the back-off.
            chain: by lane and sequence, the chain there of what the spool holds; None where it cannot be read.
            throttled_until: as a Throttle said that an earlier session heard: it holds for the host.
        """
        self._hello = Hello()
        self._hello.CopyFrom(hello)
        self._flush_ns = dict(flush_ns)
        self._hurried = False
        self._backoff = Backoff(random)
        self._chain = chain
        self._lanes: dict[int, AgentLane] = {}
        self._phase = _Phase.WAITING
        self._connect_at = 0
        self._opened_at = 0
        self._retry_after = 0
        self._reading: int | None = None
        self._in_flight: list[InFlight] = []
        self._progress_at = 0
        self._along = 0  # when a lane went last whose time had come
        self._throttled_until = throttled_until
        self._offered = 0
        self._report: ContentReport | None = None
        self._dictionary = 0
        self._known: frozenset[int] = frozenset()  # dictionaries that the collector has, as it said on this stream
        self._unwanted: set[int] = set()

    @property
    def connected(self) -> bool:
        """Whether Welcome was received on the present stream."""
        return self._phase is _Phase.OPEN

    def opened(self, now: int, clock: int) -> list[Command]:
        """A stream is open. `clock` is the host's wall clock, nanoseconds since 1970, raw."""
        self._phase = _Phase.GREETING
        self._opened_at = now
        self._offered = 0
        self._hello.clock = clock
        return [Send(AgentMessage(hello=self._hello))]

    def closed(self, now: int) -> list[Command]:
        """The stream ended or could not be opened, for whatever reason; what was not acknowledged is sent again."""
        if self._phase is _Phase.ENDED:
            return []
        if self._phase in {_Phase.OPEN, _Phase.CLOSING} and now - self._opened_at >= STEADY_NS:
            self._backoff.reset()
        self._phase = _Phase.WAITING
        self._connect_at = now + self._backoff.delay(self._retry_after)
        self._retry_after = 0
        self._reading = None
        self._in_flight.clear()
        self._known = frozenset()
        return []

    def received(self, message: CollectorMessage, now: int) -> list[Command]:
        """Take a message from the collector; one of a kind that this program does not know is passed over."""
        kind = message.WhichOneof("message")
        if self._phase not in {_Phase.GREETING, _Phase.OPEN} or kind is None:
            return []
        if kind != "goodbye" and (kind == "welcome") != (self._phase is _Phase.GREETING):
            return self._close(f"{kind} came {'before Welcome' if self._phase is _Phase.GREETING else 'twice'}")
        commands: list[Command] = []
        match kind:
            case "goodbye":
                commands = self._on_goodbye(message.goodbye)
            case "welcome":
                commands = self._on_welcome(message.welcome, now)
            case "ack":
                commands = self._on_ack(message.ack.epoch, message.ack.lanes, now)
            case "throttle":
                self._throttled_until = now + min(message.throttle.wait_ms, MAX_THROTTLE_MS) * 1_000_000
            case "content":
                commands = self._on_offer(message.content)
            case "sample":
                commands = [SampleWanted(message.sample.sha256, message.sample.limit)]
            case "rules":
                commands = self._on_choices(message.rules)
        return commands

    def available(self, lane: int, first: int, next: int, now: int, size: int = 0) -> list[Command]:  # noqa: A002 - the log's word
        """The spool holds the sequences first to next - 1 of a lane (first == next: none), of so many bytes.

        To be said of each lane in which anything waits before the first tick(): marks are compared with it.
        """
        state = self._lanes.setdefault(lane, AgentLane())
        state.first = first
        state.mean = size / (next - first) if next > first else state.mean
        if not state.waiting:
            state.since = now
        state.next = max(state.next, next, first)
        if self.connected and state.next and state.acked >= state.next:
            return self._ahead((lane,))
        return self._pump(now)

    def sent(self, lane: int, first: int, last: int, size: int, now: int) -> list[Command]:
        """A ReadAndSend was carried out: sequences first to last, size bytes on the wire; last < first: none there."""
        if self._reading != lane:
            return []  # of a stream that has ended since
        self._reading = None
        state = self._lanes[lane]
        if last < first:
            state.next = state.cursor  # until the spool says again what it holds
            return self._pump(now)
        state.cursor = max(state.cursor, last + 1)
        if state.cursor >= state.goal:
            state.since = now
        if last > state.acked:
            if not self._in_flight:
                self._progress_at = now
            self._in_flight.append(InFlight(lane, last, size))
        return self._pump(now)

    def content(self, report: ContentReport, now: int) -> list[Command]:  # noqa: ARG002 - each input has its time
        """Something became of a content offer: tell the collector, now or when connected."""
        self._hello.content = report.current
        self._report = report
        return self._tell_report() if self.connected else []

    def keep(self, epochs: Sequence[int]) -> None:
        """Acknowledged events of these earlier epochs are kept: each Hello asks what the collector holds of them."""
        del self._hello.kept[:]
        self._hello.kept.extend(epochs[:MAX_KEPT])

    def compress(self, dictionary: int) -> None:
        """We have the dictionary of this number, 0 for none: what is read from now on may be compressed with it."""
        self._dictionary = dictionary

    def say(self, message: AgentMessage, now: int) -> list[Command]:  # noqa: ARG002 - each input has its time
        """Send a message that may be lost (checkpoint, sample refusal); nothing if not connected."""
        return [Send(message)] if self.connected else []

    def pace(self, flush_ns: Mapping[int, int]) -> None:
        """From the next tick on events may wait so long, by lane; after hurry() nothing changes."""
        if not self._hurried:
            self._flush_ns = dict(flush_ns)

    def hurry(self) -> None:
        """The program ends soon: from the next tick on nothing waits for company."""
        self._hurried = True
        self._flush_ns.clear()

    def tick(self, now: int) -> list[Command]:
        """The time of deadline() has come, or any other moment."""
        if self._phase is _Phase.WAITING and now >= self._connect_at:
            self._phase = _Phase.CONNECTING
            return [Connect()]
        if self._phase is _Phase.GREETING and now >= self._opened_at + WELCOME_NS:
            return self._close(f"no Welcome within {WELCOME_NS // SECOND} s")
        if self._phase is _Phase.OPEN and self._in_flight and now >= self._progress_at + ACK_NS:
            return self._close(f"no acknowledgement for {ACK_NS // SECOND} s")
        return self._pump(now)

    def deadline(self) -> int | None:
        """When to call tick() next; None: not before another input."""
        if self._phase is _Phase.WAITING:
            return self._connect_at
        if self._phase is _Phase.GREETING:
            return self._opened_at + WELCOME_NS
        if self._phase is not _Phase.OPEN:
            return None
        times = [self._progress_at + ACK_NS] if self._in_flight else []
        if self._reading is None:
            times += [self._due(lane) for lane, state in self._lanes.items() if state.waiting and self._room(lane)]
        return min(times, default=None)

    def _close(self, reason: str) -> list[Command]:
        self._phase = _Phase.CLOSING
        return [Close(reason)]

    def _renew(self, reason: str, ahead: tuple[tuple[int, int], ...] = ()) -> list[Command]:
        self._phase = _Phase.ENDED
        return [RenewEpoch(reason, ahead), Close(reason)]

    def _ahead(self, lanes: Sequence[int]) -> list[Command]:
        """The collector has what the spool has not given yet: the spool was put back to an earlier state."""
        marks = tuple((lane, self._lanes[lane].acked) for lane in lanes)
        told = (f"lane {n}: the collector holds {at}, the spool is before {self._lanes[n].next}" for n, at in marks)
        return self._renew("; ".join(told), marks)

    def _on_goodbye(self, goodbye: Goodbye) -> list[Command]:
        name = Reason.Name(goodbye.reason) if goodbye.reason in Reason.values() else goodbye.reason
        reason = f"the collector said {name}"
        if goodbye.detail:
            reason += f": {goodbye.detail}"
        if goodbye.reason == Reason.REASON_EPOCH:
            return self._renew(reason)
        if goodbye.reason == Reason.REASON_DICTIONARY:
            self._unwanted.add(self._dictionary)
        self._retry_after = goodbye.retry_after_ms * 1_000_000
        if goodbye.reason in {Reason.REASON_REVOKED, Reason.REASON_VERSION}:
            self._retry_after = max(self._retry_after, UNWELCOME_NS)
        return self._close(reason)

    def _on_welcome(self, welcome: Welcome, now: int) -> list[Command]:
        if not self._hello.version_low <= welcome.version <= self._hello.version_high:
            return self._close(f"the collector chose version {welcome.version}, which was not offered")
        self._phase = _Phase.OPEN
        self._hello.heard = welcome.incarnation or self._hello.heard
        way = (now - self._opened_at) // 2
        skew = welcome.clock - self._hello.clock - way
        # Half of the way there and back is how wrong the measurement may be: nothing finer is corrected.
        commands: list[Command] = [Skew(skew if abs(skew) > way else 0)]
        acked: dict[int, LaneAck] = {mark.lane: mark for mark in welcome.acked}
        verdicts: dict[Verdict, list[int]] = {verdict: [] for verdict in Verdict}
        for lane in sorted({*acked.keys() & LANES, *self._lanes}):  # others are of a newer agent that was here before
            state, mark = self._lanes.setdefault(lane, AgentLane()), acked.get(lane, LaneAck())
            verdict = state.judge(mark.sequence, mark.chain, partial(self._chain, lane))
            verdicts[verdict].append(lane)
            state.acked, state.cursor, state.goal = mark.sequence, mark.sequence + 1, 0
            if verdict is Verdict.OURS:
                state.forgotten = max(state.forgotten, state.acked)
                commands.append(Held(self._hello.epoch, lane, state.acked))
                commands += [Forget(self._hello.epoch, lane, state.acked)] if state.acked else []
        if others := verdicts[Verdict.OTHERS]:
            return commands + self._renew(f"lanes {others}: the collector holds other events than the spool")
        if ahead := verdicts[Verdict.AHEAD]:
            return commands + self._ahead(ahead)
        for kept in welcome.kept:
            safe = {mark.lane: mark.sequence for mark in kept.acked}
            commands += [Held(kept.epoch, lane, safe.get(lane, 0)) for lane in sorted(LANES)]
        commands += self._tell_report()
        commands += self._on_offer(welcome.content)
        return commands + self._pump(now)

    def _on_ack(self, epoch: int, marks: Iterable[LaneAck], now: int) -> list[Command]:
        if epoch != self._hello.epoch:
            return self._close(f"an acknowledgement of epoch {epoch:016x}, ours is {self._hello.epoch:016x}")
        commands: list[Command] = []
        for mark in marks:
            state = self._lanes.setdefault(mark.lane, AgentLane())
            # The answer to a batch may be here before the link says that it was sent.
            limit = state.next if self._reading == mark.lane else state.cursor
            if mark.sequence >= limit:
                return self._close(f"lane {mark.lane}: acknowledged {mark.sequence}, sent up to {limit - 1}")
            if mark.sequence <= state.acked:
                continue
            state.acked = mark.sequence
            state.forgotten = max(state.forgotten, mark.sequence)
            self._in_flight = [out for out in self._in_flight if out.lane != mark.lane or out.last > mark.sequence]
            self._progress_at = now
            self._backoff.reset()
            commands.append(Forget(epoch, mark.lane, mark.sequence))
        return commands + self._pump(now)

    def _on_offer(self, offer: ContentOffer) -> list[Command]:
        self._known = frozenset(offer.dictionaries)
        if offer.version <= max(self._hello.content, self._offered):
            return []
        self._offered = offer.version
        return [Fetch(offer.version)]

    def _on_choices(self, choices: RuleChoices) -> list[Command]:
        try:
            parted(choices.quiet + choices.urgent)
            parted(choices.quiet)
        except LimitError as error:
            return self._close(f"what people chose for rules: {error}")
        return [RulesChosen(choices.quiet, choices.urgent)]

    def _tell_report(self) -> list[Command]:
        if self._report is None:
            return []
        report, self._report = self._report, None
        return [Send(AgentMessage(content=report))]

    def _room(self, lane: int) -> bool:
        if lane == Lane.LANE_URGENT:
            return True
        return len(self._in_flight) < WINDOW_BATCHES and sum(out.size for out in self._in_flight) < WINDOW_BYTES

    def _due(self, lane: int) -> int:
        """When the events that wait in a lane are to be sent."""
        state = self._lanes[lane]
        full = state.full or state.since < self._along
        due = state.since if full else state.since + self._flush_ns.get(lane, 0)
        return due if lane == Lane.LANE_URGENT else max(due, self._throttled_until)

    def _pump(self, now: int) -> list[Command]:
        """Ask for the next batch, of the most urgent lane that is due."""
        if not self.connected or self._reading is not None:
            return []
        for lane, state in sorted(self._lanes.items()):
            if state.waiting and self._room(lane) and self._due(lane) <= now:
                self._reading = lane
                if lane != Lane.LANE_URGENT and not state.full:
                    self._along = now  # what waits in others goes as well: one wait for the disk and one Ack do for all
                if state.cursor >= state.goal:
                    state.goal = state.next
                usable = self._dictionary in self._known - self._unwanted
                return [ReadAndSend(lane, state.cursor, self._dictionary if usable else 0)]
        return []
