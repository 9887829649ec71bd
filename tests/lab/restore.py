"""`./dev lab restore`: a backup under load, the state wiped, restored into an empty one; nothing is missing after that.

Real collector, five agents; generators in place of the sensors, and 10 million events (--quick: 100 thousand) put into
the log before. The backup is taken while events come, until it has ended and after; what comes after it is in no
backup, 1,000 acknowledged events of each agent at least, and all send it again by themselves from what they keep, at
once: they run through the wipe and the restore, and have more to send. Then the log is proven, and a backup whose byte
was flipped is refused.
"""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_collector import ingest
from tramgac_collector.ca import identify
from tramgac_collector.demo.children import program
from tramgac_collector.engine.client import connect
from tramgac_collector.paths import StatePaths
from tramgac_collector.proof.verify import open_walk
from tramgac_collector.vault import Vault

from tests.lab.auditing import TITLE, truth_of
from tests.lab.generator import MEETS_A_RULE
from tests.lab.hoard import hoard
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

AGENTS = 5
RATE = 1_000
"""Events a second, at most, of an agent that has some to write."""
FED = 200
"""Events of each agent in a second of the backup."""
BEFORE, AFTER, MEANWHILE = 1_200, 4_000, 3_000
"""Events of each agent."""
LACKING = 1_000
"""Acknowledged events of each agent that the backup lacks, at least."""
RETURN_S = 400
"""Longer than an agent waits at most before it tries again."""
SAMPLE = b"#!/bin/sh\necho restored\n"
_DIGEST = (
    "SELECT count(), sum(cityHash64(host, epoch, lane, sequence, kind, time, process_command_line, file_path))"
    " FROM events WHERE offset < {head:UInt64}"
)
_MINE = "SELECT lower(leftPad(hex(epoch), 16, '0')), lane, sequence FROM events WHERE host = {host:String}"
_IN_BACKUP = _MINE + " AND offset < {head:UInt64}"
_PATIENCE_S = 3_600.0


@dataclass(frozen=True)
class Mine:
    """What became of an agent's own events."""

    stored: int
    lost: int
    """Acknowledged and not stored."""
    doubled: int
    alerts: int
    alerts_lost: int
    """Acknowledged, meets a rule, and no alert."""
    alerts_doubled: int


@dataclass(frozen=True)
class Known:
    """What a collector knows."""

    events: tuple[int, int]
    """Events below a position of the log, and a digest of them whatever their order."""
    alerts: dict[str, tuple[str, str | None]]
    """Status and verdict by id."""
    users: list[str]
    hosts: list[str]
    sample: bytes


def known(site: Site, head: int) -> Known:
    """Ask for all of it."""
    client = site.stage.client
    (count, digest) = connect(site.stage.paths).query(_DIGEST, parameters={"head": head}).result_rows[0]
    descriptor = Vault(site.stage.paths.samples).open(hashlib.sha256(SAMPLE).hexdigest())
    with os.fdopen(descriptor, "rb") as file:
        sample = file.read()
    return Known(
        (int(count), int(digest)),
        {alert["id"]: (alert["status"], alert["verdict"]) for alert in alerts(site)},
        sorted(user["name"] for user in client.get("/api/users")["items"]),
        sorted(host["id"] for host in client.get("/api/hosts")["items"]),
        sample,
    )


def alerts(site: Site) -> Iterator[dict[str, Any]]:
    """Give all alerts."""
    cursor: str | None = None
    while True:
        page: dict[str, Any] = site.stage.client.get("/api/alerts", status="all", limit=500, cursor=cursor)
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def mine(site: Site, seconds: float) -> dict[str, Mine]:
    """Compare each agent's truth with what is stored and alerted, by host; waits so long for what is not there yet."""
    deadline = time.monotonic() + seconds
    while True:
        told = Counter(alert["summary"].rpartition(" ")[2] for alert in alerts(site) if alert["title"] == TITLE)
        found = {name(agent): of_one(site, agent, told) for agent in site.agents}
        if time.monotonic() > deadline or not any(one.lost or one.alerts_lost for one in found.values()):
            return found
        time.sleep(1)


def of_one(site: Site, agent: Agent, told: Mapping[str, int]) -> Mine:
    """What became of the events of one agent; `told` are the alerts of all, by marker."""
    written, acknowledged = truth_of(agent)
    wanted = {written[key] for key in acknowledged if int(written[key].rpartition("-")[2]) % MEETS_A_RULE == 0}
    rows = connect(site.stage.paths).query(_MINE, parameters={"host": name(agent)}).result_rows
    keys = {(str(epoch), int(lane), int(sequence)) for epoch, lane, sequence in rows}
    times = [told[marker] for marker in set(written.values()) & told.keys()]
    return Mine(
        stored=sum(key in written for key in keys),
        lost=len(acknowledged - keys),
        doubled=len(rows) - len(keys),
        alerts=sum(times),
        alerts_lost=len(wanted - told.keys()),
        alerts_doubled=sum(times) - len(times),
    )


