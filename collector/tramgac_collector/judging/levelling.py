"""Other judges than before: what the former had not judged is judged, then all begin at one place of the log.

The names of cursors say of how many judges they are. As long as they are not those of the judges that run now, the
first of these is the heir of all the former: it reads on from the last of their cursors, takes what its judge had not
taken, and what judges had handed over to each other; then it puts down the new cursors, at the log's end. The others
wait for that. Killed anywhere, it goes on; a former judge that still runs finds its cursor gone or elsewhere.
"""

import structlog
from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from tramgac_collector import ingest, judges
from tramgac_collector.database import reading, session
from tramgac_collector.ingest import Entry
from tramgac_collector.judge_schema import HandedRow, JudgeRow
from tramgac_collector.judges import Seat
from tramgac_collector.judging.consumer import Consumer
from tramgac_collector.judging.place import AHEAD, Place, ahead_of, cursors, require, was_ahead
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import CursorRow, RoleContentRow

_LOG = structlog.get_logger(__name__)


def agreed(engine: Engine, of: int) -> bool:
    """Tell whether the cursors are those of so many judges."""
    with reading(engine) as s:
        return judges.of_cursors(cursors(s)) == judges.seats(of)


class Heir(Place):
    """The place of all former judges."""

    def __init__(self) -> None:
        """Know of none yet."""
        super().__init__()
        self._former: dict[str, int] = {}
        self._ahead: dict[str, int] = {}
        self._seats: tuple[Seat, ...] = ()

    def begin(self, s: Session) -> int:
        """Return the position of the last of them."""
        self._former = cursors(s)
        self._seats = judges.of_cursors(self._former) or ()
        if not self._seats:
            message = f"these are not the cursors of so many judges: {', '.join(self._former)}"
            raise OSError(message)
        self._ahead = {seat.cursor: ahead_of(s, seat) for seat in self._seats}
        return min(self._former.values())

    def takes(self, entry: Entry) -> bool:
        """Tell whether the judge of its host had not taken a batch."""
        (its,) = (seat for seat in self._seats if seat.hears(entry.host))
        return self._former[its.cursor] <= entry.position and not was_ahead(entry, self._ahead[its.cursor])

    def takes_urgent(self, entry: Entry) -> bool:
        """All comes in its turn: no cursor of its own says what was judged ahead."""
        del entry
        return False

    def hold(self, s: Session, position: int) -> None:
        """Begin a transaction. Raises OSError: a former judge still runs."""
        require(cursors(s, lock=True), self._expected(position))

    def move(self, s: Session, position: int, after: int) -> None:
        """Move those that are behind. Raises OSError as `hold`."""
        self.hold(s, position)
        for seat in self._seats:
            row = s.get_one(CursorRow, seat.cursor)
            row.position = max(row.position, after)

    def tell(self, paths: StatePaths, position: int) -> None:
        """Tell whoever keeps the log."""
        for seat in self._seats:
            ingest.tell_cursor(paths, seat.role, max(self._former[seat.cursor], position))

    def replace(self, s: Session, position: int, begin: int, of: int) -> None:
        """Put down the cursors of so many judges where they are to begin: all before it is judged."""
        self.hold(s, position)
        begin = max(begin, *self._former.values())
        s.execute(delete(CursorRow).where(CursorRow.name.in_(self._former)))
        s.execute(delete(CursorRow).where(CursorRow.name.startswith(AHEAD)))
        s.execute(delete(JudgeRow))
        gone = judges.roles(judges.MOST)[of:]
        s.execute(delete(RoleContentRow).where(RoleContentRow.role.in_(gone)))
        s.flush()
        s.add_all(CursorRow(name=seat.cursor, position=begin) for seat in judges.seats(of))

    def _expected(self, position: int) -> dict[str, int]:
        return {name: max(was, position) for name, was in self._former.items()}


def level(heir: Consumer, of: int) -> None:
    """Judge what is left and put down the cursors of so many judges. `heir`: a consumer in the place of an `Heir`."""
    place = heir.place
    assert isinstance(place, Heir)
    with session(heir.engine) as s:
        if not cursors(s):  # a new log
            s.execute(delete(JudgeRow))
            s.add_all(CursorRow(name=seat.cursor, position=0) for seat in judges.seats(of))
            return
    heir.begin()
    _LOG.info("other judges than before: what is left is judged first", judges=of, position=heir.position)
    heir.drain()
    heir.inherit()
    for role in judges.roles(of):  # before the cursors are there: the log keeps what they begin with
        ingest.tell_cursor(heir.paths, role, heir.written)
    with session(heir.engine) as s:
        place.replace(s, heir.written, heir.position, of)
        lost = len(s.scalars(delete(HandedRow).returning(HandedRow.id)).all())
    heir.counts["handed_unknown"] += lost
    _LOG.info("judges begin at one place", judges=of, position=heir.position, not_understood=lost)


def forget(paths: StatePaths, of: int) -> None:
    """Take away what judges of whom there are no more have left: the log must not wait for them."""
    for role in judges.roles(judges.MOST)[of:]:
        paths.cursor(role).unlink(missing_ok=True)
        paths.tally(role).unlink(missing_ok=True)
        paths.costs(role).unlink(missing_ok=True)
