"""False identities, wrong clocks, spools that were put back or copied, stores that do not keep up. Part of `faults`.

Not a lane itself.
"""

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from tramgac_proto.event_pb2 import LANE_SECURITY
from tramgac_proto.session_pb2 import AgentMessage, Hello
from tramgac_wire.batch import pack
from tramgac_wire.chain import START, extend

from tests.lab import faults_calls, faults_identity, fleet_check, fleet_identity
from tests.lab.faults_counts import caught_up, counts, moved
from tests.lab.faults_honest import working
from tests.lab.faults_rogue import Attacker
from tests.lab.fleet_events import linux
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.fleet_member import Member
from tests.lab.rows import note, row
from tests.lab.site import Agent, Site

YEAR_NS = 31_556_952_000_000_000
CLOCKS = {"2000": -26 * YEAR_NS, "2007": -19 * YEAR_NS, "2035": 9 * YEAR_NS, "jumping": 0}
STOPPED_S = 15.0
STORED_S = 60.0
EPOCH = 0xFACE
"""The incarnation of the rogue's spool, of which it speaks in another's name."""
FORGED = "gateway.report_checkpoint_forged"
FORGERIES = 2
"""Of the rogue's own lane: what names the victim for a chain, and what does for a signature."""
REFUSED_S = 5.0
"""A stream ends so long after a checkpoint that is refused, at most."""


async def figures(site: Site, folder: Path) -> bool:
    """Identities, clocks and spools."""
    good = await identities(site)
    good &= await clocks(site, folder)
    return good & await asyncio.to_thread(spools, site)


async def identities(site: Site) -> bool:
    """A rogue says in every field that it is another host; nothing of that host changes."""
    rogue, victim = fleet_identity.make(site.stage.paths, ["rogue", "victim"])
    before, refused = _of(site, victim.host), counts(site, [FORGED])
    asked, theirs = await faults_calls.answered(site, Attacker(site.session_address, _told(rogue)), rogue, victim)
    attacker = Attacker(site.session_address, _told(rogue))
    blobs = list(faults_identity.events(victim.host, time.time_ns()))
    stored = await _sent(site, attacker, rogue.host, blobs)
    messages = list(faults_identity.messages(victim.host, EPOCH, len(blobs), extend(START, blobs)))
    await _say(attacker, messages)
    tried = asked + len(blobs) + len(messages)
    forged = (await moved(site, refused, least=FORGERIES))[FORGED]
    behind = int(not await caught_up(site))
    after, foreign = _of(site, victim.host), _events(site, victim.host)
    alerts = site.stage.client.get("/api/alerts", status="all", host=victim.host)["total"]
    unheard = int(attacker.quarantined is not None)
    good = row("faults", "fields filled with another host's identity", tried, "fields", at_least=100)
    good &= row("faults", "events that name that host, stored as the rogue's", stored, "events", at_least=len(blobs))
    good &= row("faults", "checkpoints refused for what they say of that host", forged, "times", at_least=FORGERIES)
    good &= row("faults", "in quarantine before all was said", unheard, "times", at_most=0)
    good &= row("faults", "store or judge behind what the rogue sent", behind, "times", at_most=0)
    good &= row("faults", "answers that were about that host", theirs, "answers", at_most=0)
    good &= row("faults", "what changed of that host", int(before != after), "rows", at_most=0)
    return good & row("faults", "events or alerts in that host's name", foreign + alerts, "rows", at_most=0)


async def _sent(site: Site, a: Attacker, host: str, blobs: list[bytes]) -> int:
    """Send events, and wait until all of them are stored, so long at most; how many are."""
    first, before, until = 1, START, time.monotonic() + STORED_S
    async with a.dialogue(EPOCH) as call:
        for at in range(0, len(blobs), 100):
            part = blobs[at : at + 100]
            await call.write(AgentMessage(batch=pack(EPOCH, LANE_SECURITY, first, before, part)).SerializeToString())
            first, before = first + len(part), extend(before, part)
        while True:
            stored = await asyncio.to_thread(_events, site, host)
            if stored >= len(blobs) or time.monotonic() > until:
                return stored
            await asyncio.sleep(0.5)


async def _say(a: Attacker, messages: list[AgentMessage]) -> None:
    """Say each on a stream of its own, for some end it."""
    for message in messages:
        hello = message if message.HasField("hello") else AgentMessage(hello=Hello(epoch=EPOCH, version_high=1))
        hello.hello.version_low = 1
        async with a.dialogue(hello=hello.SerializeToString()) as call:
            if not message.HasField("hello"):
                with contextlib.suppress(Exception):  # bulkhead: the collector may have ended it
                    await call.write(message.SerializeToString())
            await a.ended(call, REFUSED_S if message.HasField("checkpoint") else 0.3)


def _told(who: Identity) -> dict[str, str]:
    parts = {"private": who.private, "certificate": who.certificate, "authority": who.authority}
    return {name: part.decode() for name, part in parts.items()}


def _of(site: Site, host: str) -> Any:
    return site.stage.client.get(f"/api/hosts/{host}")


def _events(site: Site, host: str) -> int:
    return int(site.stage.client.get("/api/events/count", host=host)["count"])


