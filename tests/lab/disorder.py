"""`./dev lab disorder`: the same events in any order, late, and twice give the same alerts.

A collector for each way of arriving, with real agents' sessions to its gateway. Twelve hosts, a day of event time: what
meets each of our rules and correlations, what misses it nearly, and recorded attacks (needs TRAMGAC_TEST_DATA). In
order; shuffled, over three lanes; late: a third comes when hours of later events have been judged; twice: batches said
again, streams cut, the judge killed; and all of it at once. Alerts are the same if all is but their ids, when they were
made, the ids of hosts, and the numbers under which their events came. Rules that a judge parked, since they cost too
much, are told and not compared: what such a rule misses depends on what came first.
--quick: in order and all at once, without recordings.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_collector import config, database, ingest
from tramgac_collector.judging import reading_texts
from tramgac_collector.schema import CursorRow
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT

from tests.lab import fleet_identity
from tests.lab.disorder_events import Happening, closing, happenings
from tests.lab.faults_counts import caught_up
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import Member
from tests.lab.rows import note, row
from tests.lab.site import Site

HOSTS = 12
PARTS, AT_ONCE = 12, 1_000
"""So many parts are sent, each of at least so many events, and judged before the next."""
LANES = (LANE_URGENT, LANE_SECURITY, LANE_BULK)
FLUSH_NS = dict.fromkeys(LANES, 100_000_000)
SENT_S, JUDGED_S = 300.0, 600.0
KILLS = 3
"""Of the judge."""
AGAIN, CUT = 0.1, 0.005
"""How often a member says its batches again, and has its stream cut, of twenty times a second: more often, and it would
be held back for what it repeats, and wait ever longer before it comes back.
"""
SHOWN = 5
"""Differences that are told one by one."""
_MOST = 1_000_000
Key = tuple[str, int, int, int]
Alert = tuple[str, str, frozenset[int], str]
"""A rule, a level, the numbers of the events, and what else is said of it."""
SAID = ("stage", "status", "hostname", "user", "time", "summary", "why")


@dataclass(frozen=True, slots=True)
class Way:
    """How events arrive."""

    name: str
    shuffled: bool = False
    late: bool = False
    again: bool = False


ORDER = Way("in order")
WHOLE = Way("all at once", shuffled=True, late=True, again=True)
WAYS = (ORDER, Way("shuffled", shuffled=True), Way("late", late=True), Way("twice", again=True), WHOLE)


class Arrival:
    """One way of arriving, at a collector of its own."""

    def __init__(self, way: Way, site: Site, folder: Path) -> None:
        """Enrol the hosts."""
        self.way, self.site, self.chance = way, site, random.Random(way.name)
        self.log = Log(folder / "disorder.log")
        self.known: dict[Key, int] = {}
        """Which event has which number."""
        names = [f"ws-{number}" for number in range(HOSTS)]
        half, paths = HOSTS // 2, site.stage.paths
        self.identities = [
            *fleet_identity.make(paths, names[:half], system="windows"),
            *fleet_identity.make(paths, names[half:]),
        ]
        self.kills = self.repeats = 0

    async def run(self, every: Sequence[Happening]) -> None:
        """Send all, and wait until it is judged."""
        address = self.site.session_address
        self.members = [
            Member(each, address, self.log, self.chance, flush_ns=FLUSH_NS, haste=0.01) for each in self.identities
        ]
        for member in self.members:
            member.start()
        try:
            for part in self._parts(list(every)):
                await self._send(part)
                if not await caught_up(self.site, JUDGED_S):
                    raise TimeoutError("store or judge did not catch up")
            await asyncio.to_thread(self._texts_read)
        finally:
            await asyncio.gather(*(member.kill() for member in self.members))
            self.log.close()

    def _parts(self, every: list[Happening]) -> Iterator[list[Happening]]:
        """What is sent and judged before the next is; what is late comes after the end of event time."""
        early: list[Happening] = []
        held: list[Happening] = []
        for each in every:
            (held if self.way.late and self.chance.random() < 1 / 3 else early).append(each)
        for part in (early, held) if self.way.shuffled else ():
            self.chance.shuffle(part)
        size = max(AT_ONCE, len(every) // PARTS)
        yield from (early[at : at + size] for at in range(0, len(early), size))
        yield closing(HOSTS)
        yield from (held[at : at + size] for at in range(0, len(held), size))
        if (
            held
        ):  # hosts go on: of one that is silent after a restart of the judge, what waits is judged 10 minutes later
            yield closing(HOSTS)

    async def _send(self, part: Sequence[Happening]) -> None:
        for each in part:
            member = self.members[each.host]
            lane = self.chance.choice(LANES) if self.way.shuffled else LANE_SECURITY
            event = each.event
            event.boot = member.spool.epoch
            sequence = member.spool.put(lane, event.SerializeToString())
            self.log.put(member.host, member.spool.epoch, lane, sequence, event.time, "")
            self.known[member.host, member.spool.epoch, lane, sequence] = each.number
            member.tell(lane)
        async with asyncio.timeout(SENT_S):
            while any(member.spool.waiting for member in self.members):
                if self.way.again:
                    await self._disturb()
                await asyncio.sleep(0.05)

    async def _disturb(self) -> None:
        for member in self.members:
            if self.chance.random() < AGAIN:
                member.say_again()
                self.repeats += 1
            if self.chance.random() < CUT:
                member.cut()
        if self.kills < KILLS and self.chance.random() < 0.1:
            self.kills += 1
            await asyncio.to_thread(self.site.kill_role, "judge")

    def _texts_read(self) -> None:
        """Wait until YARA has looked at all texts, which it does beside the judge."""
        paths = self.site.stage.paths
        engine, head = database.open_database(config.load(paths).url(paths)), ingest.head(paths)
        for _ in range(int(JUDGED_S)):
            with database.reading(engine) as s:
                if s.get_one(CursorRow, reading_texts.NAME).position >= head:
                    break
            time.sleep(1)
        else:
            raise TimeoutError("not all texts were looked at")
        engine.dispose()

    def parked(self) -> set[str]:
        """The rules that the judge evaluates no more, by id."""
        return {each["rule"] for each in self.site.stage.client.get("/api/status")["rules_parked"]}

    def alerts(self) -> Counter[Alert]:
        """What was alerted and not taken back, and how often."""
        found: Counter[Alert] = Counter()
        names = {identity.host: f"host {number}" for number, identity in enumerate(self.identities)}
        for alert in self.site.stage.client.lines("/api/alerts/export", status="all", limit=_MOST):
            if alert["stage"] == "withdrawn":
                continue
            keys = [(e["host"], int(e["epoch"], 16), e["lane"], e["sequence"]) for e in alert["events"]]
            said = json.dumps({name: alert[name] for name in SAID}, sort_keys=True)
            for host, name in names.items():  # an event without its computer's name is told by the host's id
                said = said.replace(host, name)
            found[alert["rule"]["id"], alert["rule"]["level"], frozenset(self.known[key] for key in keys), said] += 1
        return found


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one way of arriving."""

    alerts: Counter[Alert]
    parked: set[str]
    well: bool
    """Whether it was as bad as it is meant to be."""

    def but(self, rules: set[str]) -> Counter[Alert]:
        """The alerts, but for those of some rules."""
        return Counter({alert: count for alert, count in self.alerts.items() if alert[0] not in rules})


