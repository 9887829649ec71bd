"""`tramgac collector run`: all roles of a collector as children of one process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType

import structlog

from tramgac_collector import config, initialise, leftovers, logs, ownership, ready, tallies
from tramgac_collector.errors import CollectorError, PortInUse
from tramgac_collector.listening import hindrance
from tramgac_collector.main import HOPELESS, wanted
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

BACKOFF_FIRST_S, BACKOFF_LAST_S = 0.2, 5.0
STEADY_S = 30.0
"""A role that has lived so long begins with the first back-off again."""
END_S: Mapping[str, float] = {
    "exporter": 3,
    "gateway": 13,
    "intake": 3,
    "judge": 12,
    "notifier": 7,
    "store": 11,
    "api": 11,
    "engine": 18,
    "signer": 11,
}
"""Roles in the order in which they end, and how long each may take, seconds: a second where nothing else runs, many on
a machine that is busy; together less than a service manager's 90."""
FIRST: tuple[str, ...] = ("api", "engine")
"""Started before the others: people wait for the page, the other roles for the store; six starts at once are slow."""
FIRST_S = 4.0
"""The others are not kept waiting longer than this, seconds."""
_TICK_S = 0.1
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Child:
    """One role's process."""

    role: str
    paths: StatePaths
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again: float = 0.0
    """When to start it again, seconds of the monotonic clock."""
    backoff: float = BACKOFF_FIRST_S
    restarts: int = 0

    def start(self, now: float) -> None:
        """Start the process."""
        ready.retract(self.paths, self.role)
        command = [sys.executable, "-m", "tramgac_collector.main", self.role]
        command += ["--state", str(self.paths.root), "--parent", str(os.getpid())]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.started = now

    def look(self, now: float) -> int:
        """Start it again if it died and its time has come; give HOPELESS if it never will live."""
        if self.process is None:
            if now >= self.again:
                self.restarts += self.started > 0  # the first start is none
                self.start(now)
            return 0
        status = self.process.poll()
        if status is None:
            return 0
        if status == HOPELESS:
            return HOPELESS
        if now - self.started > STEADY_S:
            self.backoff = BACKOFF_FIRST_S
        _log.warning("a role died", dead=self.role, status=status, again_in_s=self.backoff, restarts=self.restarts)
        self.process, self.again = None, now + self.backoff
        self.backoff = min(2 * self.backoff, BACKOFF_LAST_S)
        return 0

    @property
    def ready(self) -> bool:
        """Whether this very process has announced itself."""
        return self.process is not None and ready.pid(self.paths, self.role) == self.process.pid

    def ask(self) -> None:
        """Ask the process to end, and do not wait."""
        if self.process is not None:
            self.process.terminate()

    def end(self, patience_s: float) -> bool:
        """End the process: SIGTERM, and SIGKILL when its time is over; tell whether it ended well (or did not run)."""
        if self.process is None:
            return True
        good = {0} if self.ready else {0, -signal.SIGTERM}  # one that has not begun has no handler for the signal yet
        self.process.terminate()  # nothing to a process that has ended
        try:
            status = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            _log.error("a role did not end and is killed", killed=self.role, after_s=patience_s)
            self.process.kill()
            status = self.process.wait()
        if status not in good:
            _log.error("a role ended badly", ended=self.role, status=status)
        return status in good


def _nothing() -> None:
    """Nobody wants to hear it."""


@dataclass(slots=True)
class Supervisor:
    """All roles of one collector."""

    paths: StatePaths
    when_ready: Callable[[], None] = _nothing
    settings: config.CollectorConfig = field(default_factory=config.CollectorConfig)
    children: dict[str, Child] = field(init=False)
    stopping: bool = False

    def __post_init__(self) -> None:
        self.children = {role: Child(role, self.paths) for role in wanted(self.paths, self.settings)}

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for the end; a signal handler."""
        self.stopping = True

    def run(self) -> int:
        """Keep all roles alive until asked to stop, end them in order; give the exit status.

        It is 1 when a role can never run, did not end by itself in its time, or ended with a status other than 0.
        """
        try:
            status = self._keep()
        finally:
            ready.retract(self.paths, ready.NAME)
            well = [self._end(self._of(role), patience_s) for role, patience_s in END_S.items()]
        return status if all(well) else 1

    def _of(self, role: str) -> list[Child]:
        """The processes of a role: several judges have numbers."""
        return [child for name, child in self.children.items() if name.partition("-")[0] == role]

    @staticmethod
    def _end(children: list[Child], patience_s: float) -> bool:
        """End the processes of a role, all at once."""
        for child in children[1:]:
            child.ask()
        well = [child.end(patience_s) for child in children]
        return all(well)

    @property
    def _page_answers(self) -> bool:
        return "api" not in self.children or self.children["api"].ready

    def _keep(self) -> int:
        announced = False
        teller = tallies.Teller(self.paths, ready.NAME)
        began = time.monotonic()
        started = [self.children[role] for role in FIRST if role in self.children]
        for child in started:
            child.start(began)
        while not self.stopping:
            now = time.monotonic()
            for role in wanted(self.paths, self.settings):  # its file may be new
                self.children.setdefault(role, Child(role, self.paths))
            if len(started) < len(self.children) and (self._page_answers or now - began > FIRST_S):
                started = list(self.children.values())
            for child in started:
                if child.look(now) == HOPELESS:
                    _log.error("a role cannot run; ending all", role_name=child.role)
                    return 1
            if not announced and all(child.ready for child in self.children.values()):
                announced = True
                ready.announce(self.paths, ready.NAME)
                _log.info("collector is ready")
                self.when_ready()
            teller.tell({f"restarts_{role}": child.restarts for role, child in self.children.items()})
            time.sleep(_TICK_S)
        return 0


def run(paths: StatePaths, when_ready: Callable[[], None] = _nothing) -> int:
    """Start every role, start again what dies, end all in order on SIGTERM or SIGINT; give the exit status.

    Ready when every role has announced itself: `run/collector.ready` is there then, and `when_ready` is called.
    """
    try:
        with ownership.said(paths.root):
            ownership.require_own(paths.root, "collector run")
            initialise.require(paths)
            settings = config.load(paths)
            paths.make()
            with ready.alone(paths):
                return _run(paths, settings, when_ready)
    except CollectorError as error:
        print(f"tramgac collector: {error.said()}", file=sys.stderr)  # noqa: T201 - for the person who started it
        return 1


def _run(paths: StatePaths, settings: config.CollectorConfig, when_ready: Callable[[], None]) -> int:
    ownership.require_writable(paths)
    killed = leftovers.end(paths)
    require_ports(settings)
    logs.configure(paths, ready.NAME)
    if killed:
        _log.error("roles of a supervisor that is no more did not end and were killed", roles=killed)
    initialise.update(settings.url(paths))
    supervisor = Supervisor(paths, when_ready, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, supervisor.stop)
    return supervisor.run()


def require_ports(settings: config.CollectorConfig) -> None:
    """See that nobody listens where the roles will, before any is started; the roles see by themselves again.

    Raises:
        PortInUse: somebody does; all such addresses are named.
        SettingsError: an address is none.
    """
    taken = [f"{name} {where}: {why}" for name, where in _listens(settings) if (why := hindrance(where))]
    if taken:
        raise PortInUse(Trouble.LISTEN.both(taken="; ".join(taken)))


def _listens(settings: config.CollectorConfig) -> Iterator[tuple[str, str]]:
    for name, role in (("session_listen", "gateway"), ("enrol_listen", "gateway"), ("console_listen", "api")):
        if not settings.roles or role in settings.roles:
            yield name, str(getattr(settings, name))
