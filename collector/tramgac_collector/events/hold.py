"""Legal holds: events of a host, of a time, stay in the store until the hold is taken back. Each step is audited."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector import audit
from tramgac_collector.columns import MAX_NUMBER
from tramgac_collector.hold_schema import HoldRow
from tramgac_collector.refusals import HoldUnknown

ALWAYS = MAX_NUMBER
"""`until` of a hold without an end."""


def place(s: Session, *, host: str, since: int, until: int, by: str, why: str, now: int) -> HoldRow:
    """Hold the events of a host (its id) whose time is from `since` to below `until`, nanoseconds since 1970 UTC."""
    row = HoldRow(host=host, since=since, until=until, by=by, why=why, time=now, released=0)
    s.add(row)
    s.flush()
    audit.write(s, by, "hold.place", host, {"hold": row.id, "since": since, "until": until, "why": why}, now)
    return row


def release(s: Session, number: int, *, by: str, why: str, now: int) -> HoldRow:
    """Take a hold back; what is older than it would be kept goes with the next look. Raises HoldUnknown."""
    row = s.get(HoldRow, number)
    if row is None or row.released:
        raise HoldUnknown(f"no hold {number} stands; `tramgac store holds` lists them", id=number)
    row.released, row.released_by, row.released_why = now, by, why
    audit.write(s, by, "hold.release", row.host, {"hold": number, "why": why}, now)
    return row


def listing(s: Session) -> Sequence[HoldRow]:
    """Give all holds, those that stand first, then the newest first."""
    return s.scalars(select(HoldRow).order_by(HoldRow.released != 0, HoldRow.id.desc())).all()


def standing(s: Session) -> Sequence[HoldRow]:
    """Give the holds that stand."""
    return s.scalars(select(HoldRow).where(HoldRow.released == 0).order_by(HoldRow.id)).all()
