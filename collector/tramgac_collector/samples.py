"""Samples: each file of the fleet is asked for once, from one host at a time, and judged once for all hosts.

wanted ──lease──► leased ──received──► received ──scanned──► scanned
   ▲                │ refused, or 10 minutes over              │ YARA rules changed: to_scan again
   └────────────────┤
                    └─ no host left to ask ─► refused ──(another host has it)──► wanted

The content lies in the vault (vault.py); here is the state only.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session
from tramgac_wire.limits import MAX_SAMPLE

from tramgac_collector.database import insert_new
from tramgac_collector.schema import AuditRow, SampleRow, SourceRow

LEASE = 600_000_000_000
"""How long a host has for an ask before another is asked, nanoseconds."""


DAY = 86_400_000_000_000
HOST_BUDGET = 256 << 20
"""What one host sends at most in a day, bytes."""
FLEET_BUDGET = 8 << 30
"""What all hosts together send at most in a day, bytes."""
AT_ONCE = 4
"""Asks that one host may have at a time."""
ASKS = 5
"""How often one host is asked for one sample before it counts as silent about it."""

PRIORITY_RUN, PRIORITY_DROPPED, PRIORITY_ALERT = 1, 2, 3
"""Of a program that ran; of a file that was written; of a file in an alert."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A sample that a host is to send: SHA-256 in hexadecimal, and its largest size in bytes."""

    host: str
    sha256: str
    limit: int


def want(s: Session, sha256: str, host: str, priority: int, now: int) -> SampleRow:
    """Write down that `host` has a file of this hash; it will be asked for unless the fleet's is here already."""
    insert_new(s, SampleRow, {"sha256": sha256, "state": "wanted", "priority": priority, "wanted": now})
    row = locked(s, sha256)
    row.priority = max(row.priority, priority)
    if insert_new(s, SourceRow, {"sha256": sha256, "host": host}) and row.state == "refused":
        row.state, row.reason = "wanted", ""
    s.flush()
    return row


def lease(s: Session, connected_hosts: Collection[str], now: int, limit: int = 64) -> list[Ask]:
    """Return what to ask of the hosts that are connected, highest priority first; each ask is leased to its host.

    Nothing is asked beyond the budgets. An ask that was not answered in its time is made again, of another host
    if there is one.
    """
    _expire(s, now)
    budget = _Budget(s, now)
    asks: list[Ask] = []
    connected = [host for host in connected_hosts if budget.take(host) > 0]
    for row, host in _candidates(s, connected, limit):
        if len(asks) == limit:
            break
        room = budget.take(host)
        if room > 0 and row.state == "wanted":
            row.state, row.leased_to, row.lease_until = "leased", host, now + LEASE
            _source(s, row.sha256, host).asked += 1
            asks.append(Ask(host, row.sha256, room))
            budget.taken(host)
    s.flush()
    return asks


def asked_of(s: Session, host: str, sha256: str, now: int) -> int:
    """Return how many bytes of this sample may be taken from this host now: 0 unless it was asked."""
    row = s.get(SampleRow, sha256)
    ours = row is not None and row.state == "leased" and row.leased_to == host and (row.lease_until or 0) > now
    return _Budget(s, now).take(host, own=True) if ours else 0


def received(s: Session, sha256: str, size: int, now: int) -> None:
    """Write down that a sample of `size` bytes is in the vault; it is for the scanner now."""
    row = s.get(SampleRow, sha256, with_for_update=True)
    if row is None or row.state in ("received", "scanned"):
        return
    row.state, row.size, row.received, row.source = "received", size, now, row.leased_to
    row.leased_to = row.lease_until = None
    s.flush()


def refused(s: Session, sha256: str, host: str, reason: str) -> None:
    """Write down that a host cannot or may not send a sample; the next host is asked, if there is one."""
    row = s.get(SampleRow, sha256, with_for_update=True)
    source = s.get(SourceRow, (sha256, host))
    if row is None or source is None:
        return
    source.refused = reason[:200] or "refused"
    if row.state == "leased" and row.leased_to == host:
        _unlease(s, row)
    s.flush()


def release(s: Session, hosts: Collection[str] | None = None) -> None:
    """Take back what hosts were asked for, or all hosts: their streams ended, so they may not know of the asks."""
    leased = select(SampleRow).where(SampleRow.state == "leased").with_for_update()
    for row in s.scalars(leased if hosts is None else leased.where(SampleRow.leased_to.in_(hosts))):
        _unlease(s, row)
    s.flush()


def to_scan(s: Session, limit: int = 16) -> Sequence[SampleRow]:
    """Return samples that were not scanned yet, the most wanted first."""
    query = select(SampleRow).where(SampleRow.state == "received")
    return s.scalars(query.order_by(SampleRow.priority.desc(), SampleRow.received).limit(limit)).all()


def to_scan_again(s: Session, rules: str, after: str = "", limit: int = 16) -> Sequence[str]:
    """Return hashes above `after` of samples that were scanned with other rules than `rules`, which is a digest."""
    query = select(SampleRow.sha256).where(*_old(rules), SampleRow.sha256 > after)
    return s.scalars(query.order_by(SampleRow.sha256).limit(limit)).all()


