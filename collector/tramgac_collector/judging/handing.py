"""Matches of correlations that judges hand to each other: rows, within the caller's transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session
from tramgac_rules.correlation.model import Correlation, Group, Match, event_of, event_text

from tramgac_collector import judges
from tramgac_collector.database import insert_many
from tramgac_collector.judge_schema import HandedRow
from tramgac_collector.judges import Seat
from tramgac_collector.judging.correlation_rows import NO_GROUP, group_key

AT_ONCE = 5_000
"""So many are taken in one transaction."""


@dataclass(frozen=True, slots=True)
class Share:
    """Whose the groups of some correlations are: those within a host its judge's, others that of their values.

    It does not depend on the rest of the set: judges that have other content in force for a moment agree.
    """

    seat: Seat
    correlations: Sequence[Correlation]

    def owns(self, index: int, group: Group) -> bool:
        """Tell whether a group is this judge's."""
        return self.seat.of == 1 or self.owner(index, group) == self.seat.number

    def owner(self, index: int, group: Group) -> int:
        """Return the number of the judge that keeps a group."""
        within = self.correlations[index].by_host
        return self._owner(index, group[0] if within else "", "" if within else group_key(group))

    def owns_row(self, index: int, host: str, key: str) -> bool:
        """Tell whether a group is this judge's, by what rows say of it."""
        return self.seat.of == 1 or self._owner(index, host, key) == self.seat.number

    def _owner(self, index: int, host: str, key: str) -> int:
        ungrouped = self.correlations[index].rule.id if key == NO_GROUP else ""
        return judges.number_of(host or ungrouped or key, self.seat.of)


@dataclass(frozen=True, slots=True)
class Handed:
    """A match that another judge handed over. `index`: of its correlation here, None if there is none such."""

    id: int
    index: int | None
    match: Match
    how: str


@dataclass(slots=True)
class Handing:
    """What one judge hands over in one transaction."""

    share: Share
    content: int
    now: int
    owners: set[int] = field(default_factory=set)
    """Who is to be told."""
    count: int = 0
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def put(self, index: int, match: Match, how: str) -> None:
        """Gather a match."""
        owner = self.share.owner(index, match.group)
        self.owners.add(owner)
        self.count += 1
        told = [match.time, event_text(match.event), match.turn, list(match.group), match.value]
        name = self.share.correlations[index].rule.digest
        where = {"owner": owner, "correlation": name, "how": how, "content": self.content, "written": self.now}
        self._rows.append({**where, "told": told})

    def flush(self, s: Session) -> None:
        """Write what was gathered, in order."""
        insert_many(s, HandedRow, self._rows)
        self._rows = []


def waiting(s: Session, owner: int | None, known: Mapping[str, int], content: int) -> list[Handed]:
    """Return what waits for a judge (None: for any), the oldest first, AT_ONCE at most.

    `known`: the index of correlations by their digest. What is of content that is newer than one's own, and unknown,
    waits on.
    """
    query = select(HandedRow).where(*_for(owner, known, content))
    rows = s.scalars(query.order_by(HandedRow.id).limit(AT_ONCE)).all()
    return [Handed(row.id, known.get(row.correlation), _match(row.told), row.how) for row in rows]


def any_waits(s: Session, owner: int, known: Collection[str], content: int) -> bool:
    """Tell whether something waits for a judge, as `waiting` would return it."""
    return s.scalar(select(HandedRow.id).where(*_for(owner, known, content)).limit(1)) is not None


def taken(s: Session, handed: Iterable[Handed]) -> None:
    """Take out what was judged."""
    s.execute(delete(HandedRow).where(HandedRow.id.in_([each.id for each in handed])))


def trim(s: Session, before: int) -> int:
    """Take out what nobody took since the time `before`; return how many."""
    return len(s.scalars(delete(HandedRow).where(HandedRow.written < before).returning(HandedRow.id)).all())


def _for(owner: int | None, known: Collection[str], content: int) -> list[ColumnElement[bool]]:
    mine = [] if owner is None else [HandedRow.owner == owner]
    return [*mine, or_(HandedRow.content <= content, HandedRow.correlation.in_(known))]


def _match(told: Sequence[Any]) -> Match:
    time, event, turn, group, value = told
    return Match(time, event_of(event), turn, tuple(group), value)
