"""What the sensor process sees and what it costs, on a real kernel; `./dev bench sensor [--quick]`, as root.

Everything happens in a control group and on a tmpfs of its own. Counts are judged strictly. Times measured here are
0.1 % idle, 15 us an event of processes, 10 us of files; machines vary, and at most two to four times that is ok.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

from tramgac_agent.config import AgentConfig
from tramgac_agent.sensor import SensorProcess
from tramgac_agent.sensors.linux import cgroups
from tramgac_agent.sensors.scope import Scope

from tests.lab.rows import row

SPAWN = 'i=0; while [ "$i" -lt "$1" ]; do /bin/true "n$i" "two words"; i=$((i+1)); done'
CHURN = """
import os, sys
for i in range(int(sys.argv[2])):
    name = sys.argv[1] + "/%s%d"
    open(name % ("a", i), "w").write("x")
    os.rename(name % ("a", i), name % ("b", i))
    os.unlink(name % ("b", i))
"""


@contextmanager
def places():
    """A control group, a mounted tmpfs and a state folder; removed again."""
    root = cgroups.hierarchy()
    if root is None or os.geteuid() != 0:
        raise SystemExit("bench sensor: needs root and a mounted version 2 control group hierarchy")
    group = root / f"tramgac-bench-{os.getpid()}"
    group.mkdir()
    with tempfile.TemporaryDirectory() as folder:
        mount = Path(folder) / "mount"
        mount.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "tramgac-bench", str(mount)], check=True)
        try:
            yield group, mount, Path(folder) / "state"
        finally:
            subprocess.run(["umount", "--lazy", str(mount)], check=True)
            time.sleep(0.2)  # what ended leaves its group a moment later
            group.rmdir()


def cpu() -> float:
    """Processor time of this process, seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident() -> int:
    """Resident memory, kB."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


class Bench:
    """A sensor process whose events are counted by kind, and loads for it."""

    def __init__(self, group: Path, mount: Path, state: Path) -> None:
        self.group, self.mount = group, mount
        self.process = SensorProcess(AgentConfig(state=state, scope=Scope(cgroup=str(group), mounts=(str(mount),))))
        self.kinds: Counter[str] = Counter()
        emit = self.process.observer._emit

        def counted(event):
            self.kinds[event.WhichOneof("kind")] += 1
            emit(event)

        self.process.observer._emit = counted
        self.bad = 0

    def run(self, *command: str) -> float:
        """Let a load run inside the group; processor time of the sensor process meanwhile, seconds."""
        before = cpu()

        def enter():
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

        load = subprocess.Popen(command, preexec_fn=enter)  # noqa: PLW1509 - it only writes a file
        while load.poll() is None:
            self.process.turn()
            self.process.wait()
        for _ in range(4):
            self.process.turn()
            self.process.wait()
        return cpu() - before

    def row(self, what: str, value: float, unit: str, **limits: float) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("sensor", what, round(value, 3), unit, **limits)

    def count(self, kind: str, wanted: int) -> None:
        """All of them, and none twice."""
        self.row(f"{kind} of {wanted}", self.kinds[kind], "events", at_most=wanted, at_least=wanted)


def idle(bench: Bench, seconds: float) -> None:
    """What it costs while nothing happens."""
    for _ in range(12):
        bench.process.turn()
        bench.process.wait()
    before, begin = cpu(), time.monotonic()
    while time.monotonic() - begin < seconds:
        bench.process.turn()
        bench.process.wait()
    share = 100 * (cpu() - before) / (time.monotonic() - begin)
    bench.row("idle", share, "% of one processor", at_most=0.4)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    quick = "--quick" in arguments
    processes, files, seconds = (2_000, 1_000, 4.0) if quick else (10_000, 10_000, 20.0)
    with places() as place:
        bench = Bench(*place)
        bench.process.start()
        idle(bench, seconds)
        spent = bench.run("/bin/sh", "-c", SPAWN, "sh", str(processes))
        for kind in ("process_start", "process_exit"):
            bench.count(kind, processes)
        bench.row("processes", 1e6 * spent / (2 * processes), "us an event", at_most=30)
        spent = bench.run(sys.executable, "-I", "-S", "-c", CHURN, str(bench.mount), str(files))
        for kind in ("file_create", "file_write", "file_rename", "file_delete"):
            bench.count(kind, files)
        bench.row("files", 1e6 * spent / (4 * files), "us an event", at_most=20)
        bench.row("resident", resident() / 1024, "MB", at_most=60)
        lost = sum(sum(ladder.missed().values()) for ladder in bench.process._ladders.values())
        bench.row("lost", lost, "observations", at_most=0)
        bench.process.stop("the bench is over")
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
