"""What the sensor process does beside sensing: announces the spool, hears the uplink, answers for samples and content.

The sensor's loop owns one Duties and calls turn() each time it wakes. Nothing here blocks.

    duties = Duties(config, spool, find=hashes.find, reload=judge.reload)
    while running:
        events -> spool.put(lane, event); spool.flush(); spool.enforce()      # enforce about once a second
        duties.turn(); event.skew = duties.skew_ns
    spool.put(URGENT, last words); duties.close(); spool.close()
"""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tramgac_agent.content import Outcome, Update, version_in_force
from tramgac_agent.local import SensorEnd
from tramgac_agent.notify import notify, watchdog_s
from tramgac_agent.packets import (
    Acked,
    Choices,
    Content,
    Heads,
    Held,
    Lost,
    Message,
    Renew,
    Sample,
    Skew,
    Staged,
    WantSample,
)
from tramgac_agent.privileges import user_id
from tramgac_agent.samples import SampleDesk
from tramgac_agent.status import write_status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tramgac_agent.config import AgentConfig
    from tramgac_agent.samples import KnownFile
    from tramgac_agent.spool import Spool

_log = logging.getLogger(__name__)
STATUS_S: Final = 2.0
MAX_SKEW_NS: Final = 100 * 365 * 86_400 * 10**9


class Duties:
    """The sensor process's end of everything that is not sensing.

    Args:
        config: Settings.
        spool: The spool; acks go there.
        find: SHA-256 (32 bytes) to the file that was hashed, None if not known any more.
        reload: Takes `content/current.json.zst` into use and gives its version; raises on trouble, the old stays.
    """

    def __init__(
        self,
        config: AgentConfig,
        spool: Spool,
        *,
        find: Callable[[bytes], KnownFile | None],
        reload: Callable[[Path], int],
    ) -> None:
        self._config = config
        self._paths = config.paths
        self._spool = spool
        self._reload = reload
        self._paths.run.mkdir(parents=True, exist_ok=True, mode=0o750)
        uplink = user_id(config.uplink_user)
        self._end = SensorEnd(self._paths.sensor_socket, users=frozenset({uplink} if uplink is not None else ()))
        self._desk = SampleDesk(find, config.sample_bytes)
        self._update: Update | None = None
        self._staged = self._offered = 0
        self._heads: Heads | None = None
        self._owed: list[Message] = []
        self._facts: dict[str, object] = {}
        self._noted = 0.0
        self._next_beat = 0.0
        self.skew_ns = 0
        """What to add to this host's clock to get the collector's, nanoseconds; 0 until measured."""
        self.choices = Choices()
        """What people chose for rules at this host's site."""
        self.content_version = version_in_force(self._paths.current)
        """The bundle in force; 0 for none."""
        self._unloaded = ""

    def filenos(self) -> Sequence[int]:
        """Descriptors worth waking up for."""
        return self._end.filenos()

    def turn(self) -> None:
        """Hear the uplink, carry on with samples and content, announce new heads."""
        messages, fresh = self._end.receive()
        if fresh:
            self._heads = None
            self._owed = [Content(0, loaded=True, reason="", current=self.content_version)]
        for message in messages:
            self._hear(message)
        self._carry_on()
        self._announce()
        self._beat()
        if time.monotonic() - self._noted >= STATUS_S:
            self._write_status()

    def note(self, **facts: object) -> None:
        """Facts for `doctor`, as sensors=[{"capability", "rung", "state", "why"}, ...]; written to run/sensor.json."""
        self._facts |= facts
        self._write_status()

    def unloaded(self, why: str) -> None:
        """The bundle on the disk could not be taken into use: none is in force, so it is offered and fetched again."""
        self.content_version, self._unloaded = 0, why

    def close(self) -> None:
        """Announce the last heads and close."""
        self._spool.flush(durable=True)
        self._announce()
        self._write_status(ended=True)
        if self._update:
            self._update.kill()
        self._desk.close()
        self._end.close()

    def _hear(self, message: Message) -> None:
        match message:
            case Acked(epoch, lane, sequence):
                self._spool.acked(epoch, lane, sequence)
            case Held(epoch, lane, sequence):
                self._spool.held(epoch, lane, sequence)
            case Lost(epoch, lane, first, last):
                self._spool.lost(epoch, lane, first, last)
            case Skew(ns) if abs(ns) < MAX_SKEW_NS:
                self.skew_ns = ns
            case Renew(epoch, reason):
                _log.warning("the spool begins a new epoch: %s", reason)
                self._spool.renew(epoch)
            case Staged(version):
                self._staged = self._offered = version
            case Choices():
                self.choices = message
            case WantSample(sha256, limit):
                self._desk.ask(sha256, limit)
            case _:
                pass

    def _carry_on(self) -> None:
        """Samples that are open, content that is decided."""
        self._owed += self._desk.answers()
        if self._update and (outcome := self._update.poll()):
            self._update = None
            self._owed.append(self._decided(outcome))
        if self._staged and not self._update:
            self._update, self._staged = Update(self._paths), 0
        while self._owed and self._end.connected and self._end.send(self._owed[0]):
            _done(self._owed.pop(0))
        if not self._end.connected:
            for message in self._owed:
                _done(message)
            self._owed.clear()

    def _decided(self, outcome: Outcome) -> Content:
        """Take a verified bundle into use; what became of it."""
        reason = outcome.reason
        if outcome.ok:
            try:
                self.content_version, self._unloaded = self._reload(self._paths.current), ""
            except Exception as error:  # noqa: BLE001 # bulkhead: a bundle that loaded in the child and does not load here
                _log.exception("content %d does not load", outcome.version)
                reason = f"does not load: {type(error).__name__}"
        loaded = not reason
        _log.info("content %d: %s; in force %d", outcome.version, reason or "loaded", self.content_version)
        return Content(outcome.version or self._offered, loaded=loaded, reason=reason, current=self.content_version)

    def _announce(self) -> None:
        epoch, lanes = self._spool.heads()
        heads = Heads(epoch, self._spool.epoch, lanes, self._spool.kept_epochs, self._spool.sizes(epoch))
        if heads != self._heads and self._end.send(heads):
            self._heads = heads

    def _beat(self) -> None:
        """Tell the service manager that the loop turns."""
        now = time.monotonic()
        if now >= self._next_beat:
            every = watchdog_s()
            self._next_beat = now + every if every else float("inf")
            notify("READY=1", "WATCHDOG=1")

    def _write_status(self, *, ended: bool = False) -> None:
        self._noted = time.monotonic()
        ledger = {lane: asdict(book) for lane, book in self._spool.ledger().items()}
        facts = {
            "epoch": f"{self._spool.epoch:016x}",
            "spool": {
                "bytes": self._spool.size,
                "kept": self._spool.kept_bytes,
                "cap": self._config.spool_bytes,
                "lanes": ledger,
            },
            "past": dict(self._spool.past),
            "trouble": self._spool.trouble,
            "content": self.content_version,
            "content_unloaded": self._unloaded,
            "skew_ns": self.skew_ns,
            "uplink": self._end.connected,
            "offences": self._end.offences,
            **self._facts,
        }
        write_status(self._paths.sensor_status, facts, ended=ended)


def _done(message: Message) -> None:
    """A message went, or nobody is there to take it: its descriptor is not ours any more."""
    if isinstance(message, Sample):
        os.close(message.fd)
