"""`./dev lab counts`: what was done is what is stored, one by one, through a whole installation with the real sensors.

A load in a control group, a tmpfs and a network namespace of its own (busywork.py) keeps its own account: 2,000 short
processes, 1,000 files created, renamed and deleted, 500 connections on loopback (--quick: a tenth). Each deed must be
stored once, with the right process; and the agent's last account must be exact. Needs root and the best rungs.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import program
from tramgac_collector.demo.stage import Stage

from tests.lab import busywork
from tests.lab.rows import note, row
from tests.lab.whole import installation, on_best_rungs

PROCESSES, FILES, CONNECTIONS = 2_000, 1_000, 500
Event = Mapping[str, Any]
Deeds = Mapping[str, list[dict[str, Any]]]


def lane(what: str, value: int, *, at_least: int | None = None, at_most: int | None = None) -> bool:
    """One figure of this lane."""
    return row("counts", what, value, "events", at_least=at_least, at_most=at_most)


def work(arena: Arena, counts: tuple[int, ...]) -> Deeds:
    """Have the load done; what it says that it did."""
    command = [sys.executable, busywork.__file__, "all", str(arena.cgroup), str(arena.folder), *map(str, counts)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    deeds: dict[str, list[dict[str, Any]]] = {}
    for line in done.stdout.splitlines():
        deed = json.loads(line)
        deeds.setdefault(deed["did"], []).append(deed)
    return deeds


def stored(stage: Stage, kind: str) -> Iterator[Event]:
    """What `tramgac events` gives of a kind."""
    command = [program("tramgac"), "events", "--json", "--state", str(stage.state), "--kind", kind, "--limit", "100000"]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=120).stdout
    return map(json.loads, told.splitlines())


def compare(what: str, wanted: Iterable[Hashable], found: Iterable[Hashable]) -> bool:
    """Two figures: how many deeds are stored exactly so, and how many are stored that were not done."""
    done, seen = Counter(wanted), Counter(found)
    good = lane(f"{what}, stored as done", (done & seen).total(), at_least=done.total())
    good &= lane(f"{what}, stored and not done", (seen - done).total(), at_most=0)
    if done != seen:
        note(f"counts: {what}: missing {list(done - seen)[:3]}, too many {list(seen - done)[:3]}")
    return good


def processes(stage: Stage, deeds: Deeds) -> bool:
    """Command line, number and parent of each."""
    parent = f"{sys.executable} {busywork.__file__} processes mark {len(deeds['process'])}"
    wanted = ((deed["pid"], deed["command_line"], deed["by"], parent) for deed in deeds["process"])
    names = ("process.pid", "process.command_line", "process.parent.pid", "process.parent.command_line")
    found = (event for event in stored(stage, "process_start") if " mark-" in str(event.get("process.command_line")))
    return compare("processes with command line and parent", wanted, (picked(event, names) for event in found))


def picked(event: Event, names: Iterable[str]) -> tuple[Any, ...]:
    """Some fields of an event."""
    return tuple(event.get(name) for name in names)


def files(stage: Stage, deeds: Deeds) -> bool:
    """Each file's three changes, with who made them."""
    names = ("file.path", "tramgac.file.previous_path", "process.pid")
    kinds: dict[str, Callable[[dict[str, Any]], tuple[Any, ...]]] = {
        "file_create": lambda deed: (deed["first"], None, deed["by"]),
        "file_rename": lambda deed: (deed["second"], deed["first"], deed["by"]),
        "file_delete": lambda deed: (deed["second"], None, deed["by"]),
    }
    good = True
    for kind, expected in kinds.items():
        found = (picked(event, names) for event in stored(stage, kind))
        good &= compare(f"{kind} with process", map(expected, deeds["file"]), found)
    return good


def connections(stage: Stage, deeds: Deeds) -> bool:
    """Both ends of each: who began it and who took it."""
    (server,) = deeds["listen"]
    names = ("source.port", "process.pid", "process.executable")
    ends: dict[bool, list[tuple[Any, ...]]] = {True: [], False: []}
    for event in stored(stage, "network_connection"):
        if event["destination.port"] == server["port"]:
            ends[bool(event.get("tramgac.network.initiated"))].append(picked(event, names))
    began = [(deed["source"], deed["by"], deed["executable"]) for deed in deeds["connection"]]
    taken = [(deed["source"], server["by"], deed["executable"]) for deed in deeds["connection"]]
    ports = {source for source, _, _ in began}
    good = True
    for what, wanted, found in (("connections begun", began, ends[True]), ("connections accepted", taken, ends[False])):
        # One more tells the listener to go.
        good &= compare(f"{what}, with process", wanted, (end for end in found if end[0] in ports))
    return good


def settle(stage: Stage, seconds: float = 60) -> None:
    """Wait until the sensor has nothing new and its spool has gone out."""
    books = stage.agent_state / "run/sensor.json"
    deadline = time.monotonic() + seconds
    before: object = None
    while time.monotonic() < deadline:
        time.sleep(2.5)  # the books are written every 2 s
        lanes = json.loads(books.read_text())["spool"]["lanes"]
        if lanes == before and not any(lane["spooled"] for lane in lanes.values()):
            return
        before = lanes
    note(f"counts: the spool has not gone out within {seconds:g} s")


def account(stage: Stage, seconds: float = 30) -> bool:
    """End the agent; its last words against the store."""
    stage.children.stop_one("agent")
    deadline = time.monotonic() + seconds
    while not (host := stage.host())["last_words"] and time.monotonic() < deadline:
        time.sleep(0.2)
    books: dict[str, Any] = host["completeness"]
    emitted, dropped = books["emitted"], sum(books["dropped"].values())
    held = stage.client.get("/api/events/count")["count"] - 1  # the last words do not count themselves
    note(f"counts: {books}, stored {held}")
    good = lane(
        "emitted, not acked, spooled or dropped", abs(emitted - books["acked"] - books["spooled"] - dropped), at_most=0
    )
    good &= lane("dropped", dropped, at_most=0)
    good &= lane("missed", sum(books["missed"].values()), at_most=0)
    good &= lane("gaps", books["gaps_total"], at_most=0)
    return lane("emitted and not stored, or stored and not emitted", abs(emitted - held), at_most=0) and good


def run(stage: Stage, counts: tuple[int, ...]) -> bool:
    """The load and the comparison."""
    good = on_best_rungs("counts", stage)
    began = time.monotonic()
    deeds = work(stage.arena, counts)
    note(f"counts: the load took {time.monotonic() - began:.1f} s")
    settle(stage)
    good &= processes(stage, deeds)
    good &= files(stage, deeds)
    good &= connections(stage, deeds)
    return account(stage) and good


def main(*, quick: bool) -> int:
    """Exit status: 0 if every figure is well."""
    counts = tuple(count // 10 if quick else count for count in (PROCESSES, FILES, CONNECTIONS))
    with installation("counts") as stage:
        return 0 if run(stage, counts) else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
