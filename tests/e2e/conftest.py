"""A control group for all that a test starts: what is left of it at the end is what was left behind."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tramgac_agent.sensors.linux import cgroups

_ENTER = 'echo $$ > "$0/cgroup.procs" && exec "$@"'


@dataclass
class Group:
    """Starts programs inside."""

    path: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """A program whose output is read as text; the errors are the test's own."""
        process = subprocess.Popen(["sh", "-c", _ENTER, str(self.path), *command], stdout=subprocess.PIPE, text=True)
        self.started.append(process)
        return process

    def pids(self) -> list[int]:
        """What lives in it, at any depth of ancestry."""
        return [int(line) for line in (self.path / "cgroup.procs").read_text().split()]


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """A version 2 control group; whatever still lives in it at the end is killed."""
    root = cgroups.hierarchy()
    assert root is not None, "no version 2 hierarchy is mounted here"
    path = root / f"tramgac-e2e-{tmp_path_factory.mktemp('group').name}-{time.monotonic_ns()}"
    path.mkdir()
    it = Group(path)
    yield it
    (path / "cgroup.kill").write_text("1")
    for process in it.started:
        process.communicate()
    deadline = time.monotonic() + 5
    while it.pids() and time.monotonic() < deadline:
        time.sleep(0.01)  # what ended leaves its group a moment later
    path.rmdir()