def arrived(way: Way, every: Sequence[Happening]) -> Seen:
    """What comes of one way of arriving."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as name:
        site = Site(Path(name))
        try:
            site.start()
            arrival = Arrival(way, site, Path(name))
            asyncio.run(arrival.run(every))
            found, parked = arrival.alerts(), arrival.parked()
        finally:
            site.stop()
    note(f"disorder: {way.name}: {found.total()} alerts; {arrival.repeats} batches said again; parked {sorted(parked)}")
    well = row("disorder", f"{way.name}: kills of the judge", arrival.kills, "kills", at_least=int(way.again))
    return Seen(found, parked, well)


def compared(way: Way, best: Seen, found: Seen) -> bool:
    """Compare what came of one way with what came in order; whether that is the same."""
    parked = best.parked | found.parked
    row("disorder", f"{way.name}: rules that were parked, here or in order, and are not compared", len(parked), "rules")
    wanted, there = best.but(parked), found.but(parked)
    good = True
    for what, wrong in (("alerts that are missing", wanted - there), ("alerts too many, or twice", there - wanted)):
        good &= row("disorder", f"{way.name}: {what}", wrong.total(), f"of {wanted.total()}", at_most=0)
        for rule, level, numbers, said in [*wrong][:SHOWN]:
            note(f"disorder: {way.name}: {what}: {level} {rule} of events {sorted(numbers)}: {said}")
    return good


def main(arguments: list[str]) -> int:
    """Exit status: 0 if every way gives the same."""
    quick = "--quick" in arguments
    every, rules = happenings(HOSTS, recorded=not quick)
    note(f"disorder: {len(every)} events of {HOSTS} hosts")
    best = arrived(ORDER, every)
    fired = {rule for rule, *_ in best.alerts}
    met, good = len(rules & fired), best.well
    good &= row("disorder", "correlations of ours that alert", met, f"of {len(rules)}", at_least=len(rules))
    row("disorder", "rules that alert", len(fired), "rules")
    for way in WAYS[-1:] if quick else WAYS[1:]:
        found = arrived(way, every)
        good &= found.well & compared(way, best, found)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
