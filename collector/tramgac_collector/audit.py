"""The audit trail: an append-only chain of who did what. Changing or removing a row breaks the hashes after it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector.columns import clean, clean_document
from tramgac_collector.outbox import next_number
from tramgac_collector.schema import AuditRow, CounterRow

START = "0" * 64
"""What stands before the first row."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row of the trail that is not as it was written."""

    id: int
    what: str


def write(s: Session, actor: str, action: str, object: str, detail: Mapping[str, Any], now: int) -> AuditRow:  # noqa: A002
    """Append one row within the caller's transaction. `detail` is a JSON object; never put a secret into it."""
    number = next_number(s, "audit")
    before = s.get(AuditRow, number - 1)
    row = AuditRow(
        id=number,
        time=now,
        actor=clean(actor),
        action=clean(action),
        object=clean(object),
        detail=json.dumps(clean_document(detail), ensure_ascii=False, sort_keys=True),
        previous=START if before is None else before.hash,
    )
    row.hash = _digest(row)
    s.add(row)
    s.flush()
    return row


def page(s: Session, *, before: int | None = None, limit: int = 100) -> Sequence[AuditRow]:
    """Return up to `limit` rows with ids below `before`, newest first."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
    return s.scalars(query if before is None else query.where(AuditRow.id < before)).all()


def verify(s: Session) -> Broken | None:
    """Walk the whole trail; return the first row that was changed or whose predecessor is gone, None if all is well."""
    expected, previous = 1, START
    with s.scalars(select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)) as rows:
        for row in rows:
            if row.id != expected:
                return Broken(expected, "missing")
            if row.previous != previous or row.hash != _digest(row):
                return Broken(row.id, "changed")
            expected, previous = row.id + 1, row.hash
    written = s.execute(select(CounterRow.value).where(CounterRow.name == "audit")).scalar_one()
    return Broken(expected, "missing") if expected <= written else None


def _digest(row: AuditRow) -> str:
    told = [row.previous, row.id, row.time, row.actor, row.action, row.object, row.detail]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
