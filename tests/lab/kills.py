"""`./dev lab kills`: kill -9 of every part while events are on the way; nothing acknowledged is lost, nothing is doubled.

Real collector, real uplink and spool; a generator in place of the sensors. Each part is killed ten times (--quick:
twice), each time while at least 1,000 events were emitted and not yet acknowledged, or acknowledged and not yet stored.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.lab.auditing import account
from tests.lab.site import Agent, Site

PARTS = ("collector", "gateway", "engine", "store", "judge", "agent")
BURST = 12_000
RATE = 20_000
ON_THE_WAY = 1_000


def row(what: str, value: float, unit: str, target: float) -> bool:
    """Print one figure; at most the target is well."""
    good = value <= target
    figure = {"bench": "kills", "what": what, "value": value, "unit": unit, "baseline": None, "ratio": None}
    print(json.dumps({**figure, "target": target, "ok": good}), flush=True)
    return good


def on_the_way(site: Site, agent: Agent, so_far: int) -> int:
    """Events of this burst that are not yet stored."""
    written = len(agent.written()) - so_far
    return written - max(0, site.stage.client.get("/api/events/count")["count"] - so_far) if written > ON_THE_WAY else 0


def kill_one(site: Site, agent: Agent, part: str, so_far: int) -> int:
    """Let the generator write a burst, kill the part in the middle of it; how much was on the way."""
    deadline = time.monotonic() + 20
    seen = 0
    while seen < ON_THE_WAY and time.monotonic() < deadline:
        time.sleep(0.01)
        seen = on_the_way(site, agent, so_far)
    if part == "agent":
        agent.kill()
    elif part == "collector":
        site.kill_collector()
    else:
        site.kill_role(part)
    return seen


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
                    so_far = len(agent.written())
                    agent.start(BURST)
                    seen = kill_one(site, agent, part, so_far)
                    least[part] = min(seen, least.get(part, seen))
                    if part == "agent":
                        agent.start(0)
                    if not site.drain(120):
                        print(f"kills: {agent.waiting()} events still wait after {part}", file=sys.stderr)
                    agent.stop()
                good &= row(f"{part} killed: fewest events on the way", -least[part], "events, negative", -ON_THE_WAY)
            agent.start(0)
            site.drain(30)
            result = account(site)
            print(f"kills: {result}", file=sys.stderr)
            good &= row("acknowledged events lost", result.lost, "events", 0)
            good &= row("events stored twice", result.doubled, "events", 0)
            good &= row("acknowledged events that meet a rule without an alert", result.alerts_lost, "alerts", 0)
            good &= row("alerts raised twice", result.alerts_doubled, "alerts", 0)
            good &= row("acknowledged fewer than", -result.acknowledged, "events, negative", -ON_THE_WAY)
        finally:
            site.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
