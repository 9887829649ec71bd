"""`./dev lab faults`: hostile agents one after the other beside honest ones, false identities, clocks, spools, disks.

Each abuse is done again and again by an agent with a certificate of ours while honest ones work: the gateway's memory,
their acknowledgements, and how soon the offender is in quarantine. Then every field of the protocol that can hold an
identity is filled with another host's; clocks of 2000, 2007 and 2035; spools that were restored, wiped and copied; a
store that is slow and one that is down; a disk that is full, fails and writes short. --quick: 40 honest agents, and
shorter. --only=PART: disk, hosts (identities, clocks, spools), abuses, or stores.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

import psutil
from tramgac_proto.names import parse_time

from tests.lab import faults_disk, faults_hosts, fleet_check, fleet_identity
from tests.lab.faults_attacker import ABUSES
from tests.lab.faults_honest import Honest, working
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.rows import note, row
from tests.lab.site import ROOT, Site

PARTS = ("disk", "hosts", "abuses", "stores")
RATE = 200
"""What one host may send, events a second: a flood out of Python is no flood of a thousand times that."""
MEMORY = 64
"""MiB that the gateway may grow by."""
QUARANTINE_S = 30.0
honest_ratios: list[tuple[float, float]] = []
"""Of each abuse: the honest ones' 99th percentile during it and before it, seconds."""


def memory(site: Site) -> float:
    """What the gateway holds, MiB."""
    return psutil.Process(site.pid("gateway")).memory_info().rss / (1 << 20)


async def one(site: Site, honest: Honest, name: str, who: Identity, folder: Path, seconds: float) -> list[bool]:
    """One abuse beside the honest ones: its figures."""
    file = folder / f"{name}.json"
    told = {"private": who.private.decode(), "certificate": who.certificate.decode()}
    file.write_text(json.dumps({**told, "authority": who.authority.decode()}))
    baseline, before = await honest.measure(seconds / 2), memory(site)
    began = time.time()
    limit = max(seconds, QUARANTINE_S) if ABUSES[name][1] else seconds
    command = [sys.executable, "-m", "tests.lab.faults_attacker", name, site.session_address, str(file), str(limit)]
    attacker = await asyncio.create_subprocess_exec(
        "nice", "-n", "10", *command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peak = asyncio.create_task(_peak(site))
    said, errors, p99 = await honest.beside(attacker.communicate(), seconds / 2)
    peak.cancel()
    grown = max(await peak, memory(site)) - before
    if attacker.returncode:
        note(f"faults: {name}: {errors.decode()[-500:]}")
    found = json.loads(said or '{"rounds": 0, "quarantined": null}')
    note(f"faults: {name}: {found}; p99 {p99:.3f} s, before {baseline:.3f} s; + {grown:.1f} MiB")
    good = [row("faults", f"{name}: rounds", found["rounds"], "rounds", at_least=1)]
    good.append(row("faults", f"{name}: the gateway's memory grew by", round(grown, 1), "MiB", at_most=MEMORY))
    if ABUSES[name][1]:
        # As the collector says: some leave, or do not listen, before they could hear it.
        held = (await asyncio.to_thread(site.stage.client.get, f"/api/hosts/{who.host}"))["quarantine"]
        after = parse_time(held["since"]) / 1e9 - began if held else 1e9
        good.append(row("faults", f"{name}: in quarantine after", round(after, 2), "s", at_most=QUARANTINE_S))
    honest_ratios.append((p99, baseline))
    return good


async def _peak(site: Site) -> float:
    peak = 0.0
    try:
        while True:
            peak = max(peak, memory(site))
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return peak


async def abuses(site: Site, folder: Path, *, quick: bool) -> bool:
    """All abuses, one after the other."""
    paths, log = site.stage.paths, Log(folder / "honest.log")
    count, seconds = (40, 12.0) if quick else (200, 30.0)
    honest = fleet_identity.make(paths, [f"honest-{number}" for number in range(count)])
    rogues = fleet_identity.make(paths, [f"rogue-{name}" for name in ABUSES])
    good: list[bool] = []
    async with working(honest, site.session_address, log) as working_ones:
        await working_ones.measure(5)
        for name, who in zip(ABUSES, rogues, strict=True):
            good += await one(site, working_ones, name, who, folder, seconds)
        streams = len([member for member in working_ones.members if member.connected])
        good.append(row("faults", "honest agents connected at the end", streams, "agents", at_least=count))
    found = fleet_check.judge(log, paths, site.stage.client, {who.host for who in honest})
    good.append(fleet_check.told("faults", found, []))
    value = statistics.median(p99 for p99, _ in honest_ratios)
    baseline = statistics.median(before for _, before in honest_ratios)
    what = "honest agents' p99 to an acknowledgement, median over the abuses"
    good.append(row("faults", what, round(value, 3), "s", at_most=2 * baseline, baseline=round(baseline, 3)))
    worst = max(honest_ratios)[0]
    row("faults", "the same, the worst of them", round(worst, 3), "s", baseline=round(baseline, 3))
    good.append(row("faults", "the collector's roles that died", _died(site), "roles", at_most=0))
    log.close()
    return all(good)


def _died(site: Site) -> int:
    return sum(file.read_text().count('"event": "a role died"') for file in site.stage.paths.logs.glob("*.log"))


def chosen(words: list[str]) -> Collection[str]:
    """The parts that a command line names; all if it names none."""
    return [word.partition("=")[2] for word in words if word.startswith("--only=")] or PARTS


def main(parts: Collection[str], *, quick: bool) -> int:
    """Exit status: 0 if every figure of these parts is well."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as name:
        folder = Path(name)
        good = "disk" not in parts or faults_disk.figures(folder / "disk")
        os.environ["TRAMGAC_COLLECTOR_AGENT_EVENTS_PER_SECOND"] = str(RATE)
        site = Site(folder)
        try:
            if set(parts) - {"disk"}:
                site.start()
            if "hosts" in parts:
                good &= asyncio.run(faults_hosts.figures(site, folder))
            if "abuses" in parts:
                good &= asyncio.run(abuses(site, folder, quick=quick))
            if "stores" in parts:
                good &= asyncio.run(faults_hosts.stores(site, folder))
        finally:
            site.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(chosen(sys.argv), quick="--quick" in sys.argv))
