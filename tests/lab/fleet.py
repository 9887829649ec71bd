"""`./dev lab fleet`: a fleet's working day: nothing acknowledged lost or doubled, each planted attack alerted, in time.

Real agents' sessions over real streams in one process against a real collector: recorded and made-up work at rates of
workstations, switched on in the morning and off in the evening, a site that goes dark, the collector's gateway killed
at noon, lines that break, wrong clocks, batches said twice. Judged from the fleet's own log. --agents N, --minutes M
(how long the day takes), --events E (a host's of the day), --seed S, --quick: 40 agents in half a minute.
"""

import argparse
import asyncio
import functools
import sys
import tempfile
from pathlib import Path

from tests.lab import fleet_check, fleet_identity
from tests.lab.fleet_crew import ATTACK, crew, windows_hosts
from tests.lab.fleet_day import Plan
from tests.lab.fleet_log import Log
from tests.lab.rows import note, row
from tests.lab.site import Site

BACK_S = 30.0
THERE = ", put while the gateway was there"
"""The times that are judged are of such urgent events; nobody acknowledges the others before it is back."""


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    found = parser.parse_args()
    found.agents = found.agents or (40 if found.quick else 1_000)
    found.minutes = found.minutes or (0.5 if found.quick else 10)
    found.events = found.events or (150 if found.quick else 300)
    return found


def enrolled(site: Site, count: int, windows: int) -> list[fleet_identity.Identity]:
    """So many hosts, those with Windows first."""
    paths = site.stage.paths
    names = [f"ws-{number:05d}" for number in range(count)]
    return [
        *fleet_identity.make(paths, names[:windows], system="windows"),
        *fleet_identity.make(paths, names[windows:]),
    ]


def noon(away: tuple[int, int], log: Log, found: fleet_check.Verdict) -> bool:
    """Print how long the gateway was missed; what was put meanwhile is timed in a row of its own."""
    waited = [took for put, took in log.timed if away[0] <= put <= away[1]]
    log.latencies[:] = [took for put, took in log.timed if not away[0] <= put <= away[1]]
    found.to_alert = [(put, took) for put, took in found.to_alert if not away[0] <= put <= away[1]]
    what = f"longest of {len(waited)} urgent events put while it was missed, to acknowledged"
    row("fleet", what, round(max(waited, default=0), 1), "s")
    what, took = "until all have a stream again, from the kill of the gateway at noon", (away[1] - away[0]) / 1e9
    good = row("fleet", what, round(took, 1), "s", at_most=2 * BACK_S, target=BACK_S)
    for what, count in (("acknowledged", len(log.latencies)), ("alerted", len(found.to_alert))):
        good &= row("fleet", f"urgent events {what}{THERE}", count, "events", at_least=ATTACK)
    return good


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options()
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        log = Log(Path(folder) / "fleet.log")
        try:
            site.start()
            plan = Plan(given.agents, given.events, given.seed)
            windows = 0 if given.quick else windows_hosts(plan.members)
            identities = enrolled(site, plan.members, windows)
            kill = functools.partial(site.kill_role, "gateway")
            led = crew(plan, identities, site.session_address, log, windows, kill)
            note(f"fleet: {plan.members} agents, {windows} of them with Windows' logs (recordings: TRAMGAC_TEST_DATA)")
            asyncio.run(led.day(given.minutes))
            note(f"fleet: {dict(led.done)}; the leader was {led.late:.1f} s late at most")
            hosts = {identity.host for identity in identities}
            meeting = {identity.host for identity in identities[:windows]}
            found = fleet_check.judge(log, site.stage.paths, site.stage.client, hosts, meeting=meeting)
            good = noon(led.away, log, found) & fleet_check.told("fleet", found, log.latencies, THERE)
            open_books = fleet_check.incomplete(site.stage.client, hosts)
            good &= row("fleet", "hosts whose books do not balance or have gaps", len(open_books), "hosts", at_most=0)
            good &= row("fleet", "kills of the gateway at noon", site.restarts["gateway"], "times", at_least=1)
            connects = sum(member.connects for member in led.members)
            row("fleet", "streams that were opened", connects, "streams")
        finally:
            site.stop()
            log.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
