"""Brings a whole installation up on this machine: collector, rules, agent; each by the commands that users have."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tramgac_collector import ca, config, ready
from tramgac_collector.cli import authoring
from tramgac_collector.cli.client import Client
from tramgac_collector.cli.errors import Failed
from tramgac_collector.config import CollectorConfig
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import ChildFailed, Children, program
from tramgac_collector.demo.words import duration, reason
from tramgac_collector.paths import StatePaths

USER: Final = "demo"
_CERTIFICATE: Final = "identity/certificate.pem"  # in the agent's state
_UP_S: Final = 120.0
"""How long the collector may take: on a busy machine with a slow disk, the first time. Who dies is told at once."""
_AGENT_S: Final = 60.0
"""How long the agent may take to start, or to load a bundle."""


def content_folder() -> Path:
    """The rules that ship with the product: a checkout's, or those of the package, unpacked while this program runs."""
    from tramgac_rules.authoring import own

    return own.folder()


def free_port(preferred: int = 0) -> int:
    """A port on loopback that nobody listens on: the preferred one if it is free; ChildFailed if there is none."""
    for port in (preferred, 0):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise ChildFailed(reason("no_port"))


def keep_user(config: Path) -> None:
    """Let the uplink stay root in root's demo: the user that an installed agent has cannot reach the demo's state.

    Where no agent is installed there is no such user, and nothing changes.
    """
    if os.geteuid() != 0:
        return
    config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = config.read_text("utf-8") if config.exists() else ""
    if "uplink_user" not in said:
        config.write_text(f'uplink_user = "root"\n{said}', "utf-8")


def hurry(config: Path) -> None:
    """Whoever looks on at a demo sees events of it after 5 s and not after 30, where nobody has said otherwise."""
    config.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    said = config.read_text("utf-8") if config.exists() else ""
    if "flush_security_s" not in said:
        config.write_text(f"flush_security_s = 5\n{said}", "utf-8")


@dataclass(slots=True)
class Stage:
    """One installation under a state folder; what is there from last time is used again."""

    state: Path
    children: Children
    arena: Arena
    url: str = ""
    up: bool = False
    """Whether all of it has been ready: from then on its programs end with status 0 when told."""

    @property
    def paths(self) -> StatePaths:
        """The collector's folders."""
        return StatePaths(self.state)

    @property
    def agent_state(self) -> Path:
        """The agent's state folder."""
        return self.state / "agent"

    @property
    def client(self) -> Client:
        """Speaks to the collector."""
        return Client(self.state)

    def start_collector(self) -> None:
        """Make the state if it is new, start all roles, wait until the page can be asked for."""
        if not self.paths.config.exists():
            session, enrol = (f"127.0.0.1:{free_port()}" for _ in range(2))
            listen = ("--session-listen", session, "--enrol-listen", enrol)
            self.children.run("init", program("tramgac"), "collector", "init", "--state", str(self.state), *listen)
        console = config.load(self.paths).console_listen
        if console != CollectorConfig.model_fields["console_listen"].default:
            self._run_collector(console)
            return
        # Nobody asked for a port: take the usual one, or any that is free.
        usual = int(console.rpartition(":")[2])
        port = free_port(usual)
        try:
            self._run_collector(f"127.0.0.1:{port}")
        except ChildFailed:
            if port != usual or free_port(usual) == usual:
                raise
            self.children.drop("collector")  # somebody else was quicker
            self._run_collector(f"127.0.0.1:{free_port()}")

    def _run_collector(self, console: str) -> None:
        self.paths.run.mkdir(mode=0o700, exist_ok=True)
        with ready.alone(self.paths):  # those of one that runs, or still ends, are its own
            for role in ("api", ready.NAME):
                ready.retract(self.paths, role)
        run = (program("tramgac"), "collector", "run", "--state", str(self.state))
        self.children.start("collector", *run, TRAMGAC_COLLECTOR_CONSOLE_LISTEN=console)
        self.children.wait_for("collector", self.paths.ready("api"), _UP_S)
        self.url = f"http://{console}/"

    def wait_for_collector(self) -> None:
        """Wait until every role is ready."""
        self.children.wait_for("collector", self.paths.ready("collector"), _UP_S)

    def push_rules(self, rules: list[Path]) -> dict[str, Any]:
        """Compile, sign with the demo's own key and push; what became of it."""
        repository = self.state / "author/repository"
        signed = authoring.sign(rules, repository, self.state / "author/keys", marked="demo", skip_faulty=True)
        self.client.send("/api/content", authoring.packed(repository))
        problems = [problem for problem in signed.checked.problems if problem.severity != "info"]
        return {"version": signed.version, "rules": signed.checked.rules, "problems": len(problems)}

    def enrol_agent(self) -> None:
        """Enrol by a one-time token, unless it has been."""
        keep_user(self.agent_state / "config.toml")
        hurry(self.agent_state / "config.toml")
        if (self.agent_state / _CERTIFICATE).exists():
            return
        ticket = self.client.send("/api/tokens", {"uses": 1, "ttl_s": 600, "site": "demo"})["ticket"]
        enrol = (program("tramgac-agent"), "enrol", "--state", str(self.agent_state), "--ticket", "-")
        self.children.run("enrol", *enrol, text=ticket)

    @property
    def host_id(self) -> str:
        """The id of the demo's own host: others may have been enrolled at its collector too."""
        return ca.identify((self.agent_state / _CERTIFICATE).read_bytes()).host

    def start_agent(self, *, scoped: bool) -> None:
        """Start sensor and uplink; scoped, they look at the simulation alone."""
        scope = ["--scope-folder", str(self.arena.folder)]
        if scoped and self.arena.cgroup is not None:
            scope += ["--scope-cgroup", str(self.arena.cgroup)]
        elif scoped:
            scope += ["--scope-process", str(os.getpid())]
        if scoped and self.arena.mounted:
            scope += ["--scope-mount", str(self.arena.folder)]
        # What the collector writes because of an event must not become an event.
        at = self.paths
        for folder in (at.events, at.log, at.logs, at.samples, at.content, at.run, self.children.logs):
            scope += ["--scope-exclude", str(folder)]
        self.children.start("agent", program("tramgac-agent"), "run", "--state", str(self.agent_state), *scope)

    def host(self) -> dict[str, Any]:
        """The row of the demo's own host, with sensors and completeness; an empty one before it is known."""
        rows: list[dict[str, Any]] = self.client.get("/api/hosts")["items"]
        mine = self.host_id
        return next((row for row in rows if row["id"] == mine), {})

    def wait_for_host(self, version: int, seconds: float = _AGENT_S) -> dict[str, Any]:
        """Wait until the agent has told its sensors and loaded a bundle of at least this version."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.children.check()
            row = self.host()
            if row.get("sensors") and int(row.get("bundle") or 0) >= version:
                return row
            time.sleep(0.1)
        late, log = duration(seconds * 1000), self.children.log("agent")
        raise ChildFailed(reason("no_bundle", version=version, seconds=late, log=log, tail=self.children.tail("agent")))

    def login(self) -> str:
        """An address that signs the demo's user in once."""
        with contextlib.suppress(Failed):  # known from last time
            password = os.urandom(16).hex()
            self.client.send("/api/users", {"name": USER, "password": password, "role": "admin"})
        token = self.client.send(f"/api/users/{USER}/once", {})["token"]
        return f"{self.url}#once={token}"
