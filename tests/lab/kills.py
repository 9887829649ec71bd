"""`./dev lab kills`: kill -9 of every part while events are on the way; nothing acknowledged is lost or doubled.

Real collector, real uplink and spool; a generator in place of the sensors. Each part is killed ten times (--quick:
twice), each time while at least 1,000 events were emitted and not yet acknowledged, or acknowledged and not yet stored.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.lab.auditing import account, told
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

PARTS = ("collector", "gateway", "engine", "store", "judge", "agent")
BURST = 12_000
RATE = 20_000
ON_THE_WAY = 1_000


def on_the_way(site: Site, agent: Agent, so_far: int) -> int:
    """Events of this burst that are not yet stored."""
    written = len(agent.written()) - so_far
    return written - max(0, site.stage.client.get("/api/events/count")["count"] - so_far) if written > ON_THE_WAY else 0


def wait_on_the_way(site: Site, agent: Agent, so_far: int) -> int:
    """Wait, 20 s at most, until enough events of this burst are on the way; how many are."""
    deadline = time.monotonic() + 20
    seen = 0
    while seen < ON_THE_WAY and time.monotonic() < deadline:
        time.sleep(0.01)
        seen = on_the_way(site, agent, so_far)
    return seen


def burst_until_on_the_way(site: Site, agent: Agent) -> int:
    """Start a burst; another, where store and judge were so quick that too little was on the way (three at most)."""
    seen = 0
    for attempt in range(3):
        if attempt:
            site.drain(120)
            agent.stop()
        so_far = len(agent.written())
        agent.start(BURST)
        seen = wait_on_the_way(site, agent, so_far)
        if seen >= ON_THE_WAY:
            break
    return seen


def kill_one(site: Site, agent: Agent, part: str) -> None:
    """Kill the part; what the supervisor does not start again is started by whoever calls."""
    if part == "agent":
        agent.kill()
    elif part == "collector":
        site.kill_collector()
    else:
        site.kill_role(part)


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    times = 2 if quick else 10
    good = True
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        try:
            site.start()
            agent = site.enrol(RATE)
            least: dict[str, int] = {}
            for part in PARTS:
                for _ in range(times):
                    seen = burst_until_on_the_way(site, agent)
                    kill_one(site, agent, part)
                    least[part] = min(seen, least.get(part, seen))
                    if part == "agent":
                        agent.start(0)
                    if not site.drain(120):
                        note(f"kills: {agent.waiting()} events still wait after {part}")
                    agent.stop()
                what = f"{part} killed: fewest events on the way"
                good &= row("kills", what, least[part], "events", at_least=ON_THE_WAY)
            agent.start(0)
            site.drain(30)
            result = account(site)
            good &= told("kills", result)
            least_acked = times * len(PARTS) * ON_THE_WAY
            good &= row("kills", "events acknowledged", result.acknowledged, "events", at_least=least_acked)
        finally:
            site.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
