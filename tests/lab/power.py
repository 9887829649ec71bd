"""`./dev lab power`: the power goes under the collector's state, five times; nothing acknowledged is lost or doubled.

The state lies on a loop-mounted XFS; `xfs_io -x -c shutdown` drops everything that no fsync has made safe (as the
file system's own crash tests do). Then the collector is killed, the file system mounted again, and all is started anew.
Needs root, xfsprogs and a loop device.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.lab.auditing import account, told
from tests.lab.kills import BURST, ON_THE_WAY, RATE, burst_until_on_the_way
from tests.lab.rows import note, row
from tests.lab.site import Site


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
        command("truncate", "-s", "1G", str(self.image))
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


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    times = 2 if quick else 5
    good = True
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        disk = Disk(Path(folder))
        site = Site(Path(folder), collector=disk.mount / "collector")
        try:
            site.start()
            agent = site.enrol(RATE)
            least = BURST
            for _ in range(times):
                least = min(least, burst_until_on_the_way(site, agent))
                disk.cut()
                site.restart_after(lambda: (disk.detach(), disk.attach()))
                if not site.drain(120):
                    note(f"power: {agent.waiting()} events still wait")
                agent.stop()
            agent.start(0)
            site.drain(30)
            result = account(site)
            good &= told("power", result)
            good &= row("power", "fewest events on the way at a cut", least, "events", at_least=ON_THE_WAY)
            good &= row("power", "events acknowledged", result.acknowledged, "events", at_least=times * ON_THE_WAY)
        finally:
            site.stop()
            disk.detach()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
