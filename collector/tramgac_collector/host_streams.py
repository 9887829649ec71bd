"""Hosts' streams, as they begin and end at gateways: many at once, since after a fault of ours all come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from tramgac_collector import hosts, outbox, samples
from tramgac_collector.hosts import Finding
from tramgac_collector.refusals import HostUnknown
from tramgac_collector.schema import Base, HostRow

# Built once, and below the ORM: SQLAlchemy takes longer to build a statement than SQLite to run it.
_HOSTS: Table = Base.metadata.tables["hosts"]
_GATEWAYS = select(_HOSTS.c.id, _HOSTS.c.gateway).where(_HOSTS.c.id.in_(bindparam("hosts", expanding=True)))
_BEGIN = (
    update(_HOSTS)
    .where(_HOSTS.c.id == bindparam("host"))
    .values(
        connected=bindparam("now"),
        last_seen=bindparam("now"),
        left_at=None,
        address=bindparam("at"),
        gateway=bindparam("by"),
        skew=func.coalesce(bindparam("off", type_=_HOSTS.c.skew.type), _HOSTS.c.skew),
        bundle=func.coalesce(bindparam("holds", type_=_HOSTS.c.bundle.type), _HOSTS.c.bundle),
    )
)
_END = (
    update(_HOSTS)
    .where(_HOSTS.c.id == bindparam("host"), _HOSTS.c.gateway == bindparam("by"))
    .values(connected=None, disconnected=bindparam("now"), left_at=bindparam("left"))
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


_Stream = TypeVar("_Stream", Began, Ended)


def began(s: Session, streams: Sequence[Began]) -> list[None]:
    """Write down streams that began, in their order. Raises HostUnknown: then nothing is to be kept of it."""
    known = _gateways(s, streams).keys()
    for each in streams:
        if each.host not in known:
            raise HostUnknown(f"no host {each.host!r} is enrolled here; `tramgac hosts` lists them", id=each.host)
    s.execute(_BEGIN, [_beginning(each) for each in _in_order(streams)])
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
        s.execute(_END, [_end(each) for each in _in_order(ours)])
        samples.release(s, {each.host for each in ours})
        _tell(s, ours)
    return [None] * len(streams)


def all_ended(s: Session, now: int, gateway: str | None = None) -> None:
    """Write down that no stream is open, of this gateway or any: one that starts says so, it may have been killed."""
    ours = [HostRow.connected.is_not(None)] + ([HostRow.gateway == gateway] if gateway is not None else [])
    s.execute(update(HostRow).where(*ours).values(connected=None, disconnected=now))
    samples.release(s)


def _gateways(s: Session, streams: Sequence[Began | Ended]) -> dict[str, str]:
    """Give the gateway of each host's newest stream, of the hosts that are known."""
    found = s.execute(_GATEWAYS, {"hosts": [each.host for each in streams]})
    return {row.id: row.gateway for row in found}


def _in_order(streams: Sequence[_Stream]) -> list[_Stream]:
    """By host, so that two gateways that write of the same hosts do not wait for each other in a ring."""
    return sorted(streams, key=lambda each: each.host)


def _beginning(one: Began) -> dict[str, object]:
    told = {"host": one.host, "now": one.now, "at": one.address, "by": one.gateway}
    return {**told, "off": one.skew, "holds": one.bundle}


def _end(one: Ended) -> dict[str, object]:
    return {"host": one.host, "now": one.now, "by": one.gateway, "left": one.now if one.left else None}


def _tell(s: Session, streams: Sequence[Began | Ended]) -> None:
    newest = {each.host: each.now for each in streams}
    outbox.add_many(s, "host", [{"id": host} for host in newest], max(newest.values()))
