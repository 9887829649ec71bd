"""Exceptions that people state and end: who, why, until when. Each step is in the audit trail.

Whatever changes here moves the counter `exceptions`: judges look at it before each block of batches, so that a change
holds for every event examined after that, in each of them, without a restart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.names import time_text

from tramgac_collector import audit
from tramgac_collector.columns import clean
from tramgac_collector.errors import QueryError
from tramgac_collector.exception_schema import ExceptionRow
from tramgac_collector.exceptions import ANY, OWN, Exceptions, Stated, read, says_nothing
from tramgac_collector.outbox import next_number
from tramgac_collector.refusals import (
    ExceptionLasting,
    ExceptionRefused,
    ExceptionThere,
    ExceptionUnknown,
    ExceptionWide,
)
from tramgac_collector.rule_states import key_of
from tramgac_collector.schema import CounterRow
from tramgac_collector.search.tree import Node

COUNTER = "exceptions"
ACTIVE, EXPIRED, ENDED = "active", "expired", "ended"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exception as a person states it; `rule` is an id in full or ANY, `expires` 0 for never."""

    rule: str
    query: str
    by: str
    why: str
    site: str = ""
    expires: int = 0
    force: bool = False
    """Also where nearly any event meets it."""

    @property
    def stated(self) -> Stated:
        """It, as it would be asked."""
        return Stated(0, ANY if self.rule == ANY else key_of(self.rule), self.site, self.query, 0)


def number(s: Session) -> int:
    """Return how often something changed here."""
    return s.execute(select(CounterRow.value).where(CounterRow.name == COUNTER)).scalar_one()


def check(wanted: Wanted, now: int) -> None:
    """Look whether an exception can be stated.

    Raises:
        QueryError: its search cannot be understood.
        ExceptionWide: nearly any event meets it, and nobody insists.
        ExceptionRefused: it is of what the collector itself says, or ended before it began.
    """
    node = read(wanted.query)
    if wanted.rule.startswith(OWN):
        message = f"{wanted.rule} is what the collector itself says; no exception holds it back"
        raise ExceptionRefused(message, rule=wanted.rule)
    if 0 < wanted.expires <= now:
        raise ExceptionRefused("the exception would end before it begins; give a later end", rule=wanted.rule)
    if not wanted.force and says_nothing(node):
        message = f"nearly every event meets {wanted.query!r}: name what the harmless ones have, FIELD:VALUE"
        raise ExceptionWide(message, query=wanted.query)


def state(s: Session, wanted: Wanted, now: int) -> ExceptionRow:
    """Put an exception in force. Raises as `check`, and ExceptionThere where one that stands says all of it."""
    check(wanted, now)
    if there := same(s, wanted, now):
        message = f"exception {there} says that already; `tramgac exceptions prolong {there}` gives it a later end"
        raise ExceptionThere(message, id=there)
    row = ExceptionRow(
        rule=wanted.stated.rule,
        name=wanted.rule,
        site=clean(wanted.site),
        query=wanted.query,
        by=wanted.by,
        why=wanted.why,
        time=now,
        expires=wanted.expires,
        **dict.fromkeys(("ended", "held", "last", "prolonged"), 0),
        **dict.fromkeys(("ended_by", "ended_why", "prolonged_by", "prolonged_why"), ""),
    )
    s.add(row)
    s.flush()
    told = {"exception": row.id, "query": wanted.query, "site": wanted.site, "expires": wanted.expires}
    audit.write(s, wanted.by, "exception.state", wanted.rule, {**told, "why": wanted.why, "force": wanted.force}, now)
    next_number(s, COUNTER)
    return row


def same(s: Session, wanted: Wanted, now: int) -> int:
    """Return which one in force says the same, or the same of more rules and sites for as long at least; 0 for none."""
    node = read(wanted.query)
    for row in listing(s):
        alike = (row.rule, row.site) == (wanted.stated.rule, wanted.site)
        wider = row.rule in (wanted.stated.rule, ANY) and row.site in ("", wanted.site)
        lasting = row.expires == 0 or 0 < wanted.expires <= row.expires
        if standing(row, now) == ACTIVE and (alike or (wider and lasting)) and _says(row.query, node):
            return row.id
    return 0


