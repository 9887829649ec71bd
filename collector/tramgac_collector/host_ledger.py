"""The ledger of one host: what became of every event that it gave a number, by lane, and what it missed.

emitted = acked + spooled + dropped, each counted by itself on the host; what its sensors lost before there was a number
is missed; sequences that never came are gaps; and the host signs up to where it vouches for all that.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import Lane
from tramgac_proto.names import time_text

from tramgac_collector import host_listing, hosts, missed, proofs
from tramgac_collector.ingest import Attestation
from tramgac_collector.schema import GapRow, LedgerRow, MissedRow
from tramgac_collector.vocabulary import ON_PURPOSE

GAPS_SHOWN = 1_000
"""Newest gaps that are listed; all are counted."""
_COUNTS = ("emitted", "acked", "spooled", "resent", "gone")
_Key = tuple[str, int]
"""(epoch, lane)."""


def ledger(s: Session, host: str) -> dict[str, Any]:
    """Return the ledger of a host. Raises HostUnknown.

    ``complete``: nothing was dropped, missed, or never came, each lane's account balances, and somebody watched all the
    time. ``why_not``: the words of what keeps it from that: unbalanced, dropped, gone, gaps, missed (events that were
    counted), unwatched (time of which nobody can say, such as an agent's restart: of no event is known that it is
    missing; ``missed_seconds`` says how long). ``lanes``: oldest account first: epoch, lane,
    name (urgent, security, bulk), time, emitted, acked, spooled, dropped (by class), balanced, resent and gone (of what
    was acknowledged and missing here later), gaps (sequences that never came), signed (None, or sequence and time of
    the newest checkpoint). The rest is as in `host_listing`.
    """
    told = hosts.get(s, host)
    lanes = _lanes(s, host)
    gaps = s.scalars(select(GapRow).where(GapRow.host == host).order_by(GapRow.id)).all()
    lost = missed.missed(s.scalars(select(MissedRow).where(MissedRow.host == host)).all())
    why = [
        *(["unbalanced"] if not all(lane["balanced"] for lane in lanes) else []),
        *(["dropped"] if any(lane["dropped"] for lane in lanes) else []),
        *(["gone"] if any(lane["gone"] for lane in lanes) else []),
        *(["gaps"] if gaps else []),
        *(["missed"] if any(count for name, count in lost["missed"].items() if name not in ON_PURPOSE) else []),
        *(["unwatched"] if lost["missed_seconds"] else []),
    ]
    named = {"id": host, "name": told["name"], "as_of": told["completeness"]["as_of"]}
    listed = [host_listing.gap(row) for row in gaps[-GAPS_SHOWN:]]
    return {
        **named,
        "complete": not why,
        "why_not": why,
        "lanes": lanes,
        **lost,
        "gaps": listed,
        "gaps_total": len(gaps),
    }


def _lanes(s: Session, host: str) -> list[dict[str, Any]]:
    accounts = {(row.epoch, row.lane): row for row in s.scalars(select(LedgerRow).where(LedgerRow.host == host))}
    signed = {(f"{one.epoch:016x}", one.lane): one for one in proofs.listing(s, host)}
    gaps: dict[_Key, int] = {}
    for row in s.scalars(select(GapRow).where(GapRow.host == host)):
        gaps[row.epoch, row.lane] = gaps.get((row.epoch, row.lane), 0) + row.count
    found = [_lane(key, accounts.get(key), signed.get(key), gaps.get(key, 0)) for key in {*accounts, *signed, *gaps}]
    return sorted(found, key=lambda lane: (lane["time"] or "", lane["epoch"], lane["lane"]))


def _lane(key: _Key, row: LedgerRow | None, signed: Attestation | None, gaps: int) -> dict[str, Any]:
    epoch, lane = key
    counts = {name: getattr(row, name) if row else None for name in _COUNTS}
    dropped = dict(sorted(row.dropped.items())) if row else {}
    balanced = row is None or row.emitted == row.acked + row.spooled + sum(dropped.values())
    return {
        "epoch": epoch,
        "lane": lane,
        "name": _name(lane),
        "time": time_text(row.time) if row else None,
        **counts,
        "dropped": dropped,
        "balanced": balanced,
        "gaps": gaps,
        "signed": {"sequence": signed.sequence, "time": time_text(signed.received)} if signed else None,
    }


def _name(lane: int) -> str:
    found = Lane.DESCRIPTOR.values_by_number.get(lane)
    return found.name.removeprefix("LANE_").lower() if found else str(lane)
