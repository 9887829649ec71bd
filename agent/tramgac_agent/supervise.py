"""`tramgac-agent run`: starts the sensor process and the uplink, restarts the one that dies, ends both on SIGTERM.

On SIGTERM the sensor process goes first: it leaves last words in the spool, the uplink then has a moment to send them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tramgac_wire.backoff import SECOND, Backoff

from tramgac_agent.notify import notify, watchdog_s
from tramgac_agent.status import write_status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tramgac_agent.config import AgentConfig

_log = logging.getLogger(__name__)
GRACE_S: Final = 8.0
"""How long a part may take to end before it is killed."""
STEADY_S: Final = 30.0
"""A part that lived so long begins again without delay."""
MISUSE: Final = 2
"""Exit status of a part that cannot run as it is configured: it is not restarted."""
LONGEST_S: Final = 30.0


@dataclass(slots=True)
class Part:
    """One child."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    """How often it was started again since `run` began."""
    last_exit: str = ""
    """How it ended last: `status N` or a signal's name."""
    again_at: float = 0.0
    backoff: Backoff = field(default_factory=lambda: Backoff(lambda: secrets.randbelow(1024) / 1024))

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
        self.started = time.monotonic()

    def look(self) -> int | None:
        """The exit status if it has just ended."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        self.process = None
        self.last_exit = signal.Signals(-status).name if status < 0 else f"status {status}"
        if time.monotonic() - self.started >= STEADY_S:
            self.backoff.reset()
        self.again_at = time.monotonic() + min(self.backoff.delay() / SECOND, LONGEST_S)
        return status

    def end(self, grace_s: float) -> None:
        """SIGTERM, and SIGKILL after a while."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            _log.error("%s does not end: killed", self.name)
            self.process.kill()
            self.process.wait()
        self.process = None


class Supervisor:
    """Both parts.

    Args:
        config: Settings.
        command: How a part is started; its name is added.
    """

    def __init__(self, config: AgentConfig, command: Sequence[str]) -> None:
        self._config = config
        self.parts = [Part(name, (*command, name)) for name in ("sensor", "uplink")]
        self._stop = False
        self._status = 0

    def run(self) -> int:
        """Until SIGTERM, SIGINT, or a part cannot run at all; the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked)
        for part in self.parts:
            part.start()
        self._write()
        notify("READY=1")
        beat = watchdog_s()
        next_beat = 0.0
        while not self._stop:
            if beat and time.monotonic() >= next_beat:
                next_beat = time.monotonic() + beat
                notify("WATCHDOG=1")
            for part in self.parts:
                self._look(part)
            if not self._stop:
                time.sleep(0.2)
        notify("STOPPING=1")
        for part in self.parts:
            part.end(GRACE_S)
        self._write()
        return self._status

    def _asked(self, *_: object) -> None:
        self._stop = True

    def _look(self, part: Part) -> None:
        status = part.look()
        if status == MISUSE:
            _log.error("%s cannot run like this; see above", part.name)
            self._stop, self._status = True, 1
        elif status is not None:
            wait = part.again_at - time.monotonic()
            _log.warning("%s ended (%s); started again in %.1f s", part.name, part.last_exit, wait)
            self._write()
        if part.process is None and not self._stop and time.monotonic() >= part.again_at:
            part.restarts += 1
            part.start()
            self._write()

    def _write(self) -> None:
        facts: dict[str, object] = {}
        for part in self.parts:
            pid = part.process.pid if part.process else 0
            facts[part.name] = {"pid": pid, "restarts": part.restarts, "last_exit": part.last_exit}
        write_status(self._config.paths.parts_status, facts, ended=self._stop)


def part_command(state: str, scope: Sequence[str]) -> list[str]:
    """The command line by which a part is started, without its name."""
    options = ["--state", state, *scope, "--parent", str(os.getpid()), "--part"]
    return [sys.executable, "-m", "tramgac_agent", "run", *options]


@contextlib.contextmanager
def alone(config: AgentConfig, part: str) -> Iterator[bool]:
    """Hold a part of the state folder for one process; False if another has it (flock(2) on run/PART.lock)."""
    if sys.platform == "win32":
        yield True
        return
    import fcntl

    config.paths.run.mkdir(parents=True, exist_ok=True, mode=0o750)
    with (config.paths.run / f"{part}.lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
