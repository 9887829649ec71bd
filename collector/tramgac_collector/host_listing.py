"""Hosts as `tramgac hosts --json` prints them: sensors, completeness, what was odd."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import host_parked, quarantine
from tramgac_collector.missed import missed
from tramgac_collector.quarantine_schema import QuarantineRow
from tramgac_collector.schema import FindingRow, GapRow, HostRow, LedgerRow, MissedRow

GAPS_SHOWN = 100
"""Newest gaps that a listing shows of one host."""


def listing(s: Session, host: str | None = None) -> list[dict[str, Any]]:
    """Return all hosts, or one, by name; six queries however many hosts there are."""
    query = select(HostRow).order_by(HostRow.hostname, HostRow.id)
    rows = s.scalars(query if host is None else query.where(HostRow.id == host)).all()
    facts = _Facts(s, host)
    return [_host(row) | facts.of(row) for row in rows]


class _Facts:
    """What was told about hosts, found by host."""

    def __init__(self, s: Session, host: str | None) -> None:
        self._ledgers = _by_host(s, LedgerRow, host)
        self._missed = _by_host(s, MissedRow, host)
        self._gaps = _by_host(s, GapRow, host)
        self._findings = _by_host(s, FindingRow, host)
        self._quarantines = _by_host(s, QuarantineRow, host)
        self._now = time.time_ns()

    def of(self, row: HostRow) -> dict[str, Any]:
        """Return completeness and findings of a host."""
        host = row.id
        gaps = sorted(self._gaps.get(host, ()), key=lambda row: row.id)
        completeness = {
            **_ledger(self._ledgers.get(host, ())),
            **missed(self._missed.get(host, ())),
            "gaps": [gap(row) for row in gaps[-GAPS_SHOWN:]],
            "gaps_total": len(gaps),
            # The account is the agent's own, as old as its last health event.
            "as_of": time_text(row.health_time) if row.health_time else None,
        }
        return {
            "completeness": completeness,
            "findings": [_finding(row) for row in self._findings.get(host, ())],
            "quarantine": next((quarantine.listed(row, self._now) for row in self._quarantines.get(host, ())), None),
        }


_Row = TypeVar("_Row", LedgerRow, MissedRow, GapRow, FindingRow, QuarantineRow)


def _by_host(s: Session, table: type[_Row], host: str | None) -> dict[str, list[_Row]]:
    query = select(table)
    found: dict[str, list[_Row]] = {}
    for row in s.scalars(query if host is None else query.where(table.host == host)):
        found.setdefault(row.host, []).append(row)
    return found


def _host(row: HostRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.hostname,
        "os": row.os_type,
        "os_name": row.os_name,
        "agent_version": row.agent_version,
        "site": row.site,
        "active": row.active,
        "connected": row.connected is not None,
        "address": row.address,
        "enrolled": time_text(row.enrolled),
        "last_seen": None if row.last_seen is None else time_text(row.last_seen),
        "last_words": row.last_words,
        "skew_ms": row.skew // 1_000_000,
        "sensors": row.sensors,
        "inventory": row.inventory,
        "bundle": row.bundle,
        "content_refused": row.content_refused,
        "content_reason": row.content_reason,
        "parked": host_parked.listed(row),
    }


def _ledger(ledgers: Sequence[LedgerRow]) -> dict[str, Any]:
    dropped = _counted(pair for row in ledgers for pair in row.dropped.items())
    return {
        "emitted": sum(row.emitted for row in ledgers),
        "acked": sum(row.acked for row in ledgers),
        "spooled": sum(row.spooled for row in ledgers),
        "dropped": dropped,
        "resent": sum(row.resent for row in ledgers),
        "gone": sum(row.gone for row in ledgers),
    }


def _counted(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for name, count in pairs:
        counts[name] += count
    return dict(sorted(counts.items()))


def gap(row: GapRow) -> dict[str, Any]:
    """Return a gap as listings show it: `count` sequences from `first` on, why, and when it was noticed."""
    where = {"epoch": row.epoch, "lane": row.lane, "first": row.first, "count": row.count}
    return {**where, "reason": row.reason, "noticed": time_text(row.noticed)}


def _finding(row: FindingRow) -> dict[str, Any]:
    times = {"first": time_text(row.first), "last": time_text(row.last)}
    return {"kind": row.kind, "detail": row.detail, "count": row.count, **times}
