"""`./dev lab kills`: kill -9 of every part while events are on the way; nothing acknowledged is lost or doubled.

Real collector, real uplink and spool; a generator in place of the sensors. Each of six parts is killed 34 times, 204 in
all (--quick: twice; --times N), at a moment drawn anew (--seed S) in which at least 1,000 events that were emitted are
not acknowledged and the stream flows. A collector of its own for each part, whose ledger of the host is exact at the
end. At last a bug is planted and found.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.lab.closing import ON_THE_WAY, SETTLED_S, closing, settled
from tests.lab.planted import found
from tests.lab.rows import row
from tests.lab.site import Agent, Site

PARTS = ("collector", "gateway", "engine", "store", "judge", "agent")
BURST = 12_000
RATE = 20_000
BUG = "forgets what is not acknowledged"
SHOWN_BY = ("acknowledged events lost", "acknowledged events that had to be sent again")
"""What the bug does: the agent sends again from what it keeps of the acknowledged, as long as it does."""


def options(name: str, whole: int, quick: int) -> argparse.Namespace:
    """What the command line says; `times` is `whole` or `quick` if it says nothing of it."""
    parser = argparse.ArgumentParser(prog=name)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--times", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    found = parser.parse_args()
    found.times = found.times or (quick if found.quick else whole)
    return found


def waited(well: Callable[[], bool]) -> bool:
    """Wait, 30 s at most, until a generator says what is wanted; it does so 50 times a second."""
    deadline = time.monotonic() + 30
    while not (done := well()) and time.monotonic() < deadline:
        time.sleep(0.003)
    return done


def burst(site: Site, agent: Agent, chance: random.Random, size: int = BURST) -> int:
    """Have events written while the uplink stands still, let it go while more are, come back amid the stream.

    How many are on the way then; too few: another time, ten at most.
    """
    seen = 0
    for _ in range(10):
        agent.hold(back=True)
        agent.more(size)
        waited(lambda: agent.waiting() >= size)
        some = agent.acked() + chance.randrange(size // 4)
        agent.hold(back=False)
        agent.more(size // 2)
        waited(lambda some=some: agent.acked() > some)  # type: ignore[misc]
        seen = agent.waiting()
        if seen >= ON_THE_WAY:
            break
        site.drain(SETTLED_S)
    return seen


def kill_one(site: Site, agent: Agent, part: str) -> None:
    """Kill the part; what the supervisor does not start again is started here."""
    if part == "agent":
        agent.kill()
        agent.start(0)
    elif part == "collector":
        site.kill_collector()
    else:
        site.kill_role(part)


def kills(site: Site, agent: Agent, part: str, chance: random.Random, times: int = 1, size: int = BURST) -> bool:
    """Kill a part within bursts of a size; whether each time enough was on the way, and nothing waits for ever."""
    stuck, least = 0, size
    for _ in range(times):
        least = min(least, burst(site, agent, chance, size))
        kill_one(site, agent, part)
        stuck += not settled("kills", site, agent, part)
    good = row("kills", f"{part} killed {times} times: fewest on the way", least, "events", at_least=ON_THE_WAY)
    return row("kills", f"{part}: kills after which events still wait", stuck, "kills", at_most=0) and good


def kill_often(part: str, times: int, chance: random.Random) -> bool:
    """One part, in a collector of its own; whether every figure is well."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        try:
            site.start()
            agent = site.enrol(RATE)
            agent.boot = "first boot"  # so it tells the collector its books, which are compared
            agent.start(0)
            good = kills(site, agent, part, chance, times)
            return closing("kills", site, agent, times) and good
        finally:
            site.stop()


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options("kills", 34, 2)
    chance = random.Random(given.seed)
    good = [kill_often(part, given.times, chance) for part in PARTS]
    good.append(found("kills", BUG, lambda: kill_often("gateway", 2, chance), SHOWN_BY))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
