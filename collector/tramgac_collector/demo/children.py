"""The programs that a demo starts: the collector and the agent, each with its log, ended in reverse order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from tramgac_collector.demo import interrupts
from tramgac_collector.demo.tail import tail
from tramgac_collector.demo.words import duration, reason

GRACE_S: Final = 90.0
"""How long a program may take to end: the collector's roles end one after another, each within its own time."""
_RUN_S: Final = 60.0
"""How long a program may take that is run to its end."""
_LEAVING_S: Final = 1.0
"""How long the children of a program that has ended may take to be gone as well."""


class ChildFailed(Exception):
    """A program ended or was not ready in time; the message has the end of its log."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended: its exit status (negative: the signal), and whether it or a child of it had to be killed."""

    name: str
    status: int
    killed: bool


def program(name: str) -> str:
    """Path of a program of ours: beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


@dataclass(slots=True)
class Children:
    """Starts programs and ends all of them."""

    logs: Path
    _running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    _ended: list[Ended] = field(default_factory=list)

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that a terminal's Ctrl-C reaches the demo alone."""
        return self._start(name, command, subprocess.DEVNULL, "ab", environment)

    def run(self, name: str, *command: str, text: str = "") -> None:
        """Run a program to its end, `text` on its standard input; ChildFailed with what it said."""
        child = self._start(name, command, subprocess.PIPE, "wb", {})
        try:
            child.communicate(text.encode(), timeout=_RUN_S)
        except subprocess.TimeoutExpired:
            raise self._late(name, _RUN_S) from None
        finally:
            if child.stdin is not None:  # still open where a signal broke in
                with contextlib.suppress(BrokenPipeError):
                    child.stdin.close()
        self._running.remove((name, child))
        if child.returncode:
            raise ChildFailed(f"{name}: {self.tail(name)}")

    def _start(
        self, name: str, command: Sequence[str], stdin: int, mode: Literal["ab", "wb"], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with interrupts.held(), self.log(name).open(mode) as log:
            child = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=_begin,  # noqa: PLW1509 - no other thread runs yet
            )
            self._running.append((name, child))
        return child

    def _late(self, name: str, seconds: float) -> ChildFailed:
        late, log = duration(seconds * 1000), self.log(name)
        return ChildFailed(reason("late", name=name, seconds=late, log=log, tail=self.tail(name)))

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """What was started and not ended by `stop`."""
        return [child for _, child in self._running]

    def forget(self) -> None:
        """Look after none of them any longer: somebody else has ended them."""
        self._running.clear()

    def drop(self, name: str) -> None:
        """Forget a program of that name which has ended by itself: another is started in its place."""
        self._running = [entry for entry in self._running if entry[0] != name or entry[1].poll() is None]

    def check(self) -> None:
        """ChildFailed if a program has ended by itself."""
        for name, child in self._running:
            if child.poll() is not None:
                raise ChildFailed(
                    reason("ended", name=name, status=child.returncode, log=self.log(name), tail=self.tail(name))
                )

    def log(self, name: str) -> Path:
        """Where a program's log is."""
        return self.logs / f"{name}.log"

    def tail(self, name: str) -> str:
        """The end of a program's log, as people read it."""
        return tail(self.log(name))

    def stop(self, grace_s: float = GRACE_S) -> Sequence[Ended]:
        """End all, last started first; how each ended, those that `stop_one` has ended among them."""
        while self._running:
            self.stop_one(self._running[-1][0], grace_s)
        ended, self._ended = self._ended, []
        return ended

    def stop_one(self, name: str, grace_s: float = GRACE_S) -> None:
        """End the program of that name; the rest goes on."""
        for entry in [entry for entry in self._running if entry[0] == name]:
            ended = _end(*entry, grace_s)
            self._running.remove(entry)
            self._ended.append(ended)

    def wait_for(self, what: str, path: Path, seconds: float) -> None:
        """Wait until a file is there; ChildFailed when it takes too long or a program ends."""
        deadline = time.monotonic() + seconds
        while not path.exists():
            self.check()
            if time.monotonic() > deadline:
                raise self._late(what, seconds)
            time.sleep(0.05)


def _end(name: str, child: subprocess.Popen[bytes], grace_s: float) -> Ended:
    """End one program and all in its session."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    killed = False
    try:
        child.wait(grace_s)
    except subprocess.TimeoutExpired:
        killed = True
        child.kill()
        child.wait()
    if left := _left(child.pid):
        killed = True
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _left(child.pid)
    return Ended(name, child.returncode, killed)


def _left(leader: int) -> list[int]:
    """Wait for the session of a program that has ended to be empty; who is still there after a while."""
    deadline = time.monotonic() + _LEAVING_S
    while (left := _session(leader)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _session(leader: int) -> list[int]:
    """Who lives in the session of a program (proc_pid_stat(5)); those that only wait to be reaped do not."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, _, _, session = path.read_text("utf-8", "replace").rpartition(") ")[2].split()[:4]
            if int(session) == leader and state not in "ZX":
                found.append(int(path.parent.name))
    return found


def _begin() -> None:
    """In the child: hear the signals that the demo holds back, and end with it if it is killed (prctl(2))."""
    interrupts.hear()
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)  # PR_SET_PDEATHSIG
