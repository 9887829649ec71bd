"""Hosts' streams, as they begin and end at gateways: many at once, since after a fault of ours all come together."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, Update, bindparam, func, select, update
from sqlalchemy.orm import Session

from tramgac_collector import hosts, outbox, samples
from tramgac_collector.columns import fit
from tramgac_collector.database import Given, dialect
from tramgac_collector.hosts import Finding
from tramgac_collector.refusals import HostUnknown
from tramgac_collector.schema import Base, HostRow

_HOSTS: Table = Base.metadata.tables["hosts"]
_GATEWAYS = (
    select(_HOSTS.c.id, _HOSTS.c.gateway)
    .where(_HOSTS.c.id.in_(bindparam("hosts", expanding=True)))
    .order_by(_HOSTS.c.id)  # so that two gateways that write of the same hosts do not wait for each other in a ring
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Began:
    """A host's stream began at a gateway, from an address; with Hello, its clock's skew (ns) and its bundle.

    `skew` is what must be added to the host's clock; hosts.CLOCK_OFF or more is a finding.
    """

    host: str
    now: int
    address: str
    gateway: str = ""
    skew: int | None = None
    bundle: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """A host's stream ended at a gateway. `left`: its side closed it though the line served."""

    host: str
    now: int
    gateway: str = ""
    left: bool = False


def began(s: Session, streams: Sequence[Began]) -> list[None]:
    """Write down streams that began, in their order. Raises HostUnknown: then nothing is to be kept of it."""
    known = _gateways(s, streams).keys()
    for each in streams:
        if each.host not in known:
            raise HostUnknown(f"no host {each.host!r} is enrolled here; `tramgac hosts` lists them", id=each.host)
    rows = {one.host: _row(one) for one in streams}  # of a host's several the last stands
    s.execute(_begin(dialect(s)), {"rows": list(rows.values())})
    samples.release(s, known)  # what was asked on an earlier stream may never have arrived
    clocks = [(each, each.skew) for each in streams if each.skew is not None and abs(each.skew) >= hosts.CLOCK_OFF]
    hosts.record_findings(s, [Finding(one.host, "clock_off", hosts.clock_text(skew), one.now) for one, skew in clocks])
    _tell(s, streams)
    return [None] * len(streams)


def ended(s: Session, streams: Sequence[Ended]) -> list[None]:
    """Write down streams that ended; that is nothing that a host said, so it was seen last before.

    Nothing is written where another gateway speaks with a host already.
    """
    gateways = _gateways(s, streams)
    ours = [each for each in streams if gateways.get(each.host) == each.gateway]
    if ours:
        rows = {one.host: [one.host, one.now, one.gateway, one.now if one.left else None] for one in ours}
        s.execute(_end(dialect(s)), {"rows": list(rows.values())})
        samples.release(s, {each.host for each in ours})
        _tell(s, ours)
    return [None] * len(streams)


def all_ended(s: Session, now: int, gateway: str | None = None) -> None:
    """Write down that no stream is open, of this gateway or any: one that starts says so, it may have been killed."""
    ours = [HostRow.connected.is_not(None)] + ([HostRow.gateway == gateway] if gateway is not None else [])
    s.execute(update(HostRow).where(*ours).values(connected=None, disconnected=now))
    samples.release(s)


def _row(one: Began) -> list[object]:
    skew, bundle = (None if number is None else fit(number) for number in (one.skew, one.bundle))
    return [one.host, one.now, one.address, one.gateway, skew, bundle]


def _gateways(s: Session, streams: Sequence[Began | Ended]) -> dict[str, str]:
    """Give the gateway of each host's newest stream, of the hosts that are known."""
    found = s.execute(_GATEWAYS, {"hosts": [each.host for each in streams]})
    return {row.id: row.gateway for row in found}


@functools.cache
def _begin(dialect: str) -> Update:
    rows = Given(dialect)
    new: dict[str, Any] = {"connected": rows.number(1), "last_seen": rows.number(1), "left_at": None}
    new |= {"address": rows.text(2), "gateway": rows.text(3)}
    new |= {name: func.coalesce(rows.number(at), _HOSTS.c[name]) for at, name in ((4, "skew"), (5, "bundle"))}
    return update(_HOSTS).where(_HOSTS.c.id == rows.text(0)).values(new)


@functools.cache
def _end(dialect: str) -> Update:
    rows = Given(dialect)
    new = {"connected": None, "disconnected": rows.number(1), "left_at": rows.number(3)}
    return update(_HOSTS).where(_HOSTS.c.id == rows.text(0), _HOSTS.c.gateway == rows.text(2)).values(new)


def _tell(s: Session, streams: Sequence[Began | Ended]) -> None:
    newest = {each.host: each.now for each in streams}
    outbox.add_many(s, "host", [{"id": host} for host in newest], max(newest.values()))
