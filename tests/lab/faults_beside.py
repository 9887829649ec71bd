"""Each abuse beside honest agents, and how it is judged. Part of `faults`; not a lane itself.

The honest ones' 99th percentile to an acknowledgement during an abuse may be twice that of just before at most. Where
both are some tens of milliseconds the ratio is mostly the machine's: an abuse above the bound is done once more, with a
longer spell before it, and the better of the two counts; the row says so. The bound stays.

The attacker runs at nice 10, in a session of its own, for nice counts within one alone where sessions share the
processors (sched(7), autogroup): no agent in the field shares those of the collector, and what is asked is what it
makes the collector do, not what its own work takes from the honest ones. Each row of times says so, and whether the
collector stood behind the firewall's rules: what they keep out it never had to bear.
"""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from tramgac_collector.config import load
from tramgac_proto.names import parse_time

from tests.lab import fleet_check, fleet_identity
from tests.lab.faults_attacker import ABUSES
from tests.lab.faults_counts import caught_up, counts, moved
from tests.lab.faults_honest import Honest, working
from tests.lab.faults_memory import Held, Watch, engines, gateways, grown, most, together
from tests.lab.faults_papers import papers
from tests.lab.faults_rogue import Abuse
from tests.lab.faults_watching import AFTER, DURING
from tests.lab.fleet_identity import Identity
from tests.lab.fleet_log import Log
from tests.lab.rows import note, row
from tests.lab.site import ROOT, Site

MEMORY = 64_000_000
"""Bytes that all of the collector may grow by over what it held just before; but for the event store's engine, which
takes and gives back some tens of them as it merges whatever is sent, and has a cap of its own (`engine_memory_bytes`).
"""
RATIO = 2.0
"""How much slower the honest ones may be answered."""
QUARANTINE_S = 30.0
DRAINED = {True: (20_000, 60.0), False: (100_000, 300.0)}
"""Events that an honest agent brings after a long absence, before anything is measured, and for how long it is waited:
what honest work has the collector take, once and for good, is not a rogue's. `--quick`: fewer."""
NICE = 10
"""Of the attacker."""
FENCES = {True: "behind the firewall's rules", False: "no firewall"}
"""How rows say whether the product's rules were in force."""
LET_GO_S = 20.0
"""A connection is let go so long after its owner is, at most."""


@dataclass
class Spell:
    """One abuse beside the honest ones: what was seen."""

    who: Identity
    began: float
    baseline: float
    p99: float
    before: list[Held]
    """What its processes held just before, look by look."""
    held: list[Held]
    """The same during the abuse."""
    found: dict[str, Any]
    counted: dict[str, int] = field(default_factory=dict)
    good: list[bool] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The honest ones' 99th percentile beside that of before."""
        return self.p99 / self.baseline if self.baseline else 1e9


