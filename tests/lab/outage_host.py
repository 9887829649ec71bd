"""A host of the outage lane: the agent's own spool, triage and duties in one process, under a clock that is given.

It does what the sensor process does, with events that somebody hands in. Its uplink is the real one, when there is a
line. Machines are switched on and off, and lose power. Not a lane itself.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tramgac_agent import config, frames
from tramgac_agent.downtime import Downtime
from tramgac_agent.duties import Duties
from tramgac_agent.errors import EventTooLarge, SpoolError
from tramgac_agent.health import Losses, health
from tramgac_agent.lens import Standing
from tramgac_agent.paths import LANES
from tramgac_agent.sensors.ladder import Report
from tramgac_agent.spool import Spool
from tramgac_agent.triage import Triage
from tramgac_proto.event_pb2 import LANE_SECURITY, LANE_URGENT, MECHANISM_AGENT, SENSOR_STATE_ALIVE, Event

from tests.lab.outage_disk import Metered
from tests.lab.outage_truth import Truth

SECOND = 1_000_000_000
_RECORD = 8  # bytes before a record's payload in a segment
_NUMBERS = {name: lane for lane, name in LANES.items()}
_SENSORS = [Report(name, "ebpf", SENSOR_STATE_ALIVE, "") for name in ("process", "file", "network")]


@dataclass
class Host:
    """One host; `now` is its monotonic clock, nanoseconds, and `began` the wall clock at 0."""

    state: Path
    began: int
    now: int = 0
    truth: Truth = field(default_factory=Truth)
    boots: int = 0
    _spool: Spool | None = None
    _duties: Duties | None = None
    reported: int = 0
    """When health was told last, wall clock."""
    _enforced: int = 0
    _lying: dict[int, int] = field(default_factory=dict)  # by lane, the last sequence that was written to the disk
    _safe: dict[int, int] = field(default_factory=dict)  # and the last one that a power cut leaves

    def __post_init__(self) -> None:
        """Nothing is switched on yet."""
        self.settings = config.load(self.state)
        self.disk = Metered(self._wrote, self._synced)
        self.triage = Triage("linux")
        self.losses = Losses()

    @property
    def spool(self) -> Spool:
        """The spool of a machine that is on."""
        assert self._spool is not None
        return self._spool

    @property
    def duties(self) -> Duties:
        """The sensor process's other duties."""
        assert self._duties is not None
        return self._duties

    @property
    def wall(self) -> int:
        """Its wall clock, nanoseconds since 1970."""
        return self.began + self.now

    def boot(self) -> None:
        """Switch on."""
        self.boots += 1
        given, boot = self.settings, f"boot{self.boots}"
        self._spool = Spool.open(
            given.paths.spool,
            cap_bytes=given.spool_bytes,
            age_s=given.spool_age_s,
            recent=(given.recent_bytes, given.recent_age_s),
            boot=boot,
            now=lambda: self.now,
            fs=self.disk,
        )
        self._lying.clear()
        self._safe = {lane: len(self.truth.times[self._spool.epoch, lane]) for lane in LANES}
        self._downtime, self.losses = Downtime(self.state / "alive", boot), Losses()
        for gap in self._downtime.gaps(self.wall, self.wall):
            self.losses.gap("", "agent_down", *gap)
        if given.paths.current.exists():
            self.triage.reload(given.paths.current)
        self._duties = Duties(given, self._spool, find=lambda _: None, reload=self.triage.reload)

    def emit(self, event: Event, *, lane: int = 0, planted: bool = False) -> None:
        """An event of now; its lane by triage, where none is given."""
        event.time, event.boot, event.mechanism = self.wall, self.boots, MECHANISM_AGENT
        number = lane or int(self.triage.lane(event))
        try:
            sequence = self.spool.put(number, event.SerializeToString())
        except EventTooLarge:
            self.truth.refused += 1
            return
        self.truth.put((self.spool.epoch, number), sequence, event.time)
        if planted:
            self.truth.planted.append((self.spool.epoch, number, sequence))

    def turn(self) -> None:
        """What the sensor process does each time it wakes."""
        self.spool.flush()
        if self.now - self._enforced >= SECOND:
            self._enforced = self.now
            self.spool.enforce()
        self._downtime.reported(self.reported)
        self.duties.turn()

    def health(self, last_words: str = "") -> None:
        """Say how it is, with the books."""
        lane = LANE_URGENT if last_words else LANE_SECURITY
        self.losses.set("", "sensor_error", self.truth.refused, self.wall)
        event, endings = Event(), self.spool.endings
        edge = (Standing(0, (), (), 0, 0, ""), self.triage.standing())
        books, closed = self.spool.ledger(), endings.untold()
        event.health.CopyFrom(
            health("lab", _SENSORS, books, self.losses, edge=edge, last_words=last_words, closed=closed)
        )
        self.truth.close()
        self.emit(event, lane=lane)
        endings.telling(self.spool.epoch, lane, self.spool.ledger()[lane].emitted)
        self.reported = self.wall

    def shut_down(self) -> None:
        """Switch off."""
        self.health("stopped by signal SIGTERM")
        self.duties.close()
        self.spool.close()
        self._downtime.reported(self.reported, clean=True)
        self._spool = self._duties = None

    def lose_power(self) -> None:
        """Switch off at the wall: nothing is closed, and what no fsync has made safe is gone."""
        epoch = self.spool.epoch
        self._spool = self._duties = None
        self.disk.cut()
        for lane, last in self._safe.items():
            self.truth.tear((epoch, lane), last)

    def _wrote(self, path: str, data: bytes) -> None:
        """A record of a lane was written: remember the last sequence in it."""
        lane = _NUMBERS.get(Path(path).parent.name)
        if lane is None or self._spool is None:
            return
        try:
            self._lying[lane] = frames.header(data[_RECORD:]).last
        except SpoolError:
            return  # the begin of a segment

    def _synced(self, path: str) -> None:
        lane = _NUMBERS.get(Path(path).parent.name)
        if lane in self._lying:
            self._safe[lane] = self._lying[lane]
