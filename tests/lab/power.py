"""`./dev lab power`: the power goes under the collector's state, 100 times; nothing acknowledged is lost or doubled.

The state lies on a loop-mounted XFS; `xfs_io -x -c shutdown` drops everything that no fsync has made safe (as the
file system's own crash tests do). Then the collector is killed, the file system mounted again, and all is started anew.
Each time soon after the event store has merged its parts, at a moment drawn anew (--seed S) in which at least 1,000
events are not acknowledged and the stream flows; 25 cuts a collector. At last a bug is planted and found. --quick:
twice; --times N. Needs root, xfsprogs and a loop device.
"""

import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tramgac_collector.engine.client import connect
from tramgac_collector.events.schema import TABLE

from tests.lab.kills import BURST, ON_THE_WAY, RATE, burst, closing, options, settled
from tests.lab.planted import found
from tests.lab.rows import row
from tests.lab.site import Site

ONE = 25
"""Cuts under one collector."""


def command(*words: str) -> None:
    """Run a tool; its words are shown when it fails."""
    subprocess.run(words, check=True, capture_output=True)


class Disk:
    """An XFS in a file, and the cut."""

    def __init__(self, folder: Path) -> None:
        """Make and mount it."""
        self.image = folder / "disk.img"
        self.mount = folder / "disk"
        self.mount.mkdir()
        command("truncate", "-s", "2G", str(self.image))  # sparse; the collector leaves half a gigabyte to the rest
        command("mkfs.xfs", "-q", str(self.image))
        self.attach()

    def attach(self) -> None:
        """Mount; the journal is replayed."""
        command("mount", "-o", "loop", str(self.image), str(self.mount))

    def cut(self) -> None:
        """The power goes: what was not synced is gone."""
        command("xfs_io", "-x", "-c", "shutdown", str(self.mount))

    def detach(self) -> None:
        """Unmount."""
        subprocess.run(["umount", str(self.mount)], check=False, capture_output=True)


def merged(site: Site) -> None:
    """Have the event store merge what it has: what is written then, and what is removed, is at stake too."""
    with connect(site.stage.paths) as client:
        client.command(f"OPTIMIZE TABLE {TABLE} FINAL")


def cut_often(times: int, chance: random.Random) -> bool:
    """Some cuts, under one collector; whether every figure is well."""
    stuck, least = 0, BURST
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        disk = Disk(Path(folder))
        site = Site(Path(folder), collector=disk.mount / "collector")
        try:
            site.start()
            agent = site.enrol(RATE)
            agent.start(0)
            for _ in range(times):
                merged(site)
                least = min(least, burst(site, agent, chance))
                disk.cut()
                site.restart_after(lambda: (disk.detach(), disk.attach()))
                stuck += not settled("power", site, agent, "a cut")
            good = row("power", f"{times} cuts: fewest events on the way", least, "events", at_least=ON_THE_WAY)
            good &= row("power", "cuts after which events still wait", stuck, "cuts", at_most=0)
            return good & closing("power", site, agent, times)
        finally:
            site.stop()
            disk.detach()


def main() -> int:
    """Exit status: 0 if every figure is well."""
    given = options("power", 100, 2)
    chance = random.Random(given.seed)
    good = [cut_often(min(ONE, given.times - done), chance) for done in range(0, given.times, ONE)]
    good.append(found("power", "acknowledges what is not safe", lambda: cut_often(2, chance)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
