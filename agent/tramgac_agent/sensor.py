"""The sensor process: drains the sensors, makes events, gives them to the spool. No network.

One loop and one thread for hashing. `run` is called by `tramgac-agent run --part sensor`.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import sys
import time
from typing import TYPE_CHECKING

from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, MECHANISM_AGENT, Event, Inventory, Lane

from tramgac_agent import VERSION
from tramgac_agent.downtime import REPORT_NS, Downtime
from tramgac_agent.duties import Duties
from tramgac_agent.enrich import living
from tramgac_agent.enrich.boot import boot_id, boot_text, booted_ns
from tramgac_agent.enrich.hashes import Hashes
from tramgac_agent.enrich.processes import ProcessTable
from tramgac_agent.enrich.users import Users
from tramgac_agent.errors import EventTooLarge
from tramgac_agent.health import Losses, health, in_trouble
from tramgac_agent.inventory import inventory
from tramgac_agent.lens import Lens
from tramgac_agent.notify import notify
from tramgac_agent.observe import GroupNames, Observer
from tramgac_agent.sensors import SENSORS
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.ladder import Ladder
from tramgac_agent.sensors.polling import in_scope
from tramgac_agent.sleep.bedtime import Step
from tramgac_agent.sleep.watch import WORDS, SleepWatch
from tramgac_agent.spool import Spool
from tramgac_agent.triage import Triage

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from tramgac_agent.config import AgentConfig
    from tramgac_agent.observations import Exec

_log = logging.getLogger(__name__)

CAPABILITIES = ("file", "network", "process")
"""In the order of draining: processes last, so that whoever did something is known when it is looked up."""
_BUSY_S = 0.05
_IDLE_S = (0.25, 0.5)
_BUDGET = 20_000
_INVENTORY_EVERY = 3_600_000_000_000
_ENFORCE_EVERY = 1_000_000_000
_SETTLE = 6_000_000_000
"""The first health report waits so long for the canaries."""


def run(config: AgentConfig) -> int:
    """Run the sensor process until SIGTERM or SIGINT; returns the exit status.

    Opens the spool in `config.state/spool`, listens on `config.state/run/sensor.sock` (`local.py`),
    loads the content bundle in force, starts the best rung of each capability, and leaves last
    words in the urgent lane when it ends.
    """
    process = SensorProcess(config)
    stopped_by: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        stopped_by.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    last_words = "stopped after an error of its own"
    try:
        process.start()
        notify("READY=1")
        while not stopped_by:
            process.turn()
            process.wait()
        last_words = f"stopped by signal {signal.Signals(stopped_by[0]).name}"
    finally:
        notify("STOPPING=1")
        process.stop(last_words)
    return 0


def ladders(config: AgentConfig, setting: Setting) -> dict[str, Ladder]:
    """One ladder for each capability, from the best rung that the settings allow."""
    found = {}
    for capability in CAPABILITIES:
        rungs = [sensor for sensor in SENSORS if sensor.capability == capability]
        names = [sensor.rung for sensor in rungs]
        best = config.rungs.get(capability)
        found[capability] = Ladder(capability, rungs[names.index(best) :] if best in names else rungs, setting)
    return found


def _group_names() -> GroupNames | None:
    """Names of control groups, where there are any."""
    if sys.platform != "linux":
        return None
    from tramgac_agent.sensors.linux import cgroups

    return cgroups.GroupNames()


class SensorProcess:
    """All parts of the sensor process, put together; `start`, then `turn` and `wait` in a loop, then `stop`."""

    def __init__(self, config: AgentConfig) -> None:
        """Open the spool and the socket. Raises AgentError."""
        self._config = config
        config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._spool = Spool.open(
            config.paths.spool,
            cap_bytes=config.spool_bytes,
            age_s=config.spool_age_s,
            recent=(config.recent_bytes, config.recent_age_s),
            boot=boot_text(),
            now=time.monotonic_ns,
        )
        self._triage = Triage(budget=config.rule_budget)
        self._users = Users()
        self._hashes = Hashes()
        self._table = ProcessTable(living.read, self._user_of)
        self._lens = Lens()
        self.observer = Observer(
            self._table,
            self._hashes,
            groups=_group_names(),
            boot=boot_id(),
            emit=self._emit,
            written=self._lens.ask,
        )
        self._duties = Duties(config, self._spool, find=self._hashes.find, reload=self._reload)
        self._ladders = ladders(config, Setting(config.scope, (os.getpid(),), str(config.state)))
        self._losses = Losses()
        self._downtime = Downtime(config.state / "alive", boot_text())
        self._sleep = SleepWatch(config.system_bus, heard=lambda: not self._spool.ledger()[LANE_URGENT].spooled)
        self._inventory: Inventory | None = None
        self._broken = 0
        self._busy = False
        self._idle_turns = 0
        self._started = self._next_health = self._next_inventory = self._next_enforce = 0
        self._told = False
        self._reported = 0
        """Until when all that was lost is told by a Health event, nanoseconds since 1970; 0 for none yet."""

    def _user_of(self, seen: Exec) -> str:
        return seen.user or self._users.name(seen.euid)

    def start(self) -> None:
        """Take stock of what lives, then begin to observe."""
        now = time.time_ns()
        gaps = self._downtime.gaps(now, booted_ns())
        for gap in gaps:
            self._losses.gap("", "agent_down", *gap)
        if not gaps:
            self._reported = now
        if self._config.paths.current.exists():
            self._load_content()
        monotonic = time.monotonic_ns()
        self._started = monotonic
        for ladder in self._ladders.values():
            ladder.start(monotonic)
        # After the sensors: a process that begins in between is seen by one of the two.
        self._table.fill(in_scope(self._config.scope, os.getpid()))
        self._note()

    def _reload(self, path: Path) -> int:
        """Take a verified bundle into use: rules for the edge judge, YARA for the lens. Its number."""
        version = self._triage.reload(path)
        self._lens.reload(path)
        return version

    def _load_content(self) -> None:
        try:
            self._reload(self._config.paths.current)
        except Exception as error:  # noqa: BLE001 # bulkhead: without rules is better than without sensors
            _log.exception("the content on the disk does not load; nothing is urgent until there is another")
            self._duties.unloaded(f"{type(error).__name__}: {error}"[:200])

    def turn(self) -> None:
        """Drain, make events, write them, hear the uplink, and do what is due."""
        now, monotonic = time.time_ns(), time.monotonic_ns()
        self.observer.skew = self._duties.skew_ns
        self.observer.content = self._triage.version
        self._triage.choose(self._duties.choices)
        self._busy = self._drain() > 0
        self.observer.turn(now)
        self._emit_hits()
        self._mind_sleep(now, monotonic)
        changed = [ladder.turn(monotonic) for ladder in self._ladders.values()]
        self._report(now, monotonic, changed=any(changed))
        self._take_stock(now, monotonic)
        self._spool.flush(durable=self._downtime.due(self._reported))
        if monotonic >= self._next_enforce:
            self._next_enforce = monotonic + _ENFORCE_EVERY
            self._spool.enforce()
        self._downtime.reported(self._reported)
        self._duties.turn()

    def _drain(self) -> int:
        drained = [(ladder, ladder.drain(_BUDGET)) for ladder in self._ladders.values()]
        for ladder, observations in reversed(drained):
            self.observer.take(observations, ladder.mechanism)
        return sum(len(observations) for _, observations in drained)

    def _emit(self, event: Event) -> None:
        self._put(self._triage.lane(event), event)

    def _emit_hits(self) -> None:
        for event in self._lens.take():
            self._emit(event)

    def _put(self, lane: Lane.ValueType, event: Event) -> None:
        try:
            self._spool.put(lane, event.SerializeToString())
        except EventTooLarge:
            self._broken += 1

    def _report(self, now: int, monotonic: int, *, changed: bool) -> None:
        """Health: when something changed, and once a minute; the first when all canaries are back.

        Nothing after last words: they hold until the machine is back from its sleep.
        """
        if self._sleep.said:
            return
        settled = all(ladder.settled for ladder in self._ladders.values())
        if not self._told and not settled and monotonic < self._started + _SETTLE:
            return
        if not changed and self._told and monotonic < self._next_health:
            return
        reports = [ladder.report() for ladder in self._ladders.values()]
        urgent = (changed and self._told) or (not self._told and in_trouble(reports))
        self._told = True
        self._next_health = monotonic + REPORT_NS
        self._put_health(now, LANE_URGENT if urgent else LANE_SECURITY)
        self._note()

    def _mind_sleep(self, now: int, monotonic: int) -> None:
        """Last words before the machine sleeps; after it, that we are back."""
        match self._sleep.turn(monotonic):
            case Step.SAY:
                self._put_health(now, LANE_URGENT, WORDS)
                self._spool.flush(durable=True)
                self._downtime.reported(now, clean=True)
            case Step.BACK:
                _log.info("the machine is back from its sleep, or did not fall asleep")
                self._told = True
                self._next_health = monotonic + REPORT_NS
                self._put_health(now, LANE_URGENT)
            case _:
                pass

    def _put_health(self, now: int, lane: Lane.ValueType, last_words: str = "") -> None:
        for capability, ladder in self._ladders.items():
            for kind, count in ladder.missed().items():
                self._losses.set(capability, kind, count, now)
        self._losses.set("", "sensor_error", self._broken, now)
        event = self.observer.event(now, MECHANISM_AGENT)
        reports = [ladder.report() for ladder in self._ladders.values()]
        edge = (self._lens.standing(), self._triage.standing())
        books = self._spool.ledger()
        closed = self._spool.endings.untold()
        said = health(VERSION, reports, books, self._losses, edge=edge, last_words=last_words, closed=closed)
        event.health.CopyFrom(said)
        self._put(lane, event)
        self._spool.endings.telling(self._spool.epoch, lane, self._spool.ledger()[lane].emitted)
        self._reported = now

    def _note(self) -> None:
        """For `doctor`."""
        from tramgac_proto.event_pb2 import SensorState

        self._duties.note(
            own_observations=self.observer.own,
            without_process=self.observer.ownerless,
            hashes={"skipped": self._hashes.skipped, "failed": self._hashes.failed},
            lens=self._lens.standing()._asdict(),
            judge=self._triage.standing()._asdict(),
            rule_failures=self._triage.failures,
            sensors=[
                {"capability": r.capability, "rung": r.rung, "state": SensorState.Name(r.state), "why": r.why}
                for r in (ladder.report() for ladder in self._ladders.values())
            ],
        )

    def _take_stock(self, now: int, monotonic: int) -> None:
        if monotonic < self._next_inventory:
            return
        self._next_inventory = monotonic + _INVENTORY_EVERY
        found = inventory()
        if found != self._inventory:
            self._inventory = found
            event = self.observer.event(now, MECHANISM_AGENT)
            event.inventory.CopyFrom(found)
            self._put(LANE_BULK, event)

    def wait(self) -> None:
        """Until something is to be done: 50 ms when busy, up to half a second when idle, sooner when woken."""
        hurried = self._busy or self.observer.waits or self._sleep.said  # before a sleep each moment counts
        self._idle_turns = 0 if hurried else self._idle_turns + 1
        seconds = _BUSY_S if not self._idle_turns else _IDLE_S[min(self._idle_turns, len(_IDLE_S)) - 1]
        if sys.platform == "win32":
            time.sleep(seconds)
            return
        poll = select.poll()
        wakes = [fd for fd in (ladder.wake() for ladder in self._ladders.values()) if fd is not None]
        for fd in (*wakes, *self._duties.filenos(), *self._sleep.filenos()):
            poll.register(fd, select.POLLIN)
        poll.poll(seconds * 1000)

    def stop(self, last_words: str) -> None:
        """Drain what is there, say why, and close everything."""
        now = time.time_ns()
        self._drain()
        self._hashes.close()
        self.observer.turn(now + 3_600_000_000_000)
        self._lens.close()
        self._emit_hits()
        self._put_health(now, LANE_URGENT, last_words)
        self._sleep.close()
        for ladder in self._ladders.values():
            ladder.stop()
        self._duties.close()
        self._spool.close()
        self._downtime.reported(self._reported, clean=True)
