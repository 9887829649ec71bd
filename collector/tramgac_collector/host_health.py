"""What hosts say of themselves in their Health and Inventory events, written down.

Each says it once a minute. What comes together is gathered, for a statement of its own for each is most of what a
quiet site costs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import Event, LaneLedger, Missed, Sensor, SensorState

from tramgac_collector import host_parked, outbox
from tramgac_collector.columns import MAX_NUMBER, clean
from tramgac_collector.database import replace_many
from tramgac_collector.hosts import CLOCK_OFF, clock_text, record_finding
from tramgac_collector.schema import HostRow, LedgerRow, MissedRow

_STATES = {
    SensorState.SENSOR_STATE_ALIVE: "alive",
    SensorState.SENSOR_STATE_BLIND: "blind",
    SensorState.SENSOR_STATE_ABSENT: "absent",
}


MAX_LISTED = 64
"""Sensors, lanes, losses, addresses of one event that are written down; an honest host has fewer."""
MAX_MISSED = 2_000
"""Separate losses of one host that are kept."""


@dataclass(slots=True)
class Gathered:
    """What is still to be written in a transaction."""

    ledgers: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    """Rows by their keys: host, epoch, lane."""
    changed: dict[str, None] = field(default_factory=dict)
    """Hosts of which something is to be told, once each."""

    def write_ledgers(self, s: Session) -> None:
        """Write the ledgers, before somebody reads them."""
        replace_many(s, LedgerRow, list(self.ledgers.values()), newest="time")
        self.ledgers.clear()

    def write(self, s: Session, now: int) -> None:
        """Write all of it, at the transaction's end."""
        self.write_ledgers(s)
        if self.changed:
            s.flush()
            outbox.add_many(s, "host", [{"id": host} for host in self.changed], now)
            self.changed.clear()


def record_health(s: Session, host: str, epoch: int, event: Event, now: int, gathered: Gathered) -> list[str]:
    """Write down a Health event; return the capabilities that saw before it and are blind now.

    An event that is older than what is known changes no sensor and no ledger (a spool delivers late);
    what was missed is counted whatever its age.
    """
    row = s.get(HostRow, host)
    if row is None:
        return []
    for missed in event.health.missed[:MAX_LISTED]:
        _missed(s, host, missed, now)
    lanes = [(epoch, lane) for lane in event.health.lanes[:MAX_LISTED]]
    _ledgers(gathered, host, event.time, [*lanes, *((lane.epoch, lane) for lane in event.health.closed[:MAX_LISTED])])
    if event.time < row.health_time:
        return []
    blind = _gone_blind(row, event)
    _take(row, event)
    host_parked.take(row, event.health.judge, now)
    if abs(event.skew) >= CLOCK_OFF:
        record_finding(s, host, "clock_off", clock_text(event.skew), now)
    gathered.changed[host] = None
    return blind


def endings(event: Event) -> Iterator[tuple[int, int, int, int]]:
    """Give what a Health event says will not come of earlier epochs: epoch, lane, first sequence, how many."""
    for told in event.health.closed[:MAX_LISTED]:
        last = min(told.emitted, MAX_NUMBER)
        if 0 < told.missing_from <= last:
            yield told.epoch, int(told.lane), told.missing_from, last - told.missing_from + 1


def record_inventory(s: Session, host: str, event: Event, gathered: Gathered) -> None:
    """Write down an Inventory event: the host's name, system, addresses."""
    row = s.get(HostRow, host)
    if row is None:
        return
    told = event.inventory
    row.hostname = told.hostname or row.hostname
    row.os_type = told.os_type or row.os_type
    row.os_name = told.os_name or row.os_name
    row.inventory = {
        "kernel": told.kernel,
        "architecture": told.architecture,
        "ips": list(told.ips[:MAX_LISTED]),
        "macs": list(told.macs[:MAX_LISTED]),
        "booted": told.booted,
        "memory": told.memory,
        "processors": told.processors,
    }
    gathered.changed[host] = None


def _take(row: HostRow, event: Event) -> None:
    health = event.health
    row.health_time = event.time
    row.skew = event.skew
    row.agent_version = health.agent_version or row.agent_version
    row.last_words = health.last_words
    row.sensors = [_sensor(sensor) for sensor in health.sensors[:MAX_LISTED]]
    if event.content:
        row.bundle = event.content


def _sensor(sensor: Sensor) -> dict[str, str]:
    state = _STATES.get(sensor.state, "unknown")
    return {"capability": sensor.capability, "rung": sensor.rung, "state": state, "why": sensor.why}


def _gone_blind(row: HostRow, event: Event) -> list[str]:
    if event.health.last_words:
        return []
    before = {sensor["capability"] for sensor in row.sensors if sensor["state"] == "alive"}
    now = {sensor.capability: sensor.state for sensor in event.health.sensors}
    return sorted(name for name in before if now.get(name) != SensorState.SENSOR_STATE_ALIVE)


def _ledgers(gathered: Gathered, host: str, time: int, lanes: Iterable[tuple[int, LaneLedger]]) -> None:
    for epoch, told in lanes:
        key = host, f"{epoch:016x}", int(told.lane)
        known = gathered.ledgers.get(key)
        if known is not None and time < known["time"]:
            continue
        gathered.ledgers[key] = {
            **dict(zip(("host", "epoch", "lane"), key, strict=True)),
            "time": time,
            "emitted": told.emitted,
            "acked": told.acked,
            "spooled": told.spooled,
            "resent": told.resent,
            "gone": told.gone,
            "dropped": dict(islice(told.dropped.items(), MAX_LISTED)),
        }


def _missed(s: Session, host: str, told: Missed, now: int) -> None:
    key = (host, clean(getattr(told, "class"))[:64], clean(told.capability)[:64], min(told.first, MAX_NUMBER))
    row = s.get(MissedRow, key)
    if row is None:
        known = s.scalar(select(func.count()).select_from(MissedRow).where(MissedRow.host == host)) or 0
        if known >= MAX_MISSED:
            record_finding(s, host, "missed_too_many", f"more than {MAX_MISSED} separate losses were told", now)
            return
        row = MissedRow(host=host, class_name=key[1], capability=key[2], first=key[3], last=0, count=0)
        s.add(row)
        s.flush()
    row.last, row.count = max(row.last, told.last), max(row.count, told.count)
