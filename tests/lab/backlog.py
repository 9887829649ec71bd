"""A host's day while others drain an outage: urgent events are alerted in time, and a day stays small.

`./dev lab backlog [--quick]`: all agents of a fleet come back at once, a fifth of them with the backlog of 72 hours;
the others work through a day of their own meanwhile, at rates of workstations with the clock accelerated, and attacks
are made on all of them. Real sessions over real streams against a real collector, judged from the fleet's own log.
Each host that is on says once a minute of the day how it is and signs how far it came, as an agent does.
Bytes are the messages', with what the kernel says that a message costs beside them on all streams together, and by
arithmetic the keepalives of the day's true length: gRPC asks only after a silence. What is sent is the part of the
recorded hour that the dictionary was not trained on; there is no second recording. Linux hosts only: our agent has no
sensor of Windows' logs, and nothing recorded what its polling sensors see there.
--agents N, --events E (of one host; EVENTS are a day), --minutes M (how long it takes), --seed S.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_collector.demo.stage import content_folder
from tramgac_wire.dictionary import Dictionary

from tests.lab import backlog_road, fleet_check, fleet_events, fleet_identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import FLUSH_NS, KEEPALIVE_S, Member
from tests.lab.rows import note, row
from tests.lab.site import Site

HOUR_NS = 3_600_000_000_000
WORK_H, OUTAGE_H, WORKDAYS = 8, 72, 3
"""Hours of work a day, hours of the outage, and the days' work that fell into it."""
EVENTS, MOST_MB = 10_000, 1.2
"""What a host sees on a day, and what that may take on the line."""
BURST = 9
DRAINING, ATTACKS_A_S = 0.2, 2.0
DAY_BATCH_S = 30
PATIENCE_S, LOOK_S = 600.0, 5.0


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    found = parser.parse_args()
    found.agents = found.agents or (30 if found.quick else 100)
    found.minutes = found.minutes or (0.7 if found.quick else 8)
    found.events = found.events or (1_000 if found.quick else EVENTS)
    found.day_minutes = WORK_H * 60 * found.events / EVENTS
    return found


@dataclass
class Fleet:
    """Its members, those that drain first, and what each does."""

    members: list[Member]
    streams: list[fleet_events.Stream]
    draining: int
    chance: random.Random
    road: backlog_road.Road
    drained_s: float = 0.0
    drained_at: int = 0
    """The same by the clock, ns since 1970; 0 while they drain."""
    attacks: list[tuple[str, fleet_events.Event]] = field(default_factory=lambda: list(fleet_events.attacks("linux")))

    def fill(self, events: int) -> int:
        """Give those that drain what they saw in the outage; how much that is."""
        count = WORKDAYS * events
        for member, following in zip(self.members[: self.draining], self.streams, strict=False):
            for number in range(count):
                member.clock_off = -OUTAGE_H * HOUR_NS * (count - number) // count
                member.emit(*following())
            member.clock_off = 0
        return self.draining * count

    async def day(self, given: argparse.Namespace) -> None:
        """All come at once; the rest work for so long, attacks are made until both are done."""
        began, pace = time.monotonic(), given.day_minutes / given.minutes
        for member in self.members:
            member.start()
        numbers = range(self.draining, len(self.members))
        working = [asyncio.create_task(self._work(n, given.events, given.minutes)) for n in numbers]
        working += [asyncio.create_task(self._minutely(m, round(given.day_minutes), 60 / pace)) for m in self.members]
        looked = began
        while any(not task.done() for task in working) or any(m.spool.waiting for m in self.members[: self.draining]):
            self._attack()
            await asyncio.sleep(1 / ATTACKS_A_S)
            now = time.monotonic()
            if not self.drained_s and all(m.spool.waiting < BURST for m in self.members[: self.draining]):
                self.drained_s, self.drained_at = now - began, time.time_ns()
            if now - looked > LOOK_S:
                looked = now
                self.road.look()
            if now - began > given.minutes * 60 + PATIENCE_S:
                break
        self.road.look()

    async def stop(self) -> None:
        """All end, once everything is acknowledged."""
        await asyncio.gather(*(member.stop(last_words="") for member in self.members))

    def _attack(self) -> None:
        rule, event = self.chance.choice(self.attacks)
        copy = fleet_events.Event()
        copy.CopyFrom(event)
        self.chance.choice(self.members).emit(fleet_events.URGENT, copy, rule)

    async def _minutely(self, member: Member, minutes: int, minute_s: float) -> None:
        """Health and checkpoints of one host, at moments of its own."""
        health, sign = self.chance.random(), self.chance.random()
        begun = time.monotonic()
        for number in range(minutes):
            for moment, act in sorted(((health, 0), (sign, 1))):
                await asyncio.sleep(begun + (number + moment) * minute_s - time.monotonic())
                member.checkpoint() if act else member.health()

    async def _work(self, number: int, events: int, minutes: float) -> None:
        """A day of one host in bursts, as work comes."""
        pause = minutes * 60 * BURST / events
        left = events
        while left > 0:
            await asyncio.sleep(self.chance.expovariate(1 / pause))
            burst = min(left, 1 + int(self.chance.expovariate(1 / (BURST - 1))))
            for _ in range(burst):
                self.members[number].emit(*self.streams[number]())
            left -= burst


