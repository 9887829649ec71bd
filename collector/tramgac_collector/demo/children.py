"""The programs that a demo starts: the collector and the agent, each with its log, ended in reverse order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path


class ChildFailed(Exception):
    """A program ended or was not ready in time; the message has the end of its log."""


def program(name: str) -> str:
    """Path of a program of ours: beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


@dataclass(slots=True)
class Children:
    """Starts programs and ends all of them."""

    logs: Path
    _running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program in a process group of its own, so that a terminal's Ctrl-C reaches the demo alone."""
        self.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - no other thread runs yet
            )
        self._running.append((name, child))
        return child

    def run(self, name: str, *command: str, text: str = "") -> None:
        """Run a program to its end; ChildFailed with what it said."""
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise ChildFailed(f"{name}: {(done.stderr or done.stdout).strip()}")

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """What was started and not ended by `stop`."""
        return [child for _, child in self._running]

    def forget(self) -> None:
        """Look after none of them any longer: somebody else has ended them."""
        self._running.clear()

    def check(self) -> None:
        """ChildFailed if a program has ended by itself."""
        for name, child in self._running:
            if child.poll() is not None:
                raise ChildFailed(f"{name} ended with exit status {child.returncode}: {self.tail(name)}")

    def tail(self, name: str) -> str:
        """The end of a program's log."""
        log = self.logs / f"{name}.log"
        return log.read_text("utf-8", "replace")[-1500:].strip() if log.exists() else ""

    def stop(self, grace_s: float = 15.0) -> bool:
        """End all, last started first; whether all went by themselves, and well."""
        ended = [_end(child, grace_s) for _, child in reversed(self._running)]
        self._running.clear()
        return all(ended)

    def stop_one(self, name: str, grace_s: float = 15.0) -> None:
        """End the program of that name; the rest goes on."""
        for entry in [entry for entry in self._running if entry[0] == name]:
            _end(entry[1], grace_s)
            self._running.remove(entry)

    def wait_for(self, what: str, path: Path, seconds: float) -> None:
        """Wait until a file is there; ChildFailed when it takes too long or a program ends."""
        deadline = time.monotonic() + seconds
        while not path.exists():
            self.check()
            if time.monotonic() > deadline:
                raise ChildFailed(f"{what} was not ready within {seconds:g} s: {self.tail(what)}")
            time.sleep(0.05)


def _end(child: subprocess.Popen[bytes], grace_s: float) -> bool:
    """End one program and all in its group; whether it went by itself, and well."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        return child.wait(grace_s) == 0
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return False


def _end_with_parent() -> None:
    """In the child: a demo that is killed takes what it started with it (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
