"""One of several judges among the others, within its transactions: where all are, and what they told of event time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tramgac_collector import judges
from tramgac_collector.database import replace_many
from tramgac_collector.judge_schema import JudgeRow
from tramgac_collector.judges import Seat
from tramgac_collector.judging.tide import Along, Tide, targets
from tramgac_collector.schema import CursorRow


@dataclass(slots=True)
class Together:
    """What a judge knows of all of them."""

    seat: Seat
    seen: int = 0
    """Greatest time of an event of our hosts, ns."""
    heard: int = 0
    """When somebody heard a host last, by our clock, ns."""
    content: int = -1
    """Version of the bundle by which correlations are applied."""
    applied: list[int] = field(default_factory=lambda: [0])
    """Up to which time correlations over hosts are applied here, by how deep they refer to others."""
    _tide: Tide = field(default_factory=Tide)
    _heard: int = 0
    """When we did."""

    def begin(self, s: Session, content: int, depth: int) -> None:
        """Go on from what was written, with correlations that refer to others so deep."""
        row = s.get(JudgeRow, self.seat.cursor)
        self.content, self.applied = content, [0] * (depth + 1)
        if row is not None:
            self.seen = max(self.seen, row.seen)
            if row.content == content and len(row.applied) == len(self.applied):
                self.applied = list(row.applied)

    def hear(self, latest: int, now: int) -> None:
        """Note that a host was heard, whose newest event is of the time `latest`."""
        self.seen, self._heard = max(self.seen, latest), now

    def look(self, s: Session, position: int) -> list[int]:
        """Return how far correlations over hosts may be applied; `position`: up to where we have read.

        What others handed over must be read after this, in the same transaction, and applied before.
        """
        others = self._others(s)
        self.heard = max([self.heard, self._heard, *(one.heard for one in others)])
        positions = [position, *(one.position for one in others)]
        reached = self._tide.observe(positions, [self.seen, *(one.seen for one in others)])
        return targets(reached, others, self.content, self.applied)

    def agree(self, s: Session) -> bool:
        """Tell whether all judges judge by the content that we do."""
        return all(one.content == self.content for one in self._others(s))

    def tell(self, s: Session) -> None:
        """Write down how far we are."""
        told = {"seen": self.seen, "heard": self._heard, "content": self.content, "applied": self.applied}
        replace_many(s, JudgeRow, [{"cursor": self.seat.cursor, **told}])

    def _others(self, s: Session) -> Sequence[Along]:
        names = {seat.cursor for seat in judges.seats(self.seat.of)} - {self.seat.cursor}
        rows = {row.cursor: row for row in s.scalars(select(JudgeRow).where(JudgeRow.cursor.in_(names)))}
        positions = s.execute(select(CursorRow.name, CursorRow.position).where(CursorRow.name.in_(names)))
        return [_along(position, rows, name) for name, position in positions]


def _along(position: int, rows: Mapping[str, JudgeRow], name: str) -> Along:
    row = rows.get(name)
    if row is None:
        return Along(position)
    return Along(position, row.seen, row.heard, row.content, row.applied)
