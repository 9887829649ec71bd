"""Places of the tests' own: a control group, a file system, a load in a network namespace. All are removed again."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tramgac_agent.enrich.hashes import Hashes
from tramgac_agent.enrich.processes import ProcessTable
from tramgac_agent.enrich.procfs import read
from tramgac_agent.observe import Observer


@pytest.fixture
def cgroup():
    """A version 2 control group with nothing in it."""
    from tramgac_agent.sensors.linux import cgroups

    root = cgroups.hierarchy()
    assert root is not None, "no version 2 hierarchy is mounted here"
    path = root / f"tramgac-test-{os.getpid()}-{time.monotonic_ns()}"
    path.mkdir()
    yield path
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (path / "cgroup.procs").read_text():
        time.sleep(0.01)  # what ended leaves its group a moment later
    path.rmdir()


@pytest.fixture
def tmpfs(tmp_path):
    """A file system of its own."""
    path = tmp_path / "mount"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tramgac-test", str(path)], check=True)
    yield path
    subprocess.run(["umount", "--lazy", str(path)], check=True)


class Load:
    """Starts programs inside a control group."""

    def __init__(self, group: Path) -> None:
        self.group = group
        self.started = []

    def start(self, *arguments, **options):
        def enter():
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

        process = subprocess.Popen(arguments, preexec_fn=enter, **options)  # noqa: PLW1509 - it only writes a file
        self.started.append(process)
        return process

    def python(self, code, *arguments, netns=False, **options):
        """A Python of the test's own, in a network namespace of its own if wanted."""
        start = [sys.executable, "-I", "-S", "-c", code, *map(str, arguments)]
        if netns:
            start = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *start]
        return self.start(*start, **options)


@pytest.fixture
def load(cgroup):
    """Programs in that control group; whatever still runs at the end is ended."""
    it = Load(cgroup)
    yield it
    for process in it.started:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def observer():
    """The real thing from observations to events; events in `.events`, the table in `.table`."""
    events = []
    hashes = Hashes()
    table = ProcessTable(read, lambda seen: str(seen.euid))
    it = Observer(table, hashes, groups=None, boot=7, emit=events.append)
    it.events = events
    it.table = table
    yield it
    hashes.close()


def drained(process, *sensors):
    """Observations of each sensor while a program runs, and what is left after it."""
    found = {sensor: [] for sensor in sensors}
    ended = False
    while True:
        for sensor in sensors:
            found[sensor] += sensor.drain(10_000)
        if ended:
            return found
        ended = process.poll() is not None
        time.sleep(0.02)


@pytest.fixture
def drain():
    """The function above."""
    return drained
