"""How often rules are met, by rule, day and host: written with what a block of batches means, in its transaction.

A day is the event's own (UTC), but none before the last KEEP_DAYS: so a clock in 1970 makes no rows without end.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from sqlalchemy import Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_schema import RuleCountRow
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import Base

KEEP_DAYS = 35
"""Counts are kept so long."""
MOST = 2_000_000
"""Rows that are kept at most, about 90 bytes each; beyond it the oldest days go, counted."""

Met = tuple[str, int, str]
"""Rule's id, the event's time (ns), host."""


def add(s: Session, met: Counter[Met], now: int) -> None:
    """Add what was met; what a correlation took back is a negative number."""
    days: Counter[tuple[str, int, str]] = Counter()
    today = now // DAY
    for (rule, time, host), count in met.items():
        days[key_of(rule), min(max(time // DAY, today - KEEP_DAYS), today), host] += count
    rows = [
        {"rule": rule, "day": day, "host": host, "matches": count}
        for (rule, day, host), count in sorted(days.items())  # in one order: no two writers wait for each other
        if count
    ]
    if rows:
        s.execute(_add(s.get_bind().dialect.name), rows)


@cache
def _add(dialect: str) -> Insert:
    insert: Callable[..., sqlite.Insert | postgresql.Insert]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table = Base.metadata.tables[RuleCountRow.__tablename__]
    query = insert(table)
    more = {"matches": table.c.matches + query.excluded.matches}
    return query.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)


def trim(s: Session, now: int, most: int = MOST) -> int:
    """Take out what is too old, and the oldest days if there is too much; return how many rows the latter were."""
    s.execute(delete(RuleCountRow).where(RuleCountRow.day < now // DAY - KEEP_DAYS))
    days = s.execute(select(RuleCountRow.day, func.count()).group_by(RuleCountRow.day).order_by(RuleCountRow.day)).all()
    surplus, last = sum(count for _, count in days) - most, None
    given_up = 0
    for day, count in days:
        if given_up >= surplus:
            break
        given_up, last = given_up + count, day
    if last is not None:
        s.execute(delete(RuleCountRow).where(RuleCountRow.day <= last))
    return given_up


def counted(rules: Iterable[str], time: int, host: str) -> Counter[Met]:
    """Return what one event of a host that met rules counts."""
    return Counter((rule, time, host) for rule in rules)
