"""A host's day while others drain an outage: urgent events are alerted in time, and a day stays small.

`./dev lab backlog [--quick]`: all agents of a fleet come back at once, a fifth of them with the backlog of 72 hours;
the others work through a day of their own meanwhile, at rates of workstations with the clock accelerated, and attacks
are made on all of them. Real sessions over real streams against a real collector, judged from the fleet's own log.
Bytes are the messages', with what the kernel says that a message costs beside them on all streams together.
--agents N, --events E (a host's day), --minutes M (how long it takes), --seed S.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_collector.demo.stage import content_folder
from tramgac_wire.dictionary import Dictionary

from tests.lab import fleet_check, fleet_events, fleet_identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import FLUSH_NS, Member
from tests.lab.rows import note, row
from tests.lab.site import Site

HOUR_NS = 3_600_000_000_000
WORK_H, OUTAGE_H, WORKDAYS = 8, 72, 3
"""Hours of work a day, hours of the outage, and the days' work that fell into it."""
BURST = 9
DRAINING, ATTACKS_A_S = 0.2, 2.0
DAY_BATCH_S = 30
PATIENCE_S = 600.0
HEADERS, SEGMENT = 52, 1_448
"""Bytes of IPv4 and of TCP with time stamps in front of so many of a segment on Ethernet."""


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
    found.events = found.events or (1_000 if found.quick else 10_000)
    return found


@dataclass
class Fleet:
    """Its members, those that drain first, and what each does."""

    members: list[Member]
    streams: list[fleet_events.Stream]
    draining: int
    chance: random.Random
    drained_s: float = 0.0
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

    async def day(self, events: int, minutes: float) -> None:
        """All come at once; the rest work for so long, attacks are made until both are done."""
        began = time.monotonic()
        for member in self.members:
            member.start()
        working = [asyncio.create_task(self._work(n, events, minutes)) for n in range(self.draining, len(self.members))]
        while any(not task.done() for task in working) or any(m.spool.waiting for m in self.members[: self.draining]):
            self._attack()
            await asyncio.sleep(1 / ATTACKS_A_S)
            if not self.drained_s and all(m.spool.waiting < BURST for m in self.members[: self.draining]):
                self.drained_s = time.monotonic() - began
            if time.monotonic() - began > minutes * 60 + PATIENCE_S:
                break

    async def stop(self) -> None:
        """All end, once everything is acknowledged."""
        await asyncio.gather(*(member.stop(last_words="") for member in self.members))

    def _attack(self) -> None:
        rule, event = self.chance.choice(self.attacks)
        copy = fleet_events.Event()
        copy.CopyFrom(event)
        self.chance.choice(self.members).emit(fleet_events.URGENT, copy, rule)

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
    pace = WORK_H * 60 / given.minutes
    flush = {lane: int(DAY_BATCH_S * 1e9 / pace) if wait else 0 for lane, wait in FLUSH_NS.items()}
    dictionary = Dictionary((content_folder() / "linux.dictionary").read_bytes())
    members, streams = [], []
    for number, identity in enumerate(identities):
        seed = random.Random(given.seed * 1_000_003 + number)
        members.append(Member(identity, address, log, seed, flush_ns=flush, dictionary=dictionary, haste=0.1))
        streams.append(fleet_events.linux(seed))
    return Fleet(members, streams, int(len(members) * DRAINING), random.Random(given.seed))


def on_the_wire(port: str) -> Iterator[int]:
    """Bytes of each connection of the gateway's port, both ways, with headers of IP and TCP, as the kernel counts."""
    told = subprocess.run(
        ["ss", "-tinHO", "state", "established", f"( sport = :{port} )"], check=True, capture_output=True, text=True
    )
    for line in told.stdout.splitlines():
        words = dict(word.split(":", 1) for word in line.split() if ":" in word)
        total = 0
        for payload, segments in (("bytes_sent", "segs_out"), ("bytes_received", "segs_in")):
            size = int(words.get(payload, 0))
            total += size + HEADERS * max(int(words.get(segments, 0)), -(-size // SEGMENT))
        yield total


def bytes_a_host(led: Fleet, port: str) -> tuple[float, float]:
    """Megabytes of a working host's day, and bytes that a message costs beside itself."""
    messages = sum(member.messages for member in led.members)
    beside = (sum(on_the_wire(port)) - sum(member.bytes for member in led.members)) / messages
    working = led.members[led.draining :]
    return sum(m.bytes + m.messages * beside for m in working) / len(working) / 1e6, beside


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
            good = asyncio.run(_run(led, site, given))
            hosts = {identity.host for identity in identities}
            found = fleet_check.judge(log, site.stage.paths, site.stage.client, hosts, PATIENCE_S)
            good &= fleet_check.told("backlog", found, log.latencies)
        finally:
            site.stop()
            log.close()
    return 0 if good else 1


async def _run(led: Fleet, site: Site, given: argparse.Namespace) -> bool:
    await led.day(given.events, given.minutes)
    size, beside = bytes_a_host(led, site.session_address.rpartition(":")[2])
    await led.stop()
    row("backlog", "the outage was drained after", round(led.drained_s, 1), "s")
    row("backlog", "a message costs beside itself", round(beside), "bytes")
    events = f"a host's day of {given.events} events"
    return row("backlog", events, round(size, 3), "MB", at_most=1.2 * given.events / 10_000)


if __name__ == "__main__":
    sys.exit(main())
