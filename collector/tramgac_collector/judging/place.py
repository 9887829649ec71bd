"""A judge's place in the ingest log: whose cursors it moves, and which batches are its own.

It has two: below the first all was judged, below the second what is urgent (ahead.py).
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session
from tramgac_proto.event_pb2 import LANE_URGENT

from tramgac_collector import ingest, judges
from tramgac_collector.database import insert_new, replace_many
from tramgac_collector.ingest import Entry
from tramgac_collector.judges import Seat
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import CursorRow

AHEAD = "urgent-"
"""Before a cursor's name: the name of the one of what is urgent."""


class Place:
    """The place of one judge: the batches of its hosts.

    Where there are several, each transaction begins with `hold`: they write one after the other, so that no two wait
    for each other's rows, and none goes on once there are others in its place.
    """

    def __init__(self, seat: Seat | None = None) -> None:
        """Take a judge's seat; that of the only one."""
        self.seat = seat or Seat()
        self.ahead = 0
        """What is urgent and stands before it was judged."""

    def begin(self, s: Session) -> int:
        """Return the cursor's position; the first start of the only judge makes it. Raises OSError."""
        there = cursors(s)
        if not there and self.seat.of == 1:
            insert_new(s, CursorRow, {"name": self.seat.cursor, "position": 0})
            there = cursors(s)
        if self.seat not in (judges.of_cursors(there) or ()):
            message = f"{self.seat.cursor} is none of the cursors ({', '.join(there)}): does another judge run?"
            raise OSError(message)
        self.ahead = ahead_of(s, self.seat)
        return there[self.seat.cursor]

    def takes(self, entry: Entry) -> bool:
        """Tell whether a batch is this judge's, and was not judged ahead."""
        return self.seat.hears(entry.host) and not was_ahead(entry, self.ahead)

    def takes_urgent(self, entry: Entry) -> bool:
        """Tell whether a batch is this judge's to judge ahead."""
        return entry.batch.lane == LANE_URGENT and self.takes(entry)

    def hold(self, s: Session, position: int) -> None:
        """Begin a transaction with the cursor at `position`, after those of other judges. Raises OSError."""
        if self.seat.of > 1:
            require(cursors(s, lock=True), {self.seat.cursor: position})

    def move(self, s: Session, position: int, after: int) -> None:
        """Move the cursor from `position`. Raises OSError: a second judge, started by mistake, gives up by it."""
        row = s.get(CursorRow, self.seat.cursor, with_for_update=True)
        require({} if row is None else {row.name: row.position}, {self.seat.cursor: position})
        if row is not None:
            row.position = after

    def move_ahead(self, s: Session, after: int) -> None:
        """Move the cursor of what is urgent; `ahead` follows once it is written."""
        replace_many(s, CursorRow, [{"name": AHEAD + self.seat.cursor, "position": after}])

    def tell(self, paths: StatePaths, position: int) -> None:
        """Tell whoever keeps the log that what is below a position is worked on."""
        ingest.tell_cursor(paths, self.seat.role, position)


def cursors(s: Session, *, lock: bool = False) -> dict[str, int]:
    """Return the positions of the judges' cursors by name; with `lock` nobody else moves one until the end."""
    query = select(CursorRow).where(CursorRow.name.startswith(judges.ROLE)).order_by(CursorRow.name)
    rows = s.scalars(query.with_for_update() if lock else query).all()
    return {row.name: row.position for row in rows if judges.is_cursor(row.name)}


def ahead_of(s: Session, seat: Seat) -> int:
    """Return where the cursor of what is urgent stands; 0 where there was never a backlog."""
    row = s.get(CursorRow, AHEAD + seat.cursor)
    return 0 if row is None else row.position


def was_ahead(entry: Entry, position: int) -> bool:
    """Tell whether an entry was judged ahead by whose cursor of what is urgent stands at a position."""
    return entry.position < position and entry.batch.lane == LANE_URGENT


def require(there: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """See that cursors stand where we left them. Raises OSError."""
    for name, position in wanted.items():
        if there.get(name) != position:
            message = f"the judge's cursor is at {there.get(name)}, not {position}: does another judge run?"
            raise OSError(message)
