"""Three kills and three power cuts of the real parts, each with a thousand events on the way: the books are exact.

What `./dev lab kills` and `./dev lab power` do hundreds of times, with small bursts and one collector for all of it.
"""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.lab import power
from tests.lab.closing import closing
from tests.lab.kills import RATE, kills
from tests.lab.site import Agent, Site

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="on Windows no process is held back with SIGSTOP"),
    pytest.mark.enable_socket,
    pytest.mark.timeout(300),
]
SIZE = 4_000
"""Events of a burst: enough for a thousand to be on the way."""
PARTS = ("gateway", "judge", "store")
CUTS = 3
"""The second is the agent's."""
SYS_ADMIN = 21
"""The number of the capability that root of a container mostly lacks."""


@dataclass
class Place:
    """A collector with an agent."""

    site: Site
    agent: Agent
    disks: power.Disks | None
    """Their file systems, where they can be cut off; None elsewhere."""
    lacking: str
    """Why they cannot."""
    chance: random.Random
    cuts: int = 0
    """Of the agent's power, until now."""


def lacking() -> str:
    """What a power cut lacks here; empty if nothing."""
    if os.geteuid():
        return "that takes root"
    held = Path("/proc/self/status").read_text("utf-8").partition("CapEff:")[2].split()[0]
    if not int(held, 16) >> SYS_ADMIN & 1:
        return "root may not mount"
    missing = [name for name in ("mkfs.xfs", "xfs_io", "mount", "losetup") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    if "xfs" not in Path("/proc/filesystems").read_text("utf-8").split():
        return "the kernel does not know it"
    if subprocess.run(["losetup", "-f"], capture_output=True, check=False).returncode:
        return "there is no loop device"
    return ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder, why = tmp_path_factory.mktemp("losses"), lacking()
    with patch.dict(os.environ), ExitStack() as stack:
        both = None if why else stack.enter_context(power.disks(folder))
        site = Site(folder, collector=both[0].mount / "collector" if both else None)
        stack.callback(site.stop)
        site.start()
        agent = site.enrol(RATE, both[1].mount if both else None)
        agent.boot = "first boot"
        agent.start(0)
        yield Place(site, agent, both, why, random.Random(1))


def test_three_kills_while_events_are_on_the_way(place):
    for part in PARTS:
        assert kills(place.site, place.agent, part, place.chance, size=SIZE), part
    assert closing("kills", place.site, place.agent, len(PARTS), place.cuts)
    place.agent.start(0)


def test_three_power_cuts_while_events_are_on_the_way(place):
    if place.disks is None:
        pytest.skip(f"no XFS to cut off: {place.lacking}")
    assert power.cuts(place.site, place.agent, place.disks, place.chance, CUTS, SIZE)
    place.cuts += 1
    assert closing("power", place.site, place.agent, CUTS, place.cuts)
    place.agent.start(0)