async def clocks(site: Site, folder: Path) -> bool:
    """Hosts whose clocks are years off, corrected by their agents or not: all arrives, in order."""
    log = Log(folder / "clocks.log")
    names = [f"{name}{tail}" for name in CLOCKS for tail in ("", "-uncorrected")]
    made = fleet_identity.make(site.stage.paths, [f"clock-{name}" for name in [*names, "right"]])
    members = []
    for number, who in enumerate(made):
        off = list(CLOCKS.values())[number // 2] if number < len(names) else 0
        corrects = not who.name.endswith("-uncorrected")
        members.append(Member(who, site.session_address, log, random.Random(number), off, corrects))
    for member in members:
        member.start()
    for turn in range(20):
        for member in members:
            if "jumping" in member.identity.name:
                member.clock_off = (-1) ** turn * 86_400_000_000_000 * turn
            for _ in range(5):
                member.emit(*linux(member.seed)())
        await asyncio.sleep(0.3)
    await asyncio.gather(*(member.stop() for member in members))
    found = fleet_check.judge(log, site.stage.paths, site.stage.client, {who.host for who in made})
    log.close()
    wrong = found.lost + found.doubled + found.foreign + found.disordered + found.written - found.acknowledged
    what = "events of wrong clocks that are missing, doubled, moved or out of order"
    good = row("faults", what, wrong, "events", at_most=0)
    right = _of(site, made[-1].host)["findings"]
    odd = sum(finding["kind"] == "clock_off" for finding in right)
    return good & row("faults", "hosts with a right clock that are said to be off", odd, "hosts", at_most=0)


def spools(site: Site) -> bool:
    """Real agents' spools: put back from an old image, wiped within a boot, copied to a second machine."""
    agents = {name: site.enrol(5_000) for name in ("restored", "wiped", "copied")}
    for agent in agents.values():
        _lived(site, agent, 400)
    old = site.folder / "old-image"
    shutil.copytree(agents["restored"].state, old, symlinks=True, ignore=_sockets)
    for agent in agents.values():
        _lived(site, agent, 400)
    shutil.rmtree(agents["restored"].state)
    shutil.copytree(old, agents["restored"].state, symlinks=True)
    shutil.rmtree(agents["wiped"].state / "spool")
    twin = Agent(site.folder / "twin", site.folder / "truth-twin", 5_000)
    shutil.copytree(agents["copied"].state, twin.state, symlinks=True, ignore=_sockets)
    site.agents.append(twin)
    for agent in site.agents:
        agent.start(400)
    drained = site.drain(180)
    for agent in site.agents:
        agent.stop()
    wanted = {marker for agent in site.agents for *_, marker in agent.written()}
    deadline = time.monotonic() + 60
    while True:
        markers = [marker for agent in agents.values() for marker in _markers(site, _id(agent))]
        if wanted <= set(markers) or time.monotonic() > deadline:
            break
        time.sleep(1)
    findings = {f["kind"] for f in _of(site, _id(agents["copied"]))["findings"]}
    note(f"faults: spools: drained {drained}; {len(wanted)} events; the copied host: {sorted(findings)}")
    good = row("faults", "events of restored, wiped and copied spools", len(wanted), "events", at_least=3_000)
    good &= row("faults", "of them not stored", len(wanted - set(markers)), "events", at_most=0)
    good &= row("faults", "of them stored twice", len(markers) - len(set(markers)), "events", at_most=0)
    told = len(findings & {"two_agents", "chain_broken"})
    return good & row("faults", "two machines with one identity are told", told, "findings", at_least=1)


def _markers(site: Site, host: str) -> Iterator[str]:
    """What the store holds of a generator's events of a host."""
    for kind, name in (("process_start", "process.command_line"), ("file_create", "file.path")):
        for event in site.stage.client.lines("/api/events", kind=kind, host=host, limit=100_000):
            yield str(event[name]).replace("/", " ").rpartition(" ")[2]


def _sockets(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if (Path(folder) / name).is_socket()]


def _id(agent: Agent) -> str:
    from tramgac_collector import ca

    return ca.identify((agent.state / "identity/certificate.pem").read_bytes()).host


def _lived(site: Site, agent: Agent, count: int) -> None:
    agent.start(count)
    deadline = time.monotonic() + 60
    while not (agent.status().get("done") and agent.waiting() == 0) and time.monotonic() < deadline:
        time.sleep(0.1)
    agent.stop()


async def stores(site: Site, folder: Path) -> bool:
    """The event store stands still, then dies: acknowledgements go on, and all of it is stored afterwards."""
    log = Log(folder / "stores.log")
    made = fleet_identity.make(site.stage.paths, [f"stores-{number}" for number in range(40)])
    async with working(made, site.session_address, log, seed=2) as honest:
        await honest.measure(4)
        baseline = await honest.measure(STOPPED_S)
        _, stopped = await honest.beside(_stopped(site), STOPPED_S)
        _, killed = await honest.beside(_killed(site), STOPPED_S)  # what is put while they are gone is timed, too
    found = fleet_check.judge(log, site.stage.paths, site.stage.client, {who.host for who in made})
    log.close()
    good = fleet_check.told("faults", found, [])
    for what, value in (("stands still", stopped), ("was killed", killed)):
        name = f"p99 to an acknowledgement while the event store {what}"
        good &= row("faults", name, round(value, 3), "s", at_most=2 * baseline, baseline=round(baseline, 3))
    return good


async def _stopped(site: Site) -> None:
    engine = psutil.Process(site.pid("engine"))
    engine.suspend()
    try:
        await asyncio.sleep(STOPPED_S)
    finally:
        engine.resume()


async def _killed(site: Site) -> None:
    for role in ("engine", "store"):
        await asyncio.to_thread(site.kill_role, role)
