"""The outbox: what happened, written in the transaction that made it happen, followed by number.

Topics: alert, alert_changed, host, content. The API tails it and passes it on as server-sent events.
"""

import functools
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from tramgac_collector.database import Given, dialect
from tramgac_collector.schema import Base, CounterRow, OutboxRow

TRIMMED = 2_000
"""Rows that one transaction forgets: some 10 ms."""
# Built once, and below the ORM: they run for every alert.
_COUNTERS = Base.metadata.tables["counters"]
_NEXT = (
    update(_COUNTERS)
    .where(_COUNTERS.c.name == bindparam("counter"))
    .values(value=_COUNTERS.c.value + bindparam("count"))
    .returning(_COUNTERS.c.value)
)


def next_number(s: Session, counter: str, count: int = 1) -> int:
    """Return the next number of `counter`, from 1, and take `count` of them: that one and those before it.

    Other transactions that want one wait until this one ends, also of one that takes none. So numbers have no holes
    and become visible in order on any database, which its own sequences do not promise.
    """
    number: int = s.execute(_NEXT, {"counter": counter, "count": count}).scalar_one()
    return number


def add(s: Session, topic: str, payload: Mapping[str, Any], now: int | None = None) -> int:
    """Write one row into the outbox within the caller's transaction; return its number."""
    return add_many(s, topic, [payload], time.time_ns() if now is None else now)


def add_many(s: Session, topic: str, payloads: Sequence[Mapping[str, Any]], now: int) -> int:
    """Write rows into the outbox within the caller's transaction, at least one; return the number of the last."""
    last = next_number(s, "outbox", len(payloads))
    told = enumerate(payloads, last - len(payloads) + 1)
    s.execute(_add(dialect(s)), {"rows": [[number, topic, each, now] for number, each in told]})
    return last


@functools.cache
def _add(dialect: str) -> Insert:
    rows = Given(dialect)
    made = select(rows.number(0), rows.text(1), rows.document(2), rows.number(3))
    return insert(Base.metadata.tables["outbox"]).from_select(["id", "topic", "payload", "created"], made)


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


def trim(s: Session, before: int, *, needed: int | None = None, at_last: int = 0) -> bool:
    """Forget rows that are older than the time `before`; those above the number `needed` only before `at_last`.

    At most TRIMMED, so that nobody waits long for the transaction: True if there may be more.
    """
    old = OutboxRow.created < before
    if needed is not None:
        old = and_(old, or_(OutboxRow.id <= needed, OutboxRow.created < at_last))
    oldest = list(s.scalars(select(OutboxRow.id).where(old).order_by(OutboxRow.id).limit(TRIMMED)))
    if oldest:
        s.execute(delete(OutboxRow).where(OutboxRow.id <= oldest[-1], old))
    return len(oldest) == TRIMMED
