"""`./dev lab cluster`: two gateways, two judges, three NATS servers, PostgreSQL; each part is killed under load.

Real programs on one machine: gateways behind a balancer put what they acknowledge into JetStream (three servers, each
with its own fsync), an intake empties it into the centre's log, and store and judges go on as with one machine. Nothing
acknowledged is lost or doubled, nor is an event a member of no alert or of two of a correlation over hosts of different
judges. Each kill comes amid a stream, with 1,000 events at least on the way; the first of a queue's server is that of
the one that leads the stream; where the queue has lost its majority, both gateways die before it is back. The centre's
ledger of each agent is exact at the end. How long acknowledgements, and judges, stood still is printed. At last a bug
is planted and found. `--quick`: each part once, else five times. `--only PART`, again and again: these alone, no bug.
Needs PostgreSQL's server programs.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tramgac_collector import ingest, judges
from tramgac_collector.judging.tide import LATE_NS

from tests.collector.control_store import BINARIES
from tests.lab import cluster_planted
from tests.lab.auditing import Account
from tests.lab.closing import ON_THE_WAY, compared
from tests.lab.cluster_site import JUDGES, TOGETHER, Cluster, cluster
from tests.lab.kills import SHOWN_BY, waited
from tests.lab.over_hosts import members
from tests.lab.planted import found
from tests.lab.rows import note, row
from tests.lab.site import Agent

BURST, RATE = 12_000, 1_500
HELD, TRIES = 4_000, 3
"""Events of all agents that wait before the uplinks are let go; how often that is tried."""
AFTERWARDS = 30
"""Events at last, by each agent: one meets the rule."""
DOWN_S = 4.0
"""How long a server stays away, seconds: longer than the others take to notice."""
SETTLED_S = 240
MAJORITY = "queue majority"
"""Two servers of three; then the gateways, which must not have acknowledged what they could not hand over."""


def acknowledged(agents: list[Agent]) -> int:
    """Events that the agents' books call acknowledged."""
    return sum(lane["acked"] for agent in agents for lane in agent.status().get("ledger", {}).values())


class Still:
    """The longest time in which a number did not change, though it was to."""

    def __init__(self, number: Callable[[], int]) -> None:
        """Begin."""
        self._number, self._last, self._since = number, number(), time.monotonic()
        self.longest = 0.0

    def look(self, *, due: bool = True) -> None:
        """Look at it now; `due`: there is something to do."""
        number, now = self._number(), time.monotonic()
        if number != self._last:
            self.longest = max(self.longest, now - self._since)
        if number != self._last or not due:
            self._last, self._since = number, now


class Watch:
    """Looks at the agents' books and the judges' cursors from a thread, while somebody else kills and waits."""

    def __init__(self, site: Cluster, agents: list[Agent]) -> None:
        """Begin."""
        self._paths, self._over, self._agents = site.site.stage.paths, threading.Event(), agents
        self._acked = Still(lambda: acknowledged(agents))
        roles = judges.roles(JUDGES)
        self._judged = {role: Still(partial(ingest.read_cursor, self._paths, role)) for role in roles}
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._acked.look(due=not all(agent.at_rest() for agent in self._agents))  # reports come at any time
            head = ingest.head(self._paths)
            for role, still in self._judged.items():
                still.look(due=not ingest.worked_on(self._paths, role, head))

    def stop(self) -> tuple[float, float]:
        """The longest time in which nothing was acknowledged, and in which a judge that had to did nothing, seconds."""
        self._over.set()
        self._thread.join()
        return self._acked.longest, max(still.longest for still in self._judged.values())


def kill(site: Cluster, part: str, turn: int) -> None:
    """Kill a part and have it back."""
    if part == "gateway 2":
        site.kill_second_gateway()
    elif part == "queue server":
        number = site.leader() if turn == 0 else turn % 3
        site.queue.kill(number)
        time.sleep(DOWN_S)
        site.queue.start(number)
    elif part == MAJORITY:
        site.lose_majority(DOWN_S)
    elif part == "postgres":
        site.postgres.kill()
        time.sleep(DOWN_S)
        site.postgres.start()
    elif part == "balancer":
        site.kill_balancer()
    elif part == "agent":
        agent = site.site.agents[turn % len(site.site.agents)]
        agent.kill()
        agent.start(0)
    else:
        site.site.kill_role(part)


OWN = ("gateway", "gateway 2", "intake", "store", "judge", "judge-2", "engine", "api", "agent")
PARTS = (*OWN, "queue server", MAJORITY, "postgres", "balancer")


