"""The outbox: what happened, written in the transaction that made it happen, followed by number.

Topics: alert, alert_changed, host, content. The API tails it and passes it on as server-sent events.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from tramgac_collector.schema import Base, CounterRow, OutboxRow

# Built once, and below the ORM: they run for every alert.
_COUNTERS = Base.metadata.tables["counters"]
_NEXT = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == bindparam("counter"))
    .values(value=_COUNTERS.c.value + 1)
    .returning(_COUNTERS.c.value)
)
_ADD = insert(Base.metadata.tables["outbox"])


def next_number(s: Session, counter: str) -> int:
    """Return the next number of `counter`, from 1. Other transactions that want one wait until this one ends.

    So numbers have no holes and become visible in order on any database, which its own sequences do not promise.
    """
    number: int = s.execute(_NEXT, {"counter": counter}).scalar_one()
    return number


def add(s: Session, topic: str, payload: Mapping[str, Any], now: int | None = None) -> int:
    """Write one row into the outbox within the caller's transaction; return its number."""
    number = next_number(s, "outbox")
    created = time.time_ns() if now is None else now
    s.execute(_ADD, {"id": number, "topic": topic, "payload": dict(payload), "created": created})
    return number


def after(s: Session, number: int, limit: int = 500) -> Sequence[OutboxRow]:
    """Return up to `limit` rows with numbers above `number`, in order."""
    return s.scalars(select(OutboxRow).where(OutboxRow.id > number).order_by(OutboxRow.id).limit(limit)).all()


def bounds(s: Session) -> tuple[int, int]:
    """Return the lowest number still there and the highest ever given, (last + 1, last) when none is there.

    Whoever asks for what follows a number below lowest - 1 has missed something and must start afresh.
    """
    last = s.execute(select(CounterRow.value).where(CounterRow.name == "outbox")).scalar_one()
    lowest: int | None = s.scalar(select(func.min(OutboxRow.id)))
    return (last + 1 if lowest is None else lowest), last


def trim(s: Session, before: int, *, needed: int | None = None, at_last: int = 0) -> None:
    """Forget rows that are older than the time `before`; those above the number `needed` only before `at_last`."""
    old = OutboxRow.created < before
    if needed is not None:
        old = and_(old, or_(OutboxRow.id <= needed, OutboxRow.created < at_last))
    s.execute(delete(OutboxRow).where(old))
