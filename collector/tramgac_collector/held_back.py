"""What exceptions held back: counted by exception, rule and day, the newest few kept with their events.

Written in the transaction that moves the judge's cursor, so that nothing counts twice whoever is killed when. A window
of a correlation is judged again whenever its events change: it is known by the id that its alert would have, counts
once, and is taken off the count when it becomes an alert after all, or comes to nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Insert, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tramgac_collector.alerts import Detection
from tramgac_collector.database import insert_many, insert_new
from tramgac_collector.exception_schema import ExceptionRow, HeldCountRow, HeldRow
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import Base

SHOWN = 20
"""So many of each exception are kept with their events."""
KEEP_WINDOWS, KEEP_COUNTS = 30 * DAY, 400
"""How long those of correlations are kept (ns), and counts by day (days)."""


@dataclass(frozen=True, slots=True)
class Held:
    """A detection that an exception held back. `correlated`: of a window, which may change yet."""

    exception: int
    detection: Detection
    hostname: str
    correlated: bool = False

    def row(self, now: int) -> dict[str, Any]:
        """Return what is kept of it."""
        rule = self.detection.rule
        told = {"rule": rule["id"], "title": rule["title"], "title_vi": rule.get("title_vi") or ""}
        first = min(self.detection.events, key=lambda event: (event.time, event.text))
        return {
            "number": self.detection.number,
            "exception": self.exception,
            "seen": now,
            "rule": key_of(str(rule["id"])),
            "correlated": self.correlated,
            "told": {**told, "hostname": self.hostname, "event": first.as_json()},
        }


def write(s: Session, held: Sequence[Held], now: int) -> int:
    """Write down what was held back; return how many of it are new."""
    counts: Counter[tuple[int, str, int]] = Counter()
    kept: dict[int, list[Held]] = {}
    for one in sorted(held, key=lambda one: one.exception):  # in one order: no two writers wait for each other
        if one.correlated and not insert_new(s, HeldRow, one.row(now)):
            continue
        counts[one.exception, key_of(str(one.detection.rule["id"])), now // DAY] += 1
        if not one.correlated:
            kept.setdefault(one.exception, []).append(one)
    _add(s, counts, now)
    for exception, newest in kept.items():
        insert_many(s, HeldRow, [one.row(now) for one in newest[-SHOWN:]])
        _keep_newest(s, exception)
    return counts.total()


def release(s: Session, number: str) -> bool:
    """Take what was held back off the count again, by the id of its alert; False if it was not."""
    row = s.get(HeldRow, number)
    if row is None:
        return False
    _add(s, Counter({(row.exception, row.rule, row.seen // DAY): -1}), None)
    s.delete(row)
    s.flush()
    return True


def recent(s: Session, exception: int) -> Sequence[HeldRow]:
    """Return the newest few that an exception held back, newest first."""
    query = select(HeldRow).where(HeldRow.exception == exception)
    return s.scalars(query.order_by(HeldRow.seen.desc(), HeldRow.number).limit(SHOWN)).all()


def by_rule(s: Session, exception: int) -> dict[str, int]:
    """Return how many an exception held back, by rule's key, the most first."""
    total = func.sum(HeldCountRow.count)
    query = select(HeldCountRow.rule, total).where(HeldCountRow.exception == exception)
    rows = s.execute(query.group_by(HeldCountRow.rule).order_by(total.desc(), HeldCountRow.rule))
    return {rule: int(count) for rule, count in rows if count}


def since(s: Session, day: int) -> dict[int, int]:
    """Return how many each exception held back on `day` (since 1970, UTC) and after."""
    query = select(HeldCountRow.exception, func.sum(HeldCountRow.count)).where(HeldCountRow.day >= day)
    return {exception: int(count) for exception, count in s.execute(query.group_by(HeldCountRow.exception))}


def trim(s: Session, now: int) -> None:
    """Take out what is too old."""
    s.execute(delete(HeldRow).where(HeldRow.correlated.is_(True), HeldRow.seen < now - KEEP_WINDOWS))
    s.execute(delete(HeldCountRow).where(HeldCountRow.day < now // DAY - KEEP_COUNTS))


def _keep_newest(s: Session, exception: int) -> None:
    plain = (HeldRow.exception == exception, HeldRow.correlated.is_(False))
    query = select(HeldRow.number).where(*plain).order_by(HeldRow.seen.desc(), HeldRow.number).offset(SHOWN)
    if old := s.scalars(query).all():
        s.execute(delete(HeldRow).where(HeldRow.number.in_(old)))


def _add(s: Session, counts: Counter[tuple[int, str, int]], now: int | None) -> None:
    rows = [
        {"exception": exception, "rule": rule, "day": day, "count": count}
        for (exception, rule, day), count in sorted(counts.items())
    ]
    if not rows:
        return
    for exception, total in sorted(_totals(rows).items()):
        seen = {} if now is None else {"last": now}
        change = update(ExceptionRow).where(ExceptionRow.id == exception)
        s.execute(
            change.values(held=ExceptionRow.held + total, **seen), execution_options={"synchronize_session": False}
        )
    s.execute(_upsert(s.get_bind().dialect.name), rows)


def _totals(rows: Iterable[dict[str, Any]]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for row in rows:
        totals[row["exception"]] += row["count"]
    return totals


@cache
def _upsert(dialect: str) -> Insert:
    insert: Callable[..., sqlite.Insert | postgresql.Insert]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table = Base.metadata.tables[HeldCountRow.__tablename__]
    query = insert(table)
    more = {"count": table.c.count + query.excluded.count}
    return query.on_conflict_do_update(index_elements=list(table.primary_key), set_=more)
