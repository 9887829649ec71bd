"""`./dev lab fleet`: a fleet's working day: nothing acknowledged lost or doubled, each planted attack alerted, in time.

Real agents' sessions over real streams in one process against a real collector: recorded and made-up work at rates of
workstations, switched on in the morning and off in the evening, a site that goes dark, lines that break, wrong clocks,
batches said twice. Judged from the fleet's own log. --agents N, --minutes M (how long the day takes), --events E (a
host's of the day), --seed S, --quick: 40 agents in half a minute.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.lab import fleet_check, fleet_identity
from tests.lab.fleet_crew import crew, windows_hosts
from tests.lab.fleet_day import Plan
from tests.lab.fleet_log import Log
from tests.lab.rows import note, row
from tests.lab.site import Site


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
            led = crew(plan, identities, site.session_address, log, windows)
            note(f"fleet: {plan.members} agents, {windows} of them with Windows' logs (recordings: TRAMGAC_TEST_DATA)")
            asyncio.run(led.day(given.minutes))
            note(f"fleet: {dict(led.done)}; the leader was {led.late:.1f} s late at most")
            hosts = {identity.host for identity in identities}
            found = fleet_check.judge(log, site.stage.paths, site.stage.client, hosts)
            good = fleet_check.told("fleet", found, log.latencies)
            open_books = fleet_check.incomplete(site.stage.client, hosts)
            good &= row("fleet", "hosts whose books do not balance or have gaps", len(open_books), "hosts", at_most=0)
            connects = sum(member.connects for member in led.members)
            row("fleet", "streams that were opened", connects, "streams")
        finally:
            site.stop()
            log.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
