"""`./dev lab outage`: 14 days without the collector under a cap of 256 MB, then a flood: nothing that counts is lost.

A real agent's spool is fed for two weeks of working days by a clock of its own (recordings: TRAMGAC_TEST_DATA), with
switch-offs and power cuts, then an attacker floods the bulk lane with a million hostile events; then the line is back
and all of it goes through the real uplink to a real collector. The two upper lanes are complete there, the cap held at
every moment, and the ledger names what is missing exactly, by epoch, lane and reason. Then the same in small with
planted bugs, each of which must be found. --quick: two days, 16 MB; --days N, --seed S.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tramgac_agent import local

from tests.lab.outage_check import Found, check, wait, worked_on
from tests.lab.outage_feed import BURST, DAY_S, Feed
from tests.lab.outage_host import SECOND, Host
from tests.lab.outage_planted import BUGS, CAP
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

LATE = "events that still wait, or are not worked on"
HEALTH_S = 3
STEADY_S = 2.0
DRAIN_S, CAUGHT_UP_S = 1_200.0, 600.0
PLANTED_S = 30.0
"""How long is waited for what a planted bug may have lost."""


@dataclass(frozen=True)
class Plan:
    """How long and how much."""

    days: int
    cuts: frozenset[int]
    """Days that end with a power cut."""
    events_a_day: int
    cap: int
    flood: int
    seed: int


def drained(host: Host) -> bool:
    """Everything is acknowledged and everything is told."""
    epoch, lanes = host.spool.heads()
    waits = any(first < upcoming for first, upcoming in lanes.values())
    return epoch == host.spool.epoch and not waits and not host.spool.endings.untold()


def live(
    host: Host, seconds: float, until: Callable[[Host], bool] = drained, work: Callable[[], object] = lambda: None
) -> bool:
    """Let real time pass until something has been so for a while; whether it was.

    Until then health is told, and some `work` done, every few seconds.
    """
    began = last = steady = told = time.monotonic()
    while (now := time.monotonic()) < began + seconds:
        host.now += int((now - last) * SECOND)
        last = now
        if not until(host):
            steady = now
            if now >= told + HEALTH_S:
                told = now
                host.health()
                work()
        host.turn()
        if now >= steady + STEADY_S:
            return True
        local.wait(host.duties.filenos(), 0.02)
    return False


def enrolled(site: Site, plan: Plan) -> tuple[Agent, Host]:
    """A host that begins so long ago that its last day ends now."""
    agent = site.enrol(0)
    settings = agent.state / "config.toml"
    settings.write_text(f"spool_bytes = {plan.cap}\nrecent_bytes = {plan.cap // 4}\n{settings.read_text('utf-8')}")
    return agent, Host(agent.state, time.time_ns() - (plan.days + 1) * DAY_S * SECOND)


def hour_before(agent: Agent, feed: Feed) -> None:
    """An hour's work while the collector is there; what it acknowledged is kept by the spool."""
    feed.host.boot()
    agent.send()
    feed.until(3_600 * SECOND)
    if not live(feed.host, 120, lambda host: drained(host) and host.duties.content_version > 0):
        note(f"outage: not all of the first hour was acknowledged: {feed.host.spool.heads()}")
    agent.stop()
    feed.host.shut_down()


def away(site: Site, feed: Feed, plan: Plan) -> None:
    """The collector is away: days of work, then the flood, on a machine that stays on."""
    began = time.monotonic()
    for day in range(plan.days):
        feed.day(day + 1, power_cut=day in plan.cuts)
    work, size, days = sum(map(len, feed.host.truth.times.values())), feed.host.disk.used, time.monotonic() - began
    note(f"outage: {plan.days} days: {work} events, {size / 1e6:.1f} MB on the disk; in {days:.0f} s")
    feed.host.now = (plan.days + 1) * DAY_S * SECOND
    feed.host.boot()
    feed.flood(plan.flood)
    books = {lane: dict(one.dropped) for lane, one in feed.host.spool.ledger().items()}
    note(f"outage: flood of {plan.flood} in {time.monotonic() - began - days:.0f} s; given up since the boot: {books}")


def lived(site: Site, plan: Plan, *, absent: bool, patience: float = CAUGHT_UP_S) -> tuple[Found, Host, float]:
    """All of it with one host; what was found, and how long the draining took, seconds."""
    agent, host = enrolled(site, plan)
    feed = Feed(host, plan.events_a_day, plan.seed)
    hour_before(agent, feed)
    if absent:
        site.stage.children.stop()
        site.stage.children.forget()
    away(site, feed, plan)
    if absent:
        site.stage.start_collector()
        site.stage.wait_for_collector()
    began = time.monotonic()
    agent.send()
    good = live(host, DRAIN_S, work=lambda: feed.burst(BURST, attack=True))
    took = time.monotonic() - began - STEADY_S
    host.health()
    good &= live(host, 60)
    agent.stop()
    identity = (host.state / "identity/host").read_text("utf-8").strip()
    good &= wait(site.stage, identity, sum(map(len, host.truth.times.values())), host.reported, patience)
    settled = drained(host) and worked_on(site.stage.paths)
    found = check(site.stage, identity, host.truth)
    found.wrong[LATE] += not good
    found.settled = settled
    host.shut_down()
    return found, host, took


def honest(site: Site, plan: Plan) -> bool:
    """The product as it is; whether every figure is well."""
    found, host, took = lived(site, plan, absent=True)
    good = row("outage", CAP, host.disk.peak, "bytes", at_most=plan.cap)
    for what, count in found.wrong.items():
        good &= row("outage", what, count, "of all", at_most=0)
    good &= row("outage", "bulk events given up, each of them told", found.missing, "events", at_least=1)
    row("outage", "events that are at the collector", found.stored, "events")
    row("outage", "events that power cuts took before they were safe", len(host.truth.torn), "events")
    row("outage", "incarnations of the spool", len({epoch for epoch, _ in host.truth.times}), "epochs")
    row("outage", "drained", round(found.stored / took), "events/s")
    return good


def planted(site: Site, seed: int) -> bool:
    """Every planted bug is found: by its own figure, when nothing waits any more that would make it bad as well."""
    plan = Plan(days=1, cuts=frozenset({0}), events_a_day=2_000, cap=8_000_000, flood=25_000, seed=seed)
    unseen = []
    for bug, shown_by in BUGS.items():
        with bug():
            found, host, _ = lived(site, plan, absent=False, patience=PLANTED_S)
        wrong = [what for what, count in found.wrong.items() if count]
        wrong += [CAP] * (host.disk.peak > plan.cap)
        note(f"outage: planted: {bug.__name__}: settled: {found.settled}; {', '.join(wrong) or 'all well'}")
        unseen += [] if shown_by in wrong and (found.settled or shown_by == CAP) else [bug]
    return row("outage", f"planted bugs of {len(BUGS)} that were not found", len(unseen), "bugs", at_most=0)


def main() -> int:
    """Exit status: 0 if every figure is well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--days", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    days = given.days or (2 if given.quick else 14)
    cuts = frozenset({days // 3, 2 * days // 3})
    cap, flood = (16_000_000, 60_000) if given.quick else (256_000_000, 1_000_000)
    plan = Plan(days=days, cuts=cuts, events_a_day=10_000, cap=cap, flood=flood, seed=given.seed)
    note(f"outage: recordings: {os.environ.get('TRAMGAC_TEST_DATA') or 'none (TRAMGAC_TEST_DATA)'}")
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        try:
            site.start()
            good = honest(site, plan)
            good &= planted(site, given.seed)
        finally:
            site.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
