"""Where the simulation happens: a folder, and with root a tmpfs under it and a control group of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tramgac_collector.demo import attack, interrupts

_PAUSE_S: Final = (
    1.0  # between two acts: an alert belongs to the act in whose time its event lies; fanotify gives no time
)


@dataclass(frozen=True, slots=True)
class Done:
    """One act and its time: nanoseconds since 1970 UTC."""

    act: str
    began: int
    ended: int


@dataclass(slots=True)
class Arena:
    """The place; `close` takes away all that `open` made."""

    folder: Path
    cgroup: Path | None = None
    mounted: bool = False

    @classmethod
    def open(cls, folder: Path) -> Arena:
        """Make the place; what needs root is left out without it."""
        arena = cls(folder)
        arena.make()
        return arena

    def make(self) -> None:
        """Make the place."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            mount = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "tramgac-demo", str(self.folder)]
            with interrupts.held():
                self.mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
            with contextlib.suppress(OSError), interrupts.held():
                made = _cgroup2() / f"tramgac-demo-{os.getpid()}"
                made.mkdir(exist_ok=True)
                self.cgroup = made

    def perform(self, acts: tuple[str, ...], hold: float) -> list[Done]:
        """Do the acts in a process of their own; which were done, and when."""
        options = {
            "folder": str(self.folder),
            "cgroup": str(self.cgroup or ""),
            "hold": hold,
            "pause": _PAUSE_S,
            "acts": acts,
        }
        command = [sys.executable, "-I", str(Path(attack.__file__)), json.dumps(options)]
        with interrupts.held():
            # A session of its own: a terminal's Ctrl-C reaches the demo alone, and all of it can be ended at once.
            acting = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
                preexec_fn=interrupts.hear,  # noqa: PLW1509 - no lock that another thread may hold is taken there
            )
        with acting:
            try:
                output, _ = acting.communicate(timeout=30 * len(acts))
            finally:
                if acting.poll() is None:  # broken off
                    os.killpg(acting.pid, signal.SIGKILL)
        return [Done(**json.loads(line)) for line in output.splitlines()]

    def close(self) -> None:
        """Take away the tmpfs and the control group."""
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)  # noqa: S607
            self.mounted = False
        if self.cgroup is not None:
            with contextlib.suppress(OSError):  # the file is there since Linux 5.14
                (self.cgroup / "cgroup.kill").write_text("1")  # an act that was broken off leaves children
            deadline = time.monotonic() + 2
            while self.cgroup.exists() and time.monotonic() < deadline:
                try:
                    self.cgroup.rmdir()
                except OSError:
                    time.sleep(0.05)  # the last process is still on its way out
            self.cgroup = None


def _cgroup2() -> Path:
    """Where cgroup v2 is mounted; OSError if nowhere."""
    for line in Path("/proc/self/mountinfo").read_text("utf-8").splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("cgroup2 "):
            return Path(before.split()[4])
    raise OSError("cgroup v2 is mounted nowhere")