@dataclass
class Beside:
    """A collector, honest agents, and a folder for attackers' files."""

    site: Site
    honest: Honest
    watch: Watch
    folder: Path
    seconds: float
    fence: str
    """What the collector stands behind, in words: see FENCES."""

    async def one(self, name: str) -> list[bool]:
        """One abuse: its rows."""
        abuse = ABUSES[name]
        spell = await self.spell(name, abuse, self.seconds / 2)
        better, tail, good = spell, "", list(spell.good)
        if spell.ratio > RATIO:
            again = await self.spell(name, abuse, self.seconds)
            better, tail = min(spell, again, key=lambda each: each.ratio), ", the better of two spells"
            good += again.good
        what = f"{name}: honest agents' p99 to an acknowledgement, the attacker at nice {NICE}, {self.fence}{tail}"
        bound, baseline = round(RATIO * better.baseline, 4), round(better.baseline, 4)
        good.append(row("faults", what, round(better.p99, 4), "s", at_most=bound, baseline=baseline))
        return good + await self._rows(name, abuse, spell)

    async def spell(self, name: str, abuse: Abuse, quiet: float) -> Spell:
        """Do it once, after a spell in which nobody does anything."""
        (who,) = await asyncio.to_thread(fleet_identity.make, self.site.stage.paths, [f"rogue-{name}"])
        behind = int(not await caught_up(self.site))  # minutes: a backlog's memory and times would be the abuse's
        good = [row("faults", f"{name}: begun while store or judge were behind", behind, "times", at_most=0)]
        before = counts(self.site, abuse.counted)
        self.watch.seen()
        baseline = await self.honest.measure(quiet)
        before_it = self.watch.seen()
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(papers(self.site.stage.paths, who, abuse.certificate_s)))
        began = time.time()
        (found, met), p99 = await self.honest.beside(self._attack(name, abuse, who, file), quiet)
        spell = Spell(who, began, baseline, p99, before_it, self.watch.seen(), found, good=good + met)
        spell.counted = await moved(self.site, before)
        by = grown(before_it, spell.held)
        told = {each: value for each, value in found.items() if each != "moments"}
        note(f"faults: {name}: {told}; p99 {p99:.4f} s, before {baseline:.4f} s; MiB {by}; {spell.counted}")
        return spell

    async def _attack(self, name: str, abuse: Abuse, who: Identity, file: Path) -> tuple[dict[str, Any], list[bool]]:
        limit = abuse.seconds or (max(self.seconds, QUARANTINE_S) if abuse.quarantine else self.seconds)
        words = [sys.executable, "-m", "tests.lab.faults_attacker", name, self.site.session_address, str(file)]
        attacker = await asyncio.create_subprocess_exec(
            *("nice", "-n", str(NICE), *words, str(limit)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _back(attacker.pid)
        meanwhile = asyncio.create_task(DURING[name](self.site, who, attacker.pid)) if name in DURING else None
        said, errors = await attacker.communicate()
        if attacker.returncode:
            note(f"faults: {name}: {errors.decode()[-500:]}")
        found = json.loads(said or '{"rounds": 0, "quarantined": null, "told": {}, "moments": {}}')
        return found, [] if meanwhile is None else await meanwhile

    async def _rows(self, name: str, abuse: Abuse, spell: Spell) -> list[bool]:
        found, told = spell.found, spell.found["told"]
        good = [row("faults", f"{name}: rounds", found["rounds"], "rounds", at_least=1)]
        for what, of in (
            ("the collector's memory, but for the engine's,", together),
            ("the gateway's alone", gateways),
        ):
            base = most(spell.before, of)
            more = most(spell.held, of) - base
            good.append(row("faults", f"{name}: {what} grew by", more, "bytes", at_most=MEMORY, baseline=base))
        cap, engine = load(self.site.stage.paths).engine_memory_bytes, most(spell.held, engines)
        good.append(row("faults", f"{name}: the engine's memory", engine, "bytes", at_most=cap))
        if abuse.quarantine:
            # As the collector says: some leave, or do not listen, before they could hear it.
            held = (await asyncio.to_thread(self.site.stage.client.get, f"/api/hosts/{spell.who.host}"))["quarantine"]
            after = parse_time(held["since"]) / 1e9 - spell.began if held else 1e9
            what = f"{name}: in quarantine after, {self.fence}"
            good.append(row("faults", what, round(after, 2), "s", at_most=QUARANTINE_S))
        by = f" (what stops it: {abuse.refusal})" if abuse.refusal else ""
        times = [(f"{name}: {word}{by}", told.get(word, 0), number) for word, number in abuse.least.items()]
        times += [(f"{name}: counted as {count}{by}", number, 1) for count, number in spell.counted.items()]
        good += [row("faults", what, number, "times", at_least=least) for what, number, least in times]
        good += [row("faults", f"{name}: {word}", told.get(word, 0), "times", at_most=0) for word in abuse.never]
        good.append(row("faults", f"{name}: its connections left", await self._left(), "connections", at_most=0))
        return good + (await AFTER[name](self.site, spell.who, found) if name in AFTER else [])

    async def _left(self) -> int:
        """How many connections the gateway still has beside those of the honest agents."""
        port = int(self.site.session_address.rpartition(":")[2])
        until = time.monotonic() + LET_GO_S
        while True:
            open_now = 0
            with contextlib.suppress(psutil.NoSuchProcess):
                all_of_them = psutil.Process(self.site.pid("gateway")).net_connections("tcp")
                open_now = sum(1 for each in all_of_them if each.laddr.port == port and each.raddr)
            left = open_now - len(self.honest.members)
            if left <= 0 or time.monotonic() > until:
                return max(left, 0)
            await asyncio.sleep(0.5)


def _back(pid: int) -> None:
    """Let a session have its nice among sessions too."""
    with contextlib.suppress(OSError):  # not every kernel groups so
        Path(f"/proc/{pid}/autogroup").write_text(str(NICE), "ascii")


async def abuses(site: Site, folder: Path, *, quick: bool, names: list[str], fenced: bool) -> bool:
    """These abuses, one after the other; all if none is named."""
    paths, log = site.stage.paths, Log(folder / "honest.log")
    count, seconds = (40, 12.0) if quick else (200, 30.0)
    made = fleet_identity.make(paths, [f"honest-{number}" for number in range(count)])
    good: list[bool] = []
    watch = Watch(site)
    async with working(made, site.session_address, log) as honest:
        await honest.drain(*DRAINED[quick])
        at_first = await _settled(honest, watch, 2 * seconds)
        beside = Beside(site, honest, watch, folder, seconds, FENCES[fenced])
        for name in names or ABUSES:
            good += await beside.one(name)
        at_last = await _settled(honest, watch, seconds)
        good.append(_growth(*(seen[len(seen) // 2] for seen in (at_first, at_last))))
        streams = len([member for member in honest.members if member.connected])
        good.append(row("faults", "honest agents connected at the end", streams, "agents", at_least=count))
    watch.close()
    found = fleet_check.judge(log, paths, site.stage.client, {who.host for who in made})
    good.append(fleet_check.told("faults", found, []))
    good.append(row("faults", "the collector's roles that died", _died(site), "roles", at_most=0))
    log.close()
    return all(good)


async def _settled(honest: Honest, watch: Watch, seconds: float) -> list[Held]:
    """What all of the collector holds while only the honest ones work, least first."""
    watch.seen()
    await honest.measure(seconds)
    return watch.seen()


def _growth(before: Held, after: Held) -> bool:
    note(f"faults: over all abuses, MiB: {grown([before], [after])}")
    more, what = together(after) - together(before), "the collector's memory grew over all abuses by"
    return row("faults", what, more, "bytes", at_most=MEMORY, baseline=together(before))


def _died(site: Site) -> int:
    return sum(file.read_text().count('"event": "a role died"') for file in site.stage.paths.logs.glob("*.log"))