def lacking(site: Site, agent: Agent, head: int) -> int:
    """Events of the agent that were acknowledged, and lie behind the backup's end of the log."""
    rows = connect(site.stage.paths).query(_IN_BACKUP, parameters={"host": name(agent), "head": head}).result_rows
    return len(truth_of(agent)[1] - {(str(epoch), int(lane), int(sequence)) for epoch, lane, sequence in rows})


def name(agent: Agent) -> str:
    """Its host's id."""
    return identify((agent.state / "identity/certificate.pem").read_bytes()).host


@contextmanager
def coming(agents: list[Agent]) -> Iterator[None]:
    """Events of all agents come while the block runs, and some after it."""
    over = threading.Event()

    def feed() -> None:
        while not over.wait(1):
            more(agents, FED)

    for agent in agents:
        agent.start(2 * FED)
    feeding = threading.Thread(target=feed, daemon=True)
    feeding.start()
    try:
        yield
    finally:
        over.set()
        feeding.join()
        more(agents, AFTER)


def more(agents: list[Agent], count: int) -> None:
    """Have each agent write so many more."""
    for agent in agents:
        agent.more(count)


def settled(site: Site) -> None:
    """Wait until store and judge have worked on all that is in the log."""
    paths = site.stage.paths
    head, deadline = ingest.head(paths), time.monotonic() + _PATIENCE_S
    while not all(ingest.worked_on(paths, name, head) for name in ("store", "judge")):
        site.stage.children.check()
        if time.monotonic() > deadline:
            raise TimeoutError("the consumers did not catch up")
        time.sleep(0.5)


def command(*words: str) -> tuple[int, float, str]:
    """Run `tramgac` with these words: its exit status, seconds, and what it said with the processor's time."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program("tramgac"), *words], capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.returncode, time.monotonic() - began, f"{done.stdout}{done.stderr}({worked:.1f} s of a core)"


def prepare(site: Site, events: int) -> None:
    """A collector with events, alerts, verdicts, a user and a sample."""
    stage = site.stage
    init = (program("tramgac"), "collector", "init", "--state", str(stage.state))
    stage.children.run("init", *init, "--session-listen", "127.0.0.1:0", "--enrol-listen", "127.0.0.1:0")
    fixed_ports(stage.paths)
    began = time.monotonic()
    hoard(stage.paths, events)
    note(f"restore: {events} events in the log after {time.monotonic() - began:.0f} s")
    site.start()
    for _ in range(AGENTS):
        site.enrol(RATE).start(BEFORE)
    site.drain(120)
    for agent in site.agents:
        agent.stop()
    settled(site)
    note(f"restore: stored and judged after {time.monotonic() - began:.0f} s")
    for place, alert in enumerate(alert for alert in alerts(site) if alert["title"] == TITLE):
        if place % 3 == 0:
            stage.client.send(f"/api/alerts/{alert['id']}/verdict", {"verdict": "true_positive", "note": "it was"})
    stage.client.send("/api/users", {"name": "binh", "password": "a long enough password", "role": "analyst"})
    upload = Vault(stage.paths.samples).begin(hashlib.sha256(SAMPLE).hexdigest(), 1 << 20)
    upload.write(SAMPLE)
    upload.finish()


def fixed_ports(paths: StatePaths) -> None:
    """Give the ports a number each: agents come back to them."""
    from tramgac_collector.demo.stage import free_port

    text = paths.config.read_text()
    for name in ("session_listen", "enrol_listen"):
        text = text.replace(f'{name} = "127.0.0.1:0"', f'{name} = "127.0.0.1:{free_port()}"')
    paths.config.write_text(text)


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    return run(100_000 if quick else 10_000_000)


def run(events: int) -> int:
    """Do it with so many events in the log before."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        site = Site(Path(folder))
        try:
            prepare(site, events)
            good = show(site, Path(folder))
        finally:
            site.stop()
    return 0 if good else 1