def _says(query: str, node: Node) -> bool:
    try:
        return read(query) == node
    except QueryError:  # it can no longer be read, and holds back nothing
        return False


def end(s: Session, which: int, *, by: str, why: str, now: int) -> ExceptionRow:
    """End an exception. Raises ExceptionUnknown where none of that number stands."""
    row = in_force(s, which, now)
    row.ended, row.ended_by, row.ended_why = now, by, why
    audit.write(s, by, "exception.end", row.name, {"exception": which, "held": row.held, "why": why}, now)
    next_number(s, COUNTER)
    return row


def prolong(s: Session, which: int, wanted: Wanted, now: int) -> ExceptionRow:
    """Give an exception the later end of `wanted`, which is it again, by whom and why this time.

    Raises ExceptionUnknown where none of that number stands, ExceptionLasting for an end that is no later; and as
    `check`: what nobody could state today, nobody prolongs.
    """
    row = in_force(s, which, now)
    check(wanted, now)
    if row.expires == 0 or 0 < wanted.expires <= row.expires:
        until = time_text(row.expires) if row.expires else None
        message = f"the exception stands until {until or 'somebody ends it'}; give a later end"
        raise ExceptionLasting(message, id=which, expires=until)
    told = {"exception": which, "expires": wanted.expires, "before": row.expires, "why": wanted.why}
    row.expires, row.prolonged, row.prolonged_by, row.prolonged_why = wanted.expires, now, wanted.by, wanted.why
    audit.write(s, wanted.by, "exception.prolong", row.name, {**told, "force": wanted.force}, now)
    next_number(s, COUNTER)
    return row


def in_force(s: Session, which: int, now: int) -> ExceptionRow:
    """Return an exception that stands. Raises ExceptionUnknown where none of that number does."""
    row = s.get(ExceptionRow, which)
    if row is None or standing(row, now) != ACTIVE:
        raise ExceptionUnknown(f"no exception {which} stands; `tramgac exceptions list` lists them", id=which)
    return row


def get(s: Session, which: int) -> ExceptionRow:
    """Return an exception, whether or not it stands. Raises ExceptionUnknown."""
    row = s.get(ExceptionRow, which)
    if row is None:
        raise ExceptionUnknown(f"there is no exception {which}; `tramgac exceptions list --all` lists them", id=which)
    return row


def listing(s: Session) -> Sequence[ExceptionRow]:
    """Return all exceptions, the newest first."""
    return s.scalars(select(ExceptionRow).order_by(ExceptionRow.id.desc())).all()


def standing(row: ExceptionRow, now: int) -> str:
    """Tell whether an exception is in force: ACTIVE, EXPIRED or ENDED."""
    return ENDED if row.ended else EXPIRED if 0 < row.expires <= now else ACTIVE


def naming(s: Session, rules: Iterable[str], now: int) -> dict[str, int]:
    """Return how many exceptions in force are of each rule, by its id; none of those that there are none of."""
    there = Counter(row.rule for row in listing(s) if standing(row, now) == ACTIVE)
    found = {rule: there[key_of(rule)] + (0 if rule.startswith(OWN) else there[ANY]) for rule in rules}
    return {rule: count for rule, count in found.items() if count}


def load(s: Session) -> Exceptions:
    """Return those that nobody ended, ready; each looks at its end by itself."""
    return Exceptions.of(stated(s))


def stated(s: Session) -> list[Stated]:
    """Return those that nobody ended, as they were written down."""
    kept = (ExceptionRow.id, ExceptionRow.rule, ExceptionRow.site, ExceptionRow.query, ExceptionRow.expires)
    rows = s.execute(select(*kept).where(ExceptionRow.ended == 0))
    return [Stated(*row) for row in rows]
