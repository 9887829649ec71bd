"""`./dev lab cluster`: two gateways, three NATS servers, PostgreSQL; each part is killed while events are on the way.

Real programs on one machine: gateways behind a balancer put what they acknowledge into JetStream (three servers, each
with its own fsync), an intake empties it into the centre's log, and store and judge go on as with one machine. Nothing
acknowledged is lost or doubled; how long acknowledgements stood still is printed. `--quick`: each part once, else five
times. Needs PostgreSQL's server programs.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.collector.control_store import BINARIES
from tests.lab.auditing import account, told
from tests.lab.cluster_site import Cluster, cluster
from tests.lab.rows import note, row
from tests.lab.site import Agent

BURST, RATE, AGENTS = 12_000, 1_500, 2
DOWN_S = 4.0
"""How long a server stays away, seconds: longer than the others take to notice."""
SETTLED_S = 240


def acknowledged(agents: list[Agent]) -> int:
    """Events that the agents' books call acknowledged."""
    return sum(lane["acked"] for agent in agents for lane in agent.status().get("ledger", {}).values())


class Watch:
    """Looks at the agents' books from a thread, while somebody else kills and waits."""

    def __init__(self, agents: list[Agent]) -> None:
        """Begin."""
        self._agents, self._over, self._longest = agents, threading.Event(), 0.0
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        last, since = acknowledged(self._agents), time.monotonic()
        while not self._over.wait(0.02):
            if (now := acknowledged(self._agents)) != last:
                self._longest = max(self._longest, time.monotonic() - since)
                last, since = now, time.monotonic()

    def stop(self) -> float:
        """The longest time in which nothing was acknowledged, seconds."""
        self._over.set()
        self._thread.join()
        return self._longest


def kill(site: Cluster, part: str, turn: int) -> None:
    """Kill a part and have it back."""
    if part == "gateway 2":
        site.gateway.kill()
    elif part == "queue server":
        site.queue.kill(turn % 3)
        time.sleep(DOWN_S)
        site.queue.start(turn % 3)
    elif part == "postgres":
        site.postgres.kill()
        time.sleep(DOWN_S)
        site.postgres.start()
    elif part == "agent":
        agent = site.site.agents[turn % AGENTS]
        agent.kill()
        agent.start(0)
    else:
        site.site.kill_role(part)


PARTS = ("gateway", "gateway 2", "queue server", "intake", "store", "judge", "engine", "postgres", "agent")


def one(site: Cluster, agents: list[Agent], part: str, turn: int) -> tuple[int, float]:
    """Kill a part within a burst; how many events were on the way then, and how long nothing was acknowledged."""
    before = acknowledged(agents)
    for agent in agents:
        agent.start(BURST)
    deadline = time.monotonic() + 60
    while acknowledged(agents) - before < BURST // 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    waiting, watch = sum(agent.waiting() for agent in agents), Watch(agents)
    kill(site, part, turn)
    if not site.site.drain(SETTLED_S):
        note(f"cluster: {sum(agent.waiting() for agent in agents)} events still wait after {part}")
    gap = watch.stop()
    for agent in agents:
        agent.stop()
    return waiting, gap


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    if not BINARIES:
        note("cluster: no PostgreSQL server here (postgresql is not installed)")
        return 2
    good = True
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder, cluster(Path(folder)) as site:
        agents = [site.enrol(RATE) for _ in range(AGENTS)]
        for part in PARTS:
            gaps = []
            for turn in range(1 if quick else 5):
                waiting, gap = one(site, agents, part, turn)
                gaps.append(gap)
                note(f"cluster: {part} killed, {waiting} events on the way: {gap:.1f} s without an acknowledgement")
            good &= row(
                "cluster",
                f"{part} killed: longest without an acknowledgement, waits for a batch included",
                round(max(gaps), 1),
                "s",
                at_most=60,
            )
        for agent in agents:
            agent.start(0)
        good &= site.site.drain(60)
        result = account(site.site, SETTLED_S)
        good &= told("cluster", result)
        rounds = len(PARTS) * (1 if quick else 5)
        good &= row("cluster", "events acknowledged", result.acknowledged, "events", at_least=rounds * BURST)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