def show(site: Site, folder: Path) -> bool:
    """Back up, wipe, restore, compare."""
    paths, agents = site.stage.paths, site.agents
    place, key = folder / "backup", folder / "key"
    command("collector", "backup-key", "--out", str(key))
    state = ("--state", str(paths.root))
    with coming(agents):
        time.sleep(2)
        status, seconds, said = command("collector", "backup", "--to", str(place), "--recipient", f"{key}.pub", *state)
    note(f"restore: {said.strip()}")
    good = row("restore", "backups that failed", int(status != 0), "commands", at_most=0)
    good &= row("restore", "backup taken while events come", seconds, "s")
    size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and not file.is_symlink())
    good &= row("restore", "size of the backup", size / (1 << 20), "MiB")
    site.drain(300)
    settled(site)
    head = ingest.head(StatePaths(place))
    lacks = min(lacking(site, agent, head) for agent in agents)
    what = "acknowledged events that the backup lacks, of the agent with the fewest"
    good &= row("restore", what, lacks, "events", at_least=LACKING)
    before = known(site, head)
    note(f"restore: {before.events[0]} events in the backup; of the agents' {mine(site, 60)}")
    good &= refused(place, key, folder)
    took: list[float] = []

    def between() -> None:
        shutil.rmtree(paths.root)
        more(agents, MEANWHILE)  # they know of nothing
        done = command("collector", "restore", "--from", str(place), "--identity", str(key), *state)
        note(f"restore: {done[2].strip()}")
        took.extend([float(done[0]), done[1]])

    site.restart_after(between)
    good &= row("restore", "restores that failed", int(took[0] != 0), "commands", at_most=0)
    good &= row("restore", "restored into an empty state", took[1], "s")
    return returned(site) & compare(site, before, head) and good


def returned(site: Site) -> bool:
    """The agents, which nobody started again, have found the collector and sent what they had meanwhile.

    What they send again was acknowledged before: `compare` waits for it.
    """
    began = time.monotonic()
    site.drain(RETURN_S)
    took = time.monotonic() - began
    parts = [part for agent in site.agents for part in (agent.generator, agent.uplink)]
    alive = sum(part is not None and part.poll() is None for part in parts)
    away = sum(not agent.at_rest() for agent in site.agents)
    what = "parts of the agents that ran through the wipe and the restore"
    good = row("restore", what, alive, "parts", at_least=2 * AGENTS)
    good &= row("restore", "agents that are not back by themselves with all acknowledged", away, "agents", at_most=0)
    return row("restore", "the last agent back by itself, and all acknowledged", took, "s", at_most=RETURN_S) and good


def compare(site: Site, before: Known, head: int) -> bool:
    """Print what is other than it was."""
    result = mine(site, 240)
    settled(site)
    after = known(site, head)
    note(f"restore: {result}")
    hosts = {host["id"]: host for host in site.stage.client.get("/api/hosts")["items"] if host["connected"]}
    gaps = {host: sum(gap["count"] for gap in told["completeness"]["gaps"]) for host, told in hosts.items()}
    walk, start = open_walk(site.stage.paths)
    wrong = list(walk.findings(start))
    there = {name: after.alerts.get(name) for name in before.alerts}
    note(f"restore: gaps told {gaps}; proven {walk.totals.as_json()}")
    figures = {
        "events of the backup that are other or missing": abs(after.events[0] - before.events[0])
        + (after.events[1] != before.events[1]),
        "alerts or verdicts that are other or missing": sum(
            there[name] != told for name, told in before.alerts.items()
        ),
        "users, hosts, samples that are other": (after.users, after.hosts, after.sample)
        != (before.users, before.hosts, before.sample),
        "agents that are not connected": len(result.keys() - hosts.keys()),
        "events missing after the agents sent again what they kept": sum(one.lost for one in result.values()),
        "events missing and told nowhere": sum(max(0, one.lost - gaps.get(host, 0)) for host, one in result.items()),
        "events stored twice": sum(one.doubled for one in result.values()),
        "alerts missing after that": sum(one.alerts_lost for one in result.values()),
        "alerts raised twice": sum(one.alerts_doubled for one in result.values()),
        "findings in the restored log": len(wrong),
    }
    good = [row("restore", what, float(value), "", at_most=0) for what, value in figures.items()]
    return all(good)


def refused(place: Path, key: Path, folder: Path) -> bool:
    """A backup with a byte flipped, and one for somebody else, are not restored."""
    part = max(place.rglob("*.bin"), key=lambda file: file.stat().st_size)
    data = part.read_bytes()
    part.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    restore = ("collector", "restore", "--from", str(place), "--state", str(folder / "other"), "--identity")
    flipped, _, said = command(*restore, str(key))
    part.write_bytes(data)
    command("collector", "backup-key", "--out", str(folder / "other.key"))
    other, _, _ = command(*restore, str(folder / "other.key"))
    named = part.name in said
    return row(
        "restore",
        "altered backup and wrong key refused, the part named",
        float(flipped + other + named),
        "of 3",
        at_least=3,
    )


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
