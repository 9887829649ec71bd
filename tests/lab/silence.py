"""A week of 10,000 hosts in little time: who falls silent, and what is told of it; `./dev lab silence [--quick]`.

The judge's own watch over a real control store, with a clock that the lane moves; machines are switched on and off,
some at the wall, lines are cut, 20 agents are killed. `--quick`: 1,000 hosts, two days, 5 kills.
"""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import insert, select, text
from tramgac_collector import database, initialise, ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.judging.silence import Silence
from tramgac_collector.judging.silence_facts import LEFT
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import AlertRow, HostRow

from tests.lab.rows import note, row
from tests.lab.silent_week import DAY, Change, Week

STEP = 90
NS = 1_000_000_000
SOON = 300  # seconds in which the end of an agent must be told
_CHANGES = {
    "on": "UPDATE hosts SET connected = :now, left_at = NULL, last_words = '', last_seen = :now WHERE id = :id",
    "off": "UPDATE hosts SET connected = NULL, last_words = 'stopped by signal SIGTERM'"
    " WHERE id = :id AND id IN (SELECT id FROM speaking)",  # behind a cut line its last words wait with it
    "cut": "UPDATE hosts SET disconnected = :now WHERE id = :id",
    "killed": "UPDATE hosts SET connected = NULL, disconnected = :now, left_at = :now WHERE id = :id",
}


def name(host: int) -> str:
    """The id of a host."""
    return f"{host:032x}"


def monday() -> int:
    """The midnight before some Monday of this place, ns."""
    return int(time.mktime((2026, 11, 2, 0, 0, 0, 0, 0, -1))) * NS


class Place:
    """A control store with the week's hosts, and the watch."""

    def __init__(self, root: Path, week: Week) -> None:
        self.week, self.position, self.now = week, 0, monday()
        self.paths = StatePaths(root)
        config = CollectorConfig(minimum_free_bytes=0)
        initialise.initialise(self.paths, config)
        self.engine = database.open_database(config.url(self.paths))
        ready.announce(self.paths, "gateway")
        os.utime(self.paths.ready("gateway"), ns=(self.now, self.now))
        self.silence = Silence(self.paths, self.engine, config, Counter(), lambda: self.now)
        rows = [
            {"id": name(host), "hostname": f"pc-{host}", "site": f"site-{week.site[host]}", "serial": "1"}
            for host in range(week.count)
        ]
        common = {"os_type": "windows", "agent_version": "1", "enrolled": self.now}
        with database.session(self.engine) as s:
            s.execute(insert(HostRow), [one | common for one in rows])
            s.execute(text("CREATE TABLE speaking (id TEXT PRIMARY KEY)"))

    def step(self) -> None:
        """Let STEP seconds pass."""
        self.now += STEP * NS
        with database.session(self.engine) as s:
            for change in self.week.until((self.now - monday()) / NS, self.position):
                self.position += 1
                self._apply(s, change)
            s.execute(
                text("UPDATE hosts SET last_seen = :now WHERE id IN (SELECT id FROM speaking)"), {"now": self.now}
            )
        self.silence.look()

    def _apply(self, s: database.Session, change: Change) -> None:
        who = {"id": name(change.host)}
        s.execute(text(_CHANGES[change.what]), {**who, "now": self.now})
        speaks = change.what == "on"
        sql = "INSERT OR IGNORE INTO speaking VALUES (:id)" if speaks else "DELETE FROM speaking WHERE id = :id"
        s.execute(text(sql), who)

    def told(self) -> list[AlertRow]:
        """All alerts."""
        with database.reading(self.engine) as s:
            return list(s.scalars(select(AlertRow).order_by(AlertRow.created)))


def figures(place: Place, kills: int) -> bool:
    """What was told, against what happened; so many agents were to be killed."""
    week, begins = place.week, monday()
    found, days = set[int](), Counter[int]()
    for alert in place.told():
        host = int(alert.host, 16)
        after = (alert.created - begins) / NS - week.killed.get(host, -DAY)
        if alert.rule_id == LEFT["id"] and 0 <= after <= SOON and host not in found:
            found.add(host)
            continue
        days[(alert.created - begins) // (DAY * NS)] += 1
        note(f"silence: {alert.title}, {alert.hostname}, day {(alert.created - begins) / NS / DAY:.2f}")
    good = row("silence", "agents killed, told within 5 min", len(found), "hosts", at_least=kills)
    worst = max(days.values(), default=0)
    good &= row("silence", "other alerts of silence, on the worst day", worst, "alerts", at_most=5)
    row("silence", "other alerts of silence, all days", days.total(), "alerts")
    row("silence", "hosts away without an alert", place.silence.counts["hosts_away"], "silences")
    return good


def main(arguments: list[str]) -> int:
    """Run the lane."""
    quick = "--quick" in arguments
    hosts, days, kills = (1_000, 2, 5) if quick else (10_000, 7, 20)
    week = Week(hosts, days, kills, seed=1)
    with tempfile.TemporaryDirectory() as root:
        place, spent = Place(Path(root) / "state", week), []
        for step in range(week.days * DAY // STEP):
            before = time.process_time()
            place.step()
            spent.append(time.process_time() - before)
            if step * STEP % DAY == 0:
                note(f"silence: day {step * STEP // DAY} of {week.days}")
        good = figures(place, kills)
        row(
            "silence",
            "a step, the lane's own writes included, 95 %",
            round(sorted(spent)[len(spent) * 95 // 100] * 1e3, 1),
            "ms",
        )
        place.engine.dispose()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
