"""One log judged by so many judges in one process, killed and begun again at will; for tests."""

from collections import Counter

from sqlalchemy import delete, select
from tramgac_collector import database, judges, outbox
from tramgac_collector.correlation_schema import MemberEventRow, MemberRow, WindowRow
from tramgac_collector.judge_schema import HandedRow, JudgeRow
from tramgac_collector.judging import levelling
from tramgac_collector.judging.consumer import PASS_EVERY, Consumer
from tramgac_collector.judging.correlating import IDLE_NS
from tramgac_collector.judging.levelling import Heir
from tramgac_collector.judging.loading import InForce
from tramgac_collector.judging.place import Place
from tramgac_collector.rule_schema import RuleCountRow
from tramgac_collector.schema import AlertRow, CursorRow, HistoryRow, NoteRow, OutboxRow

from tests.collector.judging.correlated import Site
from tests.collector.judging.feed import NOW

WRITTEN = (HistoryRow, NoteRow, AlertRow, OutboxRow, MemberRow, WindowRow, MemberEventRow, HandedRow, JudgeRow)
WRITTEN += (CursorRow, RuleCountRow)


class Several(Site):
    """A site with as many judges as are wanted, none of which works by itself."""

    def __init__(self, store, state, author, *hosts):
        self.of, self.judges = 1, {}
        super().__init__(store, state, author, *hosts)

    def anew(self, of):
        """Forget all that was judged; so many judges begin with the log."""
        with database.session(self.store) as s:
            for table in WRITTEN:
                s.execute(delete(table))
        return self.change(of)

    def change(self, of):
        """So many judges take the place of those that there are, as after a restart with another setting."""
        self.of = of
        if not levelling.agreed(self.store, of):
            levelling.level(self.consumer(Heir()), of)
        levelling.forget(self.state, of)
        for number in range(1, of + 1):
            self.begin(number)
        return self

    def begin(self, number):
        """A judge as after a kill."""
        self.judges[number] = self.consumer(Place(judges.Seat(number, self.of)))
        self.judges[number].begin()

    def consumer(self, place):
        in_force = InForce(self.state, self.store, place.seat.role)
        in_force.begin()
        in_force.refresh(NOW)
        return Consumer(self.state, self.store, in_force, clock=lambda: self.now, place=place)

    def work(self, number):
        """One judges what is there."""
        self.now += PASS_EVERY
        self.judges[number].drain()
        self.judges[number].exchange(moving=True)

    def end(self):
        """All judge all that is there, and what then waits, as it stands."""
        for _ in range(6):
            for number in range(1, self.of + 1):
                self.work(number)
        for _ in range(6):
            self.now += 2 * IDLE_NS
            for number in range(1, self.of + 1):
                self.judges[number].settle()
                self.work(number)
        return self

    def found(self):
        """What stands there in the end, times of writing aside."""
        with database.reading(self.store) as s:
            assert not s.scalars(select(HandedRow)).all()
            raised = [row.payload["id"] for row in outbox.after(s, 0, 100_000) if row.topic == "alert"]
            assert len(raised) == len(set(raised)), "an alert was raised twice"
            alerts = {
                (row.id, row.title, row.stage, row.host, row.hostname, row.time, str(row.events), str(row.why))
                for row in s.scalars(select(AlertRow).where(AlertRow.stage != "withdrawn"))
            }
            windows = {(row.correlation, row.id, row.final, str(row.window)) for row in s.scalars(select(WindowRow))}
            members = {(row.correlation, row.group, row.event, row.turn) for row in s.scalars(select(MemberRow))}
            counts = Counter({(row.rule, row.day, row.host): row.matches for row in s.scalars(select(RuleCountRow))})
        return alerts, windows, members, counts