def fleet(identities: list[fleet_identity.Identity], address: str, log: Log, given: argparse.Namespace) -> Fleet:
    """Make the members; batches wait as long as they do on a day, by the day's own clock."""
    pace = given.day_minutes / given.minutes
    flush = {lane: int(DAY_BATCH_S * 1e9 / pace) if wait else 0 for lane, wait in FLUSH_NS.items()}
    dictionary = Dictionary((content_folder() / "linux.dictionary").read_bytes())
    members, streams = [], []
    for number, identity in enumerate(identities):
        seed = random.Random(given.seed * 1_000_003 + number)
        member = Member(identity, address, log, seed, flush_ns=flush, dictionary=dictionary, haste=0.1)
        member.silence_s = KEEPALIVE_S / pace
        members.append(member)
        streams.append(fleet_events.workstation(seed))
    road = backlog_road.Road(address.rpartition(":")[2])
    return Fleet(members, streams, int(len(members) * DRAINING), random.Random(given.seed), road)


def bytes_told(led: Fleet, given: argparse.Namespace) -> bool:
    """Print what a working host's day took on the line; whether it is little enough."""
    beside = led.road.beside(sum(m.messages for m in led.members), sum(m.size for m in led.members))
    working = led.members[led.draining :]
    size = sum(m.size + m.messages * beside for m in working) / len(working) / 1e6
    signed = sum(m.checkpoint_bytes + m.checkpoints * beside for m in working) / len(working) / 1e6
    pings = sum(m.pings for m in working) / len(working)
    most = 2 * given.day_minutes * 60 / KEEPALIVE_S
    row("backlog", "a message costs beside itself", round(beside), "bytes")
    row("backlog", "messages of a host", round(sum(m.messages for m in working) / len(working)), "messages")
    row("backlog", "a host's signed checkpoints, of its day", round(signed, 3), "MB")
    alive, others = (count * backlog_road.KEEPALIVE / 1e6 for count in (pings, most))
    row("backlog", f"a host's keepalives, by arithmetic: {pings:.1f} after silence", round(alive, 3), "MB")
    row("backlog", f"its keepalives if nothing else were said: {most:.0f}", round(others, 3), "MB")
    told = f"{given.events} events and {round(given.day_minutes)} minutes' health and checkpoints"
    row("backlog", f"a host's day without keepalives, {told}", round(size, 3), "MB")
    bound = round(MOST_MB * given.events / EVENTS, 3)
    return row("backlog", f"a host's day with keepalives, {told}", round(size + alive, 3), "MB", at_most=bound)


def meanwhile(led: Fleet, found: fleet_check.Verdict) -> bool:
    """Print how soon those attacks were alerted that were made before the outage was drained."""
    took = [took for put, took in found.to_alert if not led.drained_at or put < led.drained_at]
    good = row("backlog", "attacks alerted that were made while the fifth drained", len(took), "alerts", at_least=20)
    return good & fleet_check.soon("backlog", "alerted, made while the fifth drained", took or [PATIENCE_S])


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options()
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        log = Log(Path(folder) / "fleet.log")
        try:
            site.start()
            names = [f"ws-{number:05d}" for number in range(given.agents)]
            identities = fleet_identity.make(site.stage.paths, names)
            led = fleet(identities, site.session_address, log, given)
            backlog = led.fill(given.events)
            note(f"backlog: {led.draining} of {given.agents} agents have {backlog} events of {OUTAGE_H} h to drain")
            good = asyncio.run(_run(led, given))
            hosts = {identity.host for identity in identities}
            found = fleet_check.judge(log, site.stage.paths, site.stage.client, hosts, PATIENCE_S)
            good &= fleet_check.told("backlog", found, log.latencies) & meanwhile(led, found)
        finally:
            site.stop()
            log.close()
    return 0 if good else 1


async def _run(led: Fleet, given: argparse.Namespace) -> bool:
    await led.day(given)
    good = bytes_told(led, given)
    await led.stop()
    row("backlog", "the outage was drained after", round(led.drained_s, 1), "s")
    return good


if __name__ == "__main__":
    sys.exit(main())
