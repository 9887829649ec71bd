"""What the uplink says about the link, for people and for doctor: `run/uplink/status.json`."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from tramgac_proto.session_pb2 import Reason

from tramgac_agent.status import write_status

if TYPE_CHECKING:
    from pathlib import Path

    from tramgac_proto.session_pb2 import Goodbye

_log = logging.getLogger(__name__)
EVERY_S: Final = 5.0
MAX_COLLECTORS: Final = 8
ONE_COLLECTOR: Final = "one was restored from the other's backup; stop the one that is not to be, or events go to both"
LOUD: Final = {
    Reason.REASON_REPLACED: "two agents run with this host's identity: another stream took over. Stop the copy, or "
    "remove its identity folder and enrol it anew",
    Reason.REASON_REVOKED: "the collector has revoked this host. Its administrator may let it back: "
    "tramgac hosts allow",
}


@dataclass(slots=True)
class Standing:
    """State of the link; times are seconds since 1970."""

    path: Path
    state: str = "starting"
    """starting, no_sensor, connecting, connected, waiting, failed, stopped."""
    since: float = field(default_factory=time.time)
    reason: str = ""
    """Why the last stream ended."""
    alarm: str = ""
    """replaced or revoked, when the collector last said so at alarm_time."""
    alarm_time: float = 0.0
    held_until: float = 0.0
    """Until then the collector asked for nothing but urgent events."""
    full: float = 0.0
    """When the collector last said that its disk is full; 0 after it took a batch since."""
    collectors: list[str] = field(default_factory=list)
    """Which collectors have welcomed us, the last one last: one that was restored from a backup is another."""
    turns_time: float = 0.0
    """When one came back after another had taken its place: both run; 0 for never."""
    skew_ns: int = 0
    certificate_ends: float = 0.0
    connects: int = 0
    batches: int = 0
    events: int = 0
    bytes: int = 0
    acked: int = 0
    failures: int = 0
    """Batches that could not be made though events wait."""
    samples: int = 0
    content: str = ""
    """What became of the last content offer."""
    user: str = ""
    """What became of the uplink's user."""
    _written: float = 0.0

    def become(self, state: str, reason: str = "") -> None:
        """Change state; the log says so once."""
        if (state, reason) != (self.state, self.reason):
            _log.log(
                logging.INFO if state == "connected" else logging.WARNING, "link: %s%s", state, reason and f": {reason}"
            )
        if state != self.state:
            self.since = time.time()
        self.state, self.reason = state, reason or (self.reason if state == "connecting" else "")
        self.write()

    def goodbye(self, goodbye: Goodbye) -> None:
        """The collector ended the dialogue; what a person must act on is said loudly."""
        if goodbye.reason == Reason.REASON_FULL:
            self.full = time.time()
            self.write()
        advice = LOUD.get(goodbye.reason)
        if advice:
            self.alarm = Reason.Name(goodbye.reason).removeprefix("REASON_").lower()
            self.alarm_time = time.time()
            _log.error("%s: %s", advice, goodbye.detail)
            self.write()

    def welcome(self, incarnation: int) -> None:
        """A collector welcomes us: which one, 0 if it does not say. Two that take turns are a mistake of somebody's."""
        name = f"{incarnation:016x}"
        if incarnation and self.collectors[-1:] != [name]:
            if name in self.collectors:
                self.turns_time = time.time()
                self.collectors.remove(name)
                _log.error("two collectors with one identity take turns, %s is back: %s", name, ONE_COLLECTOR)
            elif self.collectors:
                _log.warning("the collector is another one, %s: it was restored from a backup", name)
            self.collectors = [*self.collectors, name][-MAX_COLLECTORS:]
        self.become("connected")

    def hold(self, wait_ms: int) -> None:
        """The collector asks to hold back all but what is urgent, for so long."""
        self.held_until = time.time() + wait_ms / 1_000
        self.refresh()

    def took(self) -> None:
        """The collector took a batch: it has room."""
        self.acked += 1
        self.full = 0.0

    def write(self) -> None:
        """Write the file."""
        self._written = time.monotonic()
        facts = {name: value for name, value in asdict(self).items() if name != "path" and not name.startswith("_")}
        write_status(self.path, facts, ended=self.state == "stopped")

    def refresh(self) -> None:
        """Write the file if it has become old."""
        if time.monotonic() - self._written >= EVERY_S:
            self.write()