def amid(agents: list[Agent], chance: random.Random) -> int:
    """Hold the uplinks until much waits, let them go, come back amid the stream; how many are on the way then."""
    waiting = 0
    for _ in range(TRIES):
        for agent in agents:
            agent.hold(back=True)
        waited(lambda: sum(agent.waiting() for agent in agents) >= HELD)
        some = acknowledged(agents) + chance.randrange(HELD // 4)
        for agent in agents:
            agent.hold(back=False)
        waited(lambda some=some: acknowledged(agents) > some)  # type: ignore[misc]
        waiting = sum(agent.waiting() for agent in agents)
        if waiting >= ON_THE_WAY:
            break
    return waiting


def one(site: Cluster, agents: list[Agent], part: str, turn: int, chance: random.Random) -> tuple[int, float, float]:
    """Kill a part within a burst; how many events were on the way then, how long nothing was acknowledged, judged."""
    before = acknowledged(agents)
    for agent in agents:
        agent.start(BURST)
    waited(lambda: acknowledged(agents) - before >= BURST // 4)
    waiting, watch = amid(agents, chance), Watch(site, agents)
    kill(site, part, turn)
    if not site.site.drain(SETTLED_S):
        note(f"cluster: {sum(agent.waiting() for agent in agents)} events still wait after {part}")
    wait_for_judges(site)
    gaps = watch.stop()
    for agent in agents:
        agent.stop()
    return waiting, *gaps


def wait_for_judges(site: Cluster) -> None:
    """Wait until all that is in the log is judged."""
    paths, deadline = site.site.stage.paths, time.monotonic() + SETTLED_S
    while time.monotonic() < deadline:
        head = ingest.head(paths)
        if all(ingest.worked_on(paths, role, head) for role in judges.roles(JUDGES)):
            return
        time.sleep(0.1)


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="cluster")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=PARTS)
    return parser.parse_args()


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options()
    parts, times = given.only or PARTS, 1 if given.quick else 5
    if not BINARIES:
        note("cluster: no PostgreSQL server here (postgresql is not installed)")
        return 2
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder, cluster(Path(folder)) as site:
        result, good = killed(site, parts, times, chance)
        good &= over_hosts(site, site.site.agents, result)
        least = len(parts) * times * BURST
        good &= row("cluster", "events acknowledged", result.acknowledged, "events", at_least=least)
    if not given.only:
        plant = Path(cluster_planted.__file__)
        good &= found("cluster", cluster_planted.BUG, lambda: majority_alone(chance), SHOWN_BY, plant)
    return 0 if good else 1


def majority_alone(chance: random.Random) -> None:
    """A cluster that loses the queue's majority once."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder, cluster(Path(folder)) as site:
        killed(site, [MAJORITY], 1, chance)


def killed(site: Cluster, parts: Sequence[str], times: int, chance: random.Random) -> tuple[Account, bool]:
    """Kill each part so many times, and compare all books; whether every figure is well."""
    agents = site.enrol(RATE)
    good = [rounds(site, agents, part, times, chance) for part in parts]
    for agent in agents:
        agent.start(0)
    drained = site.site.drain(60)
    result, exact = compared("cluster", site.site, agents, patience=SETTLED_S)
    return result, all(good) and drained and exact


def rounds(site: Cluster, agents: list[Agent], part: str, times: int, chance: random.Random) -> bool:
    """Kill a part so many times, and print how long service stood still; whether that is well."""
    unacknowledged, unjudged, ways = [], [], []
    for turn in range(times):
        waiting, first, second = one(site, agents, part, turn, chance)
        ways.append(waiting)
        unacknowledged.append(first)
        unjudged.append(second)
        note(f"cluster: {part} killed, {waiting} on the way: {first:.1f} s nothing acknowledged, {second:.1f} s judged")
    good = row("cluster", f"{part} killed: fewest on the way", min(ways), "events", at_least=ON_THE_WAY)
    what = f"{part} killed: longest without an acknowledgement, waits for a batch included"
    good &= row("cluster", what, round(max(unacknowledged), 1), "s", at_most=60)
    what = f"{part} killed: longest in which a judge that had to judge did not"
    return row("cluster", what, round(max(unjudged), 1), "s", at_most=60) and good


def over_hosts(site: Cluster, agents: list[Agent], result: Account) -> bool:
    """Print what a correlation over hosts of different judges made of the events that met its rule.

    They are confirmed once later events are there: until then an event of before them may still come.
    """
    for agent in agents:
        agent.start(0)
    time.sleep(LATE_NS / 1e9 + 5)
    for agent in agents:
        agent.stop()
        agent.start(AFTERWARDS)
    site.site.drain(60)
    wait_for_judges(site)
    wanted = (result.alerts - result.alerts_doubled + result.alerts_lost) // TOGETHER
    made = members(site.site, TOGETHER, wanted)
    good = row("cluster", "alerts of a correlation over hosts", made.alerts, "alerts", at_least=wanted)
    good &= row("cluster", "those that should not be there", made.alerts - wanted, "alerts", at_most=0)
    good &= row("cluster", "events that are in two of them", made.twice, "events", at_most=0)
    return row("cluster", "those with events of several hosts", made.several, "alerts", at_least=1) and good


if __name__ == "__main__":
    sys.exit(main())
