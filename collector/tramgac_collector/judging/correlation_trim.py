"""What is taken out of the rows of correlations: what is not in force, what nothing can need, what is too much."""

from collections.abc import Sequence

import structlog
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session
from tramgac_rules.correlation.extract import Correlations

from tramgac_collector.correlation_schema import MemberEventRow, MemberRow, WindowRow
from tramgac_collector.schema import AlertRow

KEEP_NS = 7 * 86_400_000_000_000
"""Members are kept so long beyond the span of their correlation: so late may an event be."""
MOST_MEMBERS = 2_000_000
"""Members that are kept at most; beyond it the oldest quarter goes, counted."""
_LOG = structlog.get_logger(__name__)


def purge(s: Session, known: Sequence[str]) -> None:
    """Take out the rows of correlations that are no longer in force; their provisional alerts stay as they are."""
    for table in (WindowRow, MemberRow):
        for name in [*s.scalars(select(table.correlation).distinct())]:
            if name not in known:
                if table is WindowRow:
                    open_ = select(WindowRow.id).where(WindowRow.correlation == name, WindowRow.final.is_(False))
                    s.execute(update(AlertRow).where(AlertRow.id.in_(open_)).values(stage="confirmed"))
                s.execute(delete(table).where(table.correlation == name))


def trim(s: Session, correlations: Correlations, now: int) -> int:
    """Take out what nothing can need any more, and the oldest members if there are too many: return how many those are.

    What is handed over and not taken yet needs its copies: those are kept as long as members at least.
    """
    _trim(s, correlations, now)
    given_up = _bound(s)
    unused = (MemberEventRow.written < now - KEEP_NS, ~exists().where(MemberRow.event == MemberEventRow.event))
    s.execute(delete(MemberEventRow).where(*unused))
    return given_up


def _trim(s: Session, correlations: Correlations, now: int) -> None:
    reach = [correlation.span for correlation in correlations.all]
    for index in reversed(range(len(reach))):  # what refers to one may ask for its events for longer
        for name in correlations.all[index].rules:
            if name in correlations.index:
                earlier = correlations.index[name]
                reach[earlier] = max(reach[earlier], reach[index])
    for correlation, span in zip(correlations.all, reach, strict=True):
        old, name = now - KEEP_NS, correlation.rule.digest
        mine = (MemberRow.correlation == name, MemberRow.time < old - span, MemberRow.written < old)
        s.execute(delete(MemberRow).where(*mine))
        ended = (WindowRow.correlation == name, WindowRow.ended < old - span, WindowRow.written < old)
        s.execute(delete(WindowRow).where(*ended, WindowRow.final))


def _bound(s: Session) -> int:
    """Take out the oldest members if there are too many; return how many."""
    count = s.scalar(select(func.count()).select_from(MemberRow)) or 0
    if count <= MOST_MEMBERS:
        return 0
    surplus = count - MOST_MEMBERS * 3 // 4
    time = s.scalar(select(MemberRow.time).order_by(MemberRow.time).offset(surplus).limit(1))
    s.execute(delete(MemberRow).where(MemberRow.time < time))
    _LOG.warning("correlations have too many members; the oldest are given up", count=count, before=time)
    return surplus
