"""`./dev lab power`: the power goes under the collector's state, or an agent's, 100 times; nothing is lost silently.

The state of each lies on a loop-mounted XFS of its own; `xfs_io -x -c shutdown` drops everything that no fsync has made
safe (as the file system's own crash tests do). Then whoever works there is killed, the file system mounted again, and
all is started anew. At a moment drawn anew (--seed S) in which at least 1,000 events are not acknowledged and the
stream flows; 25 cuts a collector, every fifth the agent's, the others soon after the event store has merged its parts.
What was acknowledged is there once; what was not and is gone with the agent's power is told. At last bugs are planted
and found. --quick: twice; --times N. Needs root, xfsprogs and loop devices.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from tramgac_collector.engine.client import connect
from tramgac_collector.events.schema import TABLE

from tests.lab.closing import ON_THE_WAY, closing, settled
from tests.lab.kills import BURST, RATE, SHOWN_BY, burst, options, waited
from tests.lab.planted import found
from tests.lab.rows import row
from tests.lab.site import Agent, Site

ONE = 25
"""Cuts under one collector."""
FIFTH = 5
"""One of so many cuts is the agent's: the second, the seventh, ..."""
AGAIN = "acknowledged events that had to be sent again, before cuts of the agent's power"
BUGS = {
    "acknowledges what is not safe": (AGAIN, *SHOWN_BY),
    "goes on with its epoch after a power cut": ("agent: sequences given to two events",),
}
"""Each bug, and the figures that show it."""


def command(*words: str) -> None:
    """Run a tool; its words are shown when it fails."""
    subprocess.run(words, check=True, capture_output=True)


class Disk:
    """An XFS in a file, and the cut."""

    def __init__(self, folder: Path, name: str, size: str) -> None:
        """Make and mount it; the file is sparse."""
        self.image = folder / f"{name}.img"
        self.mount = folder / name
        self.mount.mkdir()
        command("truncate", "-s", size, str(self.image))
        command("mkfs.xfs", "-q", str(self.image))
        self.attach()

    def attach(self) -> None:
        """Mount; the journal is replayed."""
        command("mount", "-o", "loop", str(self.image), str(self.mount))

    def cut(self) -> None:
        """The power goes: what was not synced is gone."""
        command("xfs_io", "-x", "-c", "shutdown", str(self.mount))

    def detach(self) -> None:
        """Unmount; where something still has a file open (whoever watches all file systems), once that is closed."""
        for words in (("umount",), ("umount", "-l")):
            if not subprocess.run([*words, str(self.mount)], check=False, capture_output=True).returncode:
                break


def merged(site: Site) -> None:
    """Have the event store merge what it has: what is written then, and what is removed, is at stake too."""
    with connect(site.stage.paths) as client:
        client.command(f"OPTIMIZE TABLE {TABLE} FINAL")


Disks: TypeAlias = tuple[Disk, Disk]
"""The collector's and the agent's."""


@contextmanager
def disks(folder: Path) -> Iterator[Disks]:
    """The collector's and the agent's, while the block runs."""
    with ExitStack() as stack:
        made = []
        for name, size in (("disk", "2G"), ("small", "1G")):  # the collector leaves half a gigabyte to the rest
            stack.callback((folder / f"{name}.img").unlink, missing_ok=True)  # last of all: folders of tests are kept
            made.append(Disk(folder, name, size))
            stack.callback(made[-1].detach)
        yield made[0], made[1]


def cut_collector(site: Site, disk: Disk) -> None:
    """Its power goes, and comes back."""
    disk.cut()
    site.restart_after(lambda: (disk.detach(), disk.attach()))


def cut_agent(agent: Agent, disk: Disk, number: int) -> None:
    """Its power goes while it writes, and comes back: another boot."""
    before = agent.emitted()
    agent.more(ON_THE_WAY)
    waited(lambda: agent.emitted() > before)
    disk.cut()
    agent.kill()
    disk.detach()
    disk.attach()
    agent.boot = f"boot {number}"
    agent.start(0)


def cuts(site: Site, agent: Agent, both: Disks, chance: random.Random, times: int, size: int = BURST) -> bool:
    """Some cuts of both; whether at each enough was on the way, and nothing waits for ever."""
    stuck, least, again = 0, size, 0
    for number in range(times):
        if number % FIFTH != 1:
            merged(site)
        least = min(least, burst(site, agent, chance, size))
        if number % FIFTH == 1:
            again += agent.again()  # another epoch has other books
            cut_agent(agent, both[1], number)
        else:
            cut_collector(site, both[0])
        stuck += not settled("power", site, agent, "a cut")
    good = row("power", f"{times} cuts: fewest events on the way", least, "events", at_least=ON_THE_WAY)
    good &= row("power", AGAIN, again, "events", at_most=0)
    return row("power", "cuts after which events still wait", stuck, "cuts", at_most=0) and good


def cut_often(times: int, chance: random.Random) -> bool:
    """Some cuts, under one collector; whether every figure is well."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder, disks(Path(folder)) as both:
        site = Site(Path(folder), collector=both[0].mount / "collector")
        try:
            site.start()
            agent = site.enrol(RATE, both[1].mount)
            agent.boot = "first boot"
            agent.start(0)
            good = cuts(site, agent, both, chance, times)
            return closing("power", site, agent, times, len(range(1, times, FIFTH))) and good
        finally:
            site.stop()


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options("power", 100, 2)
    chance = random.Random(given.seed)
    good = [cut_often(min(ONE, given.times - done), chance) for done in range(0, given.times, ONE)]
    good += [found("power", bug, lambda: cut_often(2, chance), shown_by) for bug, shown_by in BUGS.items()]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
