"""A collector and agents on this machine for the lanes: real programs, with generators in place of the sensors.

Not a lane itself.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from tramgac_collector.demo import stage as stages
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import ChildFailed, Children, program
from tramgac_collector.demo.stage import Stage, content_folder, free_port

from tests.lab.generator import BEGAN, FLUSHED

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = 5
"""Words of a line of the truth that says what was written; see generator.py."""
ALERTS_A_DAY = "TRAMGAC_COLLECTOR_ALERTS_A_DAY"
stages._UP_S = 300.0  # several lanes may share the machine


@dataclass
class Agent:
    """An enrolled agent whose sensor process is a generator."""

    state: Path
    truth: Path
    rate: int
    asked: int = 0
    """Events that this life of the generator is to write."""
    boot: str = ""
    """Which boot of its machine this is, where that may lose its power."""
    generator: subprocess.Popen[bytes] | None = None
    uplink: subprocess.Popen[bytes] | None = None

    def start(self, count: int) -> None:
        """Start both parts; the generator writes `count` events."""
        self.generate(count)
        self.send()

    def generate(self, count: int) -> None:
        """Start the generator alone."""
        self.asked = 0
        self.more(count)
        self.truth.with_suffix(".json").unlink(missing_ok=True)  # what the one before said of its books
        arguments = [str(self.state), str(self.truth), str(self.rate), str(count), *([self.boot] if self.boot else [])]
        log = (self.state / "lab.log").open("ab")
        self.generator = subprocess.Popen(
            [sys.executable, "-m", "tests.lab.generator", *arguments], cwd=ROOT, stdout=log, stderr=log
        )
        log.close()

    def more(self, count: int) -> None:
        """Have so many more events written by the generator that runs, or is about to."""
        self.asked += count
        temporary = self.truth.with_suffix(".asked")
        temporary.write_text(str(self.asked))
        temporary.replace(self.truth.with_suffix(".goal"))

    def hold(self, *, back: bool) -> None:
        """Stop the uplink in its tracks, or let it go on."""
        assert self.uplink is not None
        self.uplink.send_signal(signal.SIGSTOP if back else signal.SIGCONT)

    def send(self) -> None:
        """Start the uplink."""
        log = (self.state / "lab.log").open("ab")
        run = [program("tramgac-agent"), "run", "--part", "uplink", "--state", str(self.state)]
        self.uplink = subprocess.Popen(run, stdout=log, stderr=log)
        log.close()

    def kill(self) -> None:
        """Kill both parts at once."""
        for process in (self.generator, self.uplink):
            if process is not None:
                process.kill()
        for process in (self.generator, self.uplink):
            if process is not None:
                process.wait()

    def stop(self) -> None:
        """End both parts."""
        for process in (self.generator, self.uplink):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (self.generator, self.uplink):
            if process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(15)
                process.kill()

    def status(self) -> dict[str, Any]:
        """What the generator last said of its books; empty before it did."""
        try:
            said: dict[str, Any] = json.loads(self.truth.with_suffix(".json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return said

    def waiting(self) -> int:
        """Events emitted and not yet acknowledged."""
        return sum(lane["emitted"] - lane["acked"] for lane in self.status().get("ledger", {}).values())

    def at_rest(self) -> bool:
        """Whether its books say that all it was asked for is written, and all that it wrote acknowledged."""
        return bool(self.status().get("done")) and self.waiting() == 0

    def emitted(self) -> int:
        """Events of the present epoch that were given a sequence."""
        return sum(int(lane["emitted"]) for lane in self.status().get("ledger", {}).values())

    def again(self) -> int:
        """Events of the present epoch that were acknowledged and missing later: the agent sent, or has lost, them."""
        return sum(lane["resent"] + lane["gone"] for lane in self.status().get("ledger", {}).values())

    def acked(self) -> int:
        """Events of the present epoch that are acknowledged."""
        return sum(int(lane["acked"]) for lane in self.status().get("ledger", {}).values())

    def written(self) -> list[tuple[str, int, int, str]]:
        """The truth: (epoch, lane, sequence, marker) of every event."""
        return [(row[0], int(row[1]), int(row[2]), row[3]) for row in self._rows() if len(row) == WRITTEN]

    def times(self) -> dict[tuple[str, int, int], int]:
        """When each event of the truth happened, nanoseconds since 1970."""
        return {(row[0], int(row[1]), int(row[2])): int(row[4]) for row in self._rows() if len(row) == WRITTEN}

    def acknowledged(self) -> dict[tuple[str, int], int]:
        """The last sequence that was acknowledged, by epoch and lane."""
        marks: dict[tuple[str, int], int] = {}
        for row in self._rows():
            if len(row) == 3:
                marks[row[0], int(row[1])] = max(int(row[2]), marks.get((row[0], int(row[1])), 0))
        return marks

    def given_twice(self) -> int:
        """Sequences that were given to two events, each of which was flushed."""
        given, fresh = Counter[tuple[str, ...]](), list[tuple[str, ...]]()
        for row in self._rows():
            if len(row) == WRITTEN:
                fresh.append(tuple(row[:3]))
            elif row == [FLUSHED]:
                given.update(fresh)
                fresh.clear()
            elif row == [BEGAN]:
                fresh.clear()
        return sum(count > 1 for count in given.values())

    def _rows(self) -> list[list[str]]:
        lines = self.truth.read_text().split("\n")[:-1] if self.truth.exists() else []
        return [line.split(" ") for line in lines]


@dataclass
class Site:
    """A collector with agents, under one folder."""

    folder: Path
    collector: Path | None = None
    agents: list[Agent] = field(default_factory=list)
    restarts: Counter[str] = field(default_factory=Counter)
    alerts_a_day: int | None = 1_000_000
    """Most lanes count each alert; None: the product's own limit."""

    def __post_init__(self) -> None:
        """Nothing runs yet. The console has a port of its own: a demo beside the lane may want the usual one."""
        os.environ.pop(ALERTS_A_DAY, None)
        if self.alerts_a_day is not None:
            os.environ[ALERTS_A_DAY] = str(self.alerts_a_day)
        os.environ["TRAMGAC_COLLECTOR_CONSOLE_LISTEN"] = f"127.0.0.1:{free_port()}"
        state = self.collector or self.folder / "collector"
        state.mkdir(parents=True, exist_ok=True)
        self.stage = Stage(state, Children(self.folder / "logs"), Arena(self.folder / "arena"))

    def start(self) -> None:
        """Start the collector and push our rules."""
        self.stage.start_collector()
        self.stage.wait_for_collector()
        self.stage.push_rules([content_folder()])

    def enrol(self, rate: int, place: Path | None = None) -> Agent:
        """One more agent; its state lies in `place`, if there is one."""
        state = (place or self.folder) / f"agent{len(self.agents)}"
        ticket = self.stage.client.send("/api/tokens", {"uses": 1, "ttl_s": 600, "site": "lab"})["ticket"]
        enrol = (program("tramgac-agent"), "enrol", "--state", str(state), "--ticket", "-")
        self.stage.children.run("enrol", *enrol, text=ticket)
        config = state / "config.toml"
        config.write_text(f"flush_security_s = 1\nflush_bulk_s = 1\n{config.read_text('utf-8')}", "utf-8")
        agent = Agent(state, self.folder / f"truth{len(self.agents)}", rate)
        self.agents.append(agent)
        return agent

    @property
    def session_address(self) -> str:
        """Where agents' sessions are taken."""
        told = json.loads(self.stage.paths.gateway.read_text())
        return f"127.0.0.1:{told['session']}"

    def pid(self, role: str) -> int:
        """The process that does a role now; 0 if none has announced itself."""
        try:
            return int(self.stage.paths.ready(role).read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return 0

    def kill_role(self, role: str) -> None:
        """Kill one role; the supervisor starts it again. One that is not there is waited for alone."""
        pid = self.pid(role)
        if pid:  # 0 would be our own process group
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while self.pid(role) in (0, pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if self.pid(role) in (0, pid):
            raise ChildFailed(f"{role} did not come back within 30 s: {self.stage.children.tail('collector')}")
        self.restarts[role] += 1

    def kill_collector(self) -> None:
        """Kill the supervisor and every role at once, then start all again."""
        self.restart_after(lambda: None)

    def restart_after(self, between: Callable[[], object]) -> None:
        """Kill the supervisor and every role at once; start all again after `between`."""
        running = self.stage.children.processes
        family = [one for child in running for one in psutil.Process(child.pid).children(recursive=True)]
        for one in [*running, *family]:
            with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
                one.kill()
        for child in running:
            child.wait()
        psutil.wait_procs(family, timeout=10)
        self.stage.children.forget()
        between()
        self.stage.start_collector()
        self.stage.wait_for_collector()
        self.restarts["collector"] += 1

    def drain(self, seconds: float) -> bool:
        """Wait until every agent's books say that all has been acknowledged."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if all(agent.at_rest() for agent in self.agents):
                return True
            time.sleep(0.2)
        return False

    def stop(self) -> None:
        """End everything."""
        for agent in self.agents:
            agent.stop()
        self.stage.children.stop()