SCAN_AGAIN, SCANNED_AGAIN = "yara.scan_again", "yara.scanned_again"
"""What the audit trail says when stored samples begin to be scanned with other rules (whose digest is the object), and
when all were."""


def scanning_with(s: Session) -> str:
    """Return the digest of the rules with which stored samples are being scanned again; empty while none are."""
    query = select(AuditRow.action, AuditRow.object).where(AuditRow.action.in_((SCAN_AGAIN, SCANNED_AGAIN)))
    row = s.execute(query.order_by(AuditRow.id.desc()).limit(1)).first()
    return row.object if row is not None and row.action == SCAN_AGAIN else ""


def standing(s: Session) -> dict[str, int]:
    """Return how many samples are stored, how many of them wait for their first scan, and how many for another."""
    rules, count = scanning_with(s), select(func.count()).select_from(SampleRow)
    return {
        "samples": s.scalar(count.where(SampleRow.state.in_(("received", "scanned")))) or 0,
        "waiting": s.scalar(count.where(SampleRow.state == "received")) or 0,
        "again": (s.scalar(count.where(*_old(rules))) or 0) if rules else 0,
    }


def _old(rules: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SampleRow.state == "scanned", SampleRow.scanned_with != rules


def locked(s: Session, sha256: str) -> SampleRow:
    """Return a sample's row, kept from other transactions until this one ends."""
    return s.get_one(SampleRow, sha256, with_for_update=True)


def scanned(s: Session, sha256: str, rules: str, hits: Sequence[dict[str, Any]], reason: str, now: int) -> SampleRow:
    """Write down what a scan with `rules` found: hits as JSON, and why it could not be whole (empty if it was)."""
    row = locked(s, sha256)
    row.state, row.scanned, row.scanned_with = "scanned", now, rules
    row.hits, row.reason = list(hits), reason
    s.flush()
    return row


def lost(s: Session, sha256: str) -> None:
    """Write down that the vault's copy is gone or damaged: the sample is wanted again."""
    row = locked(s, sha256)
    row.state, row.received, row.failures = "wanted", None, row.failures + 1
    s.flush()


def _candidates(s: Session, connected: list[str], limit: int) -> list[tuple[SampleRow, str]]:
    """Return wanted samples with hosts that may be asked, best first; a sample may stand with several hosts."""
    query = (
        select(SampleRow, SourceRow.host)
        .join(SourceRow, SourceRow.sha256 == SampleRow.sha256)
        .where(SampleRow.state == "wanted", SourceRow.host.in_(connected))
        .where(SourceRow.refused == "", SourceRow.asked < ASKS)
        .order_by(SampleRow.priority.desc(), SampleRow.wanted, SampleRow.sha256, SourceRow.asked, SourceRow.host)
        .limit(limit * 4)
        .with_for_update(of=SampleRow, skip_locked=True)
    )
    return [(row, host) for row, host in s.execute(query)]


def _expire(s: Session, now: int) -> None:
    over = select(SampleRow).where(SampleRow.state == "leased", SampleRow.lease_until <= now).with_for_update()
    for row in s.scalars(over):
        _unlease(s, row)
    s.flush()


def _unlease(s: Session, row: SampleRow) -> None:
    row.leased_to = row.lease_until = None
    s.flush()
    left = select(SourceRow.host).where(SourceRow.sha256 == row.sha256, SourceRow.refused == "", SourceRow.asked < ASKS)
    if s.scalars(left.limit(1)).first() is not None:
        row.state = "wanted"
        return
    reasons = s.scalars(select(SourceRow.refused).where(SourceRow.sha256 == row.sha256).distinct())
    row.state, row.reason = "refused", ", ".join(sorted(reason or "silent" for reason in reasons))[:500]


def _source(s: Session, sha256: str, host: str) -> SourceRow:
    return s.get_one(SourceRow, (sha256, host))


class _Budget:
    """What may still be asked today, counting what is on its way as if it were as large as it may be."""

    def __init__(self, s: Session, now: int) -> None:
        recent = SampleRow.received > now - DAY
        sums = select(SampleRow.source, func.sum(SampleRow.size)).where(recent).group_by(SampleRow.source)
        self._sent: dict[str | None, int] = {host: int(size) for host, size in s.execute(sums)}
        leases = select(SampleRow.leased_to, func.count()).where(SampleRow.state == "leased")
        leases = leases.group_by(SampleRow.leased_to)
        self._open: dict[str | None, int] = {host: number for host, number in s.execute(leases)}  # noqa: C416 - typed
        self._fleet = FLEET_BUDGET - sum(self._sent.values()) - sum(self._open.values()) * MAX_SAMPLE

    def take(self, host: str, *, own: bool = False) -> int:
        """Return the bytes that one more sample of this host may have; with `own`, one that is leased already."""
        mine = self._open.get(host, 0) - (1 if own else 0)
        if mine >= AT_ONCE:
            return 0
        left = HOST_BUDGET - self._sent.get(host, 0) - mine * MAX_SAMPLE
        return max(0, min(MAX_SAMPLE, left, self._fleet + (MAX_SAMPLE if own else 0)))

    def taken(self, host: str) -> None:
        """Count one more ask of this host."""
        self._open[host] = self._open.get(host, 0) + 1
        self._fleet -= MAX_SAMPLE
