"""`./dev lab wan`: twenty agents over a bad line: nothing lost or doubled, and what is urgent first.

A collector and the agents in network namespaces of their own, packets carried from one to the other late, seldom, at
64 kbit/s for all together, or one way only; then a line that comes and goes. --quick: shorter phases. Needs root.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_collector.demo.children import program

from tests.lab import fleet_check, fleet_identity
from tests.lab.fleet_log import Log
from tests.lab.rows import note, row
from tests.lab.site import ROOT, Site
from tests.lab.wan_road import HERE, Road, road

AGENTS = 20
FLAP_S = 5.0
INSIDE = "--inside"
GOOD = {"delay": 0.02}
LINES: dict[str, dict[str, float]] = {
    "good": GOOD,
    "far": {"delay": 0.3, "jitter": 0.05},
    "lossy": {"delay": 0.1, "loss": 0.1},
    "thin": {"delay": 0.1, "rate": 64_000},
}


@dataclass
class Far:
    """The agents at the far end."""

    process: subprocess.Popen[str]

    def phase(self, name: str) -> dict[str, Any]:
        """End a phase; what came of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        note(f"wan: {name}: {told}")
        return told

    def home(self) -> dict[str, Any]:
        """Send them home; what came of the rest."""
        said, _ = self.process.communicate()
        told: dict[str, Any] = json.loads(said.splitlines()[-1])
        note(f"wan: home: {told}")
        return told


def opened(site: Site) -> str:
    """Start a collector that listens at the near end; its address. It has no rules: nothing is detected here."""
    address, stage = f"{HERE}:18444", site.stage
    listen = ("--session-listen", address, "--enrol-listen", f"{HERE}:18443", "--advertise", HERE)
    stage.children.run("init", program("tramgac"), "collector", "init", "--state", str(stage.state), *listen)
    stage.start_collector()
    stage.wait_for_collector()
    return address


def phases(line: Road, far: Far, seconds: float) -> bool:
    """One kind of line after the other."""
    good, told = True, {}
    for name, bad in LINES.items():
        line.set(**bad)
        time.sleep(seconds)
        told[name] = far.phase(name)
    for name in ("up", "down"):
        line.set(**GOOD)
        getattr(line, name).cut = True
        time.sleep(seconds)
        far.phase(f"cut {name}")
        line.set(**GOOD)
        time.sleep(seconds)
        told[name] = far.phase(f"healed {name}")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line.up.cut = line.down.cut = int((until - time.monotonic()) / FLAP_S) % 2 == 1
        time.sleep(1)
    far.phase("flapping")
    line.set(**GOOD)
    thin = told["thin"]
    good &= row("wan", "urgent events over 64 kbit/s, p95", thin["urgent_95"], "s", at_most=30, target=10)
    first = thin["urgent_50"] / max(thin["bulk_50"], 0.01)
    good &= row("wan", "urgent beside bulk over 64 kbit/s, medians", round(first, 2), "ratio", at_most=1)
    return good & row("wan", "urgent events at 600 ms, p95", told["far"]["urgent_95"], "s", at_most=10, target=3)


def inside(*, quick: bool) -> int:
    """The lane, in a namespace of its own."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as name, road() as (line, enter):
        folder = Path(name)
        site = Site(folder)
        try:
            address = opened(site)
            made = fleet_identity.make(site.stage.paths, [f"far-{number}" for number in range(AGENTS)])
            (folder / "identities.json").write_text(json.dumps([_told(who) for who in made]))
            files = [str(folder / "identities.json"), address, str(folder / "far.log")]
            command = [*enter, sys.executable, "-m", "tests.lab.wan_agents", *files]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            far = Far(subprocess.Popen(command, cwd=ROOT, **pipes))  # type: ignore[call-overload]
            try:
                good = phases(line, far, 15 if quick else 60)
                home = far.home()
            finally:
                far.process.kill()
            what = "until all is acknowledged, once the line is good"
            good &= row("wan", what, home["home"], "s", at_most=240, target=60)
            log = Log(folder / "far.log")
            found = fleet_check.judge(log, site.stage.paths, site.stage.client, {who.host for who in made})
            good &= fleet_check.told("wan", found, [])
            row("wan", "packets that the line lost", line.up.lost + line.down.lost, "packets")
        finally:
            site.stop()
    return 0 if good else 1


def _told(who: fleet_identity.Identity) -> dict[str, str]:
    parts = {"private": who.private, "certificate": who.certificate, "authority": who.authority}
    return {"host": who.host, "name": who.name, **{name: part.decode() for name, part in parts.items()}}


def main(words: list[str]) -> int:
    """Exit status: 0 if every figure is well."""
    if INSIDE in words:
        return inside(quick="--quick" in words)
    if os.geteuid() != 0:
        note("wan: needs root, for network namespaces and TUN devices")
        return 1
    command = ["unshare", "--net", sys.executable, "-m", "tests.lab.wan", INSIDE, *words[1:]]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv))
