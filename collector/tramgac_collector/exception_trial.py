"""What an exception would have held back, had it stood before: told from the alerts that there are and their events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Executable, select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector.alerts import EventCopy
from tramgac_collector.exceptions import ANY, Exceptions, Stated
from tramgac_collector.schema import AlertRow, HostRow

MOST = 20_000
"""Alerts that are looked at, the newest first."""
SHOWN = 10
AGAINST = ("true_positive", "policy_violation")
"""Verdicts that speak against an exception."""
_COLUMNS = (
    AlertRow.id, AlertRow.rule_id, AlertRow.title, AlertRow.title_vi, AlertRow.hostname, AlertRow.time,
    AlertRow.summary, AlertRow.status, AlertRow.verdict, AlertRow.events,
)  # fmt: skip


@dataclass(slots=True)
class Past:
    """Alerts of the rule since a time: how many were looked at, and would not be there."""

    looked: int = 0
    held: int = 0
    open: int = 0
    """Of those that would not be there: nobody has decided them."""
    against: list[str] = field(default_factory=list)
    """Some of them that people found true, and how many there are."""
    contested: int = 0
    unsure: int = 0
    """Events that the search could not be asked of."""
    more: bool = False
    """Whether there are older ones that were not looked at."""
    some: list[dict[str, Any]] = field(default_factory=list)
    """The newest of them."""

    def as_json(self) -> dict[str, Any]:
        """Return it as the API tells it."""
        return {name: getattr(self, name) for name in self.__slots__}


def look(s: Session, rule: str, stated: Stated, since: int) -> Past:
    """Ask the events of the alerts of `rule` (its id in full, or ANY) that were raised since a time (ns)."""
    past, counts = Past(), Counter[str]()
    with s.execute(_alerts(rule, since)) as rows:
        for row, holds in _asked(s, rows, stated, counts):
            if past.looked == MOST:
                past.more = True
                break
            past.looked += 1
            if holds():
                _note(past, row)
    past.unsure = counts["exceptions_unsure"]
    return past


def fitting(s: Session, rule: str, stated: Stated, since: int) -> list[str]:
    """Return the ids of the open alerts among them that would not be there; of MOST open ones at most."""
    with s.execute(_alerts(rule, since, AlertRow.status == "open")) as rows:
        asked = islice(_asked(s, rows, stated, Counter()), MOST)
        return [row.id for row, holds in asked if holds()]


def _asked(
    s: Session, rows: Iterable[Any], stated: Stated, counts: Counter[str]
) -> Iterator[tuple[Any, Callable[[], bool]]]:
    """Yield each alert, and what tells whether the exception would hold it back."""
    exceptions = Exceptions.of([stated._replace(id=1, expires=0)])

    @cache
    def site(host: str) -> str:
        return s.scalar(select(HostRow.site).where(HostRow.id == host)) or ""

    def holds(row: Any) -> bool:
        return bool(exceptions.holds(row.rule_id, map(EventCopy.from_json, row.events), site, 0, counts))

    for row in rows:
        yield row, partial(holds, row)


def _alerts(rule: str, since: int, *also: ColumnElement[bool]) -> Executable:
    query = select(*_COLUMNS).where(AlertRow.created >= since, AlertRow.stage != "withdrawn", *also)
    if rule != ANY:
        query = query.where(AlertRow.rule_id == rule)
    newest = query.order_by(AlertRow.created.desc(), AlertRow.id).limit(MOST + 1)
    return newest.execution_options(yield_per=200)


def _note(past: Past, row: Any) -> None:
    past.held += 1
    past.open += row.status == "open"
    if row.verdict in AGAINST:
        past.contested += 1
        past.against += [row.id] if len(past.against) < SHOWN else []
    if len(past.some) < SHOWN:
        told = {name: getattr(row, name) for name in ("id", "title", "title_vi", "hostname", "summary", "verdict")}
        past.some.append({**told, "time": time_text(row.time)})
