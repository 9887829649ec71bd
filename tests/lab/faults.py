"""`./dev lab faults`: hostile agents one after the other beside honest ones, false identities, clocks, spools, disks.

Each abuse is done again and again by an agent with a certificate of ours, or one at the door with a bad one or none,
while honest ones work: the memory of all the collector's processes, their acknowledgements beside those of just before,
how soon the offender is in quarantine or what stops it. Then every field of the protocol that can hold an identity is
filled with another host's; clocks of 2000, 2007 and 2035; spools that were restored, wiped and copied; a store that is
slow and one that is down; a disk that is full, fails and writes short. --quick: 40 honest agents, and shorter.
--only=PART: disk, hosts (identities, clocks, spools), abuses, one abuse by its name, or stores. As a collector is run,
it stands behind what `tramgac collector firewall` prints, in a network namespace of its own; --open: without that, as
where there is no nftables, which is said.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from tramgac_collector import firewall

from tests.lab import faults_beside, faults_disk, faults_hosts
from tests.lab.faults_attacker import ABUSES
from tests.lab.rows import note
from tests.lab.site import Site

PARTS = ("disk", "hosts", "abuses", "stores")
OPEN, APART = "--open", "TRAMGAC_LAB_APART"


def chosen(words: list[str]) -> tuple[Collection[str], list[str]]:
    """The parts and the single abuses that a command line names; all parts if it names none."""
    named = [word.partition("=")[2] for word in words if word.startswith("--only=")]
    single = [name for name in named if name not in PARTS]
    parts = [name for name in named if name in PARTS] + (["abuses"] if single else [])
    return (parts or PARTS), single


def apart(words: list[str]) -> None:
    """Become the same program in a network namespace of its own; returns within it."""
    if os.environ.get(APART):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        return
    os.environ[APART] = "yes"
    os.execvp("unshare", ["unshare", "--net", sys.executable, "-m", "tests.lab.faults", *words])


def guarded(site: Site) -> None:
    """Put the product's firewall rules in force, for the ports that the gateway has."""
    told = json.loads(site.stage.paths.gateway.read_text())
    rules = firewall.rules([told["session"], told["enrol"]])
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    note(f"faults: behind a firewall: {firewall.EACH_SECOND} connections a second of an address")


def main(parts: Collection[str], names: list[str], *, quick: bool, fenced: bool = False) -> int:
    """Exit status: 0 if every figure of these parts is well, of the abuses those that are named."""
    if unknown := [name for name in names if name not in ABUSES]:
        note(f"faults: neither parts nor abuses: {', '.join(unknown)}; there are {', '.join((*PARTS, *ABUSES))}")
        return 2
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as name:
        folder = Path(name)
        good = "disk" not in parts or faults_disk.figures(folder / "disk")
        site = Site(folder, alerts_a_day=None)
        try:
            if set(parts) - {"disk"}:
                site.start()
            if fenced:
                guarded(site)
            if "hosts" in parts:
                good &= asyncio.run(faults_hosts.figures(site, folder))
            if "abuses" in parts:
                good &= asyncio.run(faults_beside.abuses(site, folder, quick=quick, names=names, fenced=fenced))
            if "stores" in parts:
                good &= asyncio.run(faults_hosts.stores(site, folder))
        finally:
            site.stop()
    return 0 if good else 1


def able() -> bool:
    """Whether rules can be put in force here: root of a container has the programs, and may be given no namespace."""
    if os.geteuid() or not all(map(shutil.which, ("nft", "ip", "unshare"))):
        return False
    tried = ["unshare", "--net", "sh", "-c", "ip link set lo up && nft list ruleset"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def begin(words: list[str]) -> int:
    """Do what a command line says."""
    if fenced := OPEN not in words and able():
        apart(words)
    else:
        lacking = "" if OPEN in words else ": that needs root, nftables and a network namespace of its own"
        note(f"faults: behind no firewall{lacking}")
    return main(*chosen(words), quick="--quick" in words, fenced=fenced)


if __name__ == "__main__":
    sys.exit(begin(sys.argv[1:]))
