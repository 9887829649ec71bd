"""`./dev bench fleet`: 5,000 connected agents: memory and processor time of the gateway beside a bare echo; a storm.

Streams with mutual TLS from this process to a gateway alone, and to a server that only gives messages back. Then the
gateway is killed, and all come again by their own back-off; meanwhile no write may keep others from the control store
for long. --agents N, --quick: 500.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from tramgac_collector import config, initialise, tallies
from tramgac_collector.paths import StatePaths

from tests.bench.fleet_clients import Client, Crowd
from tests.lab import fleet_identity
from tests.lab.fleet_identity import Identity
from tests.lab.rows import note, row

AGENTS = 5_000
STORM_S = 30.0
CORES = 0.1
"""What a gateway of 5,000 agents that each say something once a minute may take of a core."""
HELD_S = 0.05
"""No write is to keep others from the control store for longer."""
SETTLED_S = 5.0
"""So long what was written down of those who came may take, once they are there."""
TOLD_S = 60.0
"""So long a gateway's note of what it counts is waited for."""
_UP_S = 120.0
_OPEN = {"session_listen": "127.0.0.1:0", "enrol_listen": "127.0.0.1:0", "console_listen": "127.0.0.1:0"}


@dataclass(frozen=True)
class Figures:
    """Of one server."""

    connecting: float
    """Processor time an agent that connects, until what is written down of it is written, milliseconds."""
    kilobytes: float
    idle: float
    """Part of a core."""
    talking: float


def gateway(paths: StatePaths) -> tuple[subprocess.Popen[bytes], str]:
    """A gateway alone, and where it takes sessions."""
    paths.gateway.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tramgac_collector.main", "gateway", "--state", str(paths.root)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + _UP_S
    while not paths.gateway.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the gateway did not start: {paths.role_log('gateway').read_text()[-2000:]}")
        time.sleep(0.05)
    return process, f"127.0.0.1:{json.loads(paths.gateway.read_text())['session']}"


def echo(paths: StatePaths) -> tuple[subprocess.Popen[bytes], str]:
    """The bare server."""
    command = [sys.executable, "-m", "tests.bench.fleet_echo", str(paths.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, f"127.0.0.1:{int(process.stdout.readline())}"


async def measure(server: subprocess.Popen[bytes], crowd: Crowd, seconds: float) -> Figures:
    """Connect all, leave them alone, let them talk."""
    seen = psutil.Process(server.pid)
    before, used = seen.memory_info().rss, sum(seen.cpu_times()[:2])
    crowd.begin()
    took = await crowd.until(len(crowd.clients), 10 * _UP_S)
    await asyncio.sleep(SETTLED_S)  # what is written down of each that came
    connecting = (sum(seen.cpu_times()[:2]) - used) / max(crowd.connected, 1) * 1e3
    each = (seen.memory_info().rss - before) / max(crowd.connected, 1) / 1024
    idle, _ = await _load(seen, lambda: asyncio.sleep(seconds / 2))
    talking, _ = await _load(seen, lambda: crowd.talk(seconds))
    said = f"{crowd.connected} connected in {took:.1f} s; {each:.1f} kB each; idle {idle:.3f}, talking {talking:.3f}"
    note(f"fleet: {said}")
    return Figures(connecting, each, idle, talking)


async def _load(seen: psutil.Process, work: Callable[[], object]) -> tuple[float, float]:
    """The part of a core that a process takes while something is awaited, and how long that took."""
    used, began = sum(seen.cpu_times()[:2]), time.monotonic()
    await work()  # type: ignore[misc]
    took = time.monotonic() - began
    return (sum(seen.cpu_times()[:2]) - used) / took, took


async def bench(paths: StatePaths, identities: list[Identity], wanted: int, seconds: float) -> bool:
    """All figures; `wanted`: how many agents there should be, of which there are as many as the machine allows."""
    server, address = echo(paths)
    crowd = Crowd([Client(who, address) for who in identities])
    bare = await measure(server, crowd, seconds)
    server.kill()
    await crowd.end()
    server.wait()
    server, address = gateway(paths)
    crowd = Crowd([Client(who, address) for who in identities])
    ours = await measure(server, crowd, seconds)
    good = row("fleet", "agents connected", crowd.connected, "agents", at_least=wanted)
    kilobytes, most = round(ours.kilobytes, 1), 1.4 * bare.kilobytes
    good &= row("fleet", "memory a connected agent", kilobytes, "kB", at_most=most, baseline=round(bare.kilobytes, 1))
    what = "processor time an agent that connects, all at once"
    row("fleet", what, round(ours.connecting, 2), "ms", baseline=round(bare.connecting, 2))
    row("fleet", "processor while all are silent", round(ours.idle, 4), "cores", baseline=round(bare.idle, 4))
    times = AGENTS / len(identities)
    share, bound = (round(one.idle + (one.talking - one.idle) * times, 4) for one in (ours, bare))
    what = "processor at a message a minute each, of 5,000 agents"
    what += "" if len(identities) == AGENTS else f", reckoned from {len(identities)}"
    good &= row("fleet", what, share, "cores", at_most=CORES, baseline=bound)
    good &= await storm(paths, server, crowd)
    await crowd.end()
    return good


async def storm(paths: StatePaths, server: subprocess.Popen[bytes], crowd: Crowd) -> bool:
    """Kill the gateway and start it again on the same port: all come back, and what is written of it is short."""
    os.environ["TRAMGAC_COLLECTOR_SESSION_LISTEN"] = crowd.clients[0].address
    began, killed = time.monotonic(), time.time_ns()
    server.kill()
    server.wait()
    await crowd.until_none()
    server, _ = await asyncio.to_thread(gateway, paths)
    took = await crowd.until(len(crowd.clients), 10 * STORM_S)
    whole = time.monotonic() - began
    longest = await longest_write(paths, killed)
    server.kill()
    server.wait()
    what = f"until all {len(crowd.clients)} are back"
    row("fleet", f"{what}, from the kill of the gateway", round(whole, 1), "s")
    what += ", from when the next one is ready"
    good = row("fleet", "the gateway's longest write of the control store, in the storm", longest, "s", at_most=HELD_S)
    return good & row("fleet", what, round(took, 1), "s", at_most=2 * STORM_S, target=STORM_S)


async def longest_write(paths: StatePaths, since: int) -> float:
    """How long the longest write took of a gateway that began after `since` (ns since 1970), seconds.

    As it says itself of its last minute at least: a storm, and what is written down of it, are no longer.
    """
    await asyncio.sleep(SETTLED_S)
    now, until = time.time_ns(), time.monotonic() + TOLD_S
    while time.monotonic() < until:
        told = tallies.read(paths, "gateway")
        if told is not None and told.started > since and told.as_of > now:
            note(f"fleet: writes of the control store that took long: {told.counters['writes_long']}")
            return round(told.gauges["write_longest_s"], 4)
        await asyncio.sleep(0.5)
    raise SystemExit("bench fleet: the gateway does not say what it counts")


def main() -> int:
    """Exit status: 0 if every figure is well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--agents", type=int, default=0)
    given = parser.parse_args()
    count = wanted = given.agents or (500 if given.quick else AGENTS)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < 2 * count + 500:
        note(f"fleet: {hard} open files are allowed; that is enough for {(hard - 500) // 2} agents")
        count = min(count, (hard - 500) // 2)
    with tempfile.TemporaryDirectory(prefix="tramgac-bench-") as folder:
        paths = StatePaths(Path(folder))
        initialise.initialise(paths, config.chosen(_OPEN))
        identities = fleet_identity.make(paths, [f"ws-{number}" for number in range(count)])
        return 0 if asyncio.run(bench(paths, identities, wanted, 10 if given.quick else 30)) else 1


if __name__ == "__main__":
    sys.exit(main())
