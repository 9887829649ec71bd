"""`tramgac match` from end to end beside parsing the same files alone; `./dev bench match [--quick]`.

Needs TRAMGAC_TEST_DATA. All public rules for Windows over recorded event logs (many times over, so that reading the
rules does not count for all) and over JSON lines, on two cores. Then the same files are only parsed, by the same
readers, in the same run: one after another, which the bound is for, and on two cores. Both in turns, and medians are
quoted. `--quick`: a fifth of the files, once, without the bound, for rules are read and readied in most of that time.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tramgac_collector.matching import evtx, jsonfile

from tests.lab.rows import note, row

RULES = ("sigma/rules/windows", "sigma/rules-emerging-threats", "sigma/rules-threat-hunting/windows")
TIMES = 40  # over, for event logs
CORES = 2
TURNS = 3
BOUND = 1.6


def matched(rules: Sequence[Path], folder: Path) -> tuple[float, float, str]:
    """Seconds that the command takes, processor seconds of all its processes, and the first line of its summary."""
    command = [
        str(Path(sys.executable).with_name("tramgac")),
        "match",
        "--rules",
        *map(str, rules),
        "--json",
        str(folder),
    ]
    begin = time.monotonic()
    before = processor(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    spent = processor(resource.RUSAGE_CHILDREN) - before
    return time.monotonic() - begin, spent, done.stderr.splitlines()[0]


def processor(who: int) -> float:
    """Processor seconds that this process, or its children that have ended, have used."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def count(path: Path) -> int:
    """Parse a file, and throw its records away."""
    return sum(1 for _ in (evtx.entries(path) if path.suffix == ".evtx" else jsonfile.entries(path)))


def parsed(folder: Path, cores: int) -> float:
    """Seconds that parsing alone takes."""
    paths = sorted(folder.iterdir())
    begin = time.monotonic()
    if cores == 1:
        sum(map(count, paths))
    else:
        with ProcessPoolExecutor(cores) as pool:
            sum(pool.map(count, paths, chunksize=8))
    return time.monotonic() - begin


def laid_out(files: Sequence[Path], folder: Path, times: int) -> Path:
    """A folder with links to files, each so many times."""
    for turn in range(times):
        for number, path in enumerate(files):
            (folder / f"{turn:03}-{number:04}{''.join(path.suffixes[-2:])}").symlink_to(path)
    return folder


def bench(what: str, rules: Sequence[Path], folder: Path, turns: int, bound: float | None) -> bool:
    """The figures of one sort of file: medians of some turns."""
    alone, alone_spent, whole, spent = [], [], [], []
    for _ in range(turns):
        before = processor(resource.RUSAGE_SELF)
        alone.append(parsed(folder, 1))
        alone_spent.append(processor(resource.RUSAGE_SELF) - before)
        seconds, used, said = matched(rules, folder)
        whole.append(seconds)
        spent.append(used)
    ratios = [seconds / parsing for seconds, parsing in zip(whole, alone, strict=True)]
    middle = statistics.median
    note(f"{what}: {said}; each turn: {', '.join(f'{ratio:.2f}' for ratio in ratios)} x")
    row("match", f"{what}: seconds", round(middle(whole), 2), "s", baseline=round(middle(alone), 2))
    # What other programs take of a busy machine is not in it: halved, it is the time on two cores that are free.
    row("match", f"{what}: processor seconds", round(middle(spent), 2), "s", baseline=round(middle(alone_spent), 2))
    row("match", f"{what}: over parsing alone on {CORES} cores", round(middle(whole) / parsed(folder, CORES), 2), "x")
    return row("match", f"{what}: over parsing alone, one after another", round(middle(ratios), 2), "x", at_most=bound)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    data = os.environ.get("TRAMGAC_TEST_DATA")
    if not data:
        sys.stderr.write("bench match: TRAMGAC_TEST_DATA names no folder with public rules and recordings\n")
        return 2
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    part = 5 if "--quick" in arguments else 1
    rules = [Path(data, name) for name in RULES]
    logs = sorted(Path(data, "evtx-attack-samples").rglob("*.evtx"))
    lines = sorted(Path(data, "otrf-development").glob("*.jsonl.zst"))
    good = []
    for what, files, times in (("event logs", logs, TIMES // part), ("JSON lines", lines[::part], 1)):
        with tempfile.TemporaryDirectory() as folder:
            laid = laid_out(files, Path(folder), times)
            good.append(bench(what, rules, laid, TURNS, BOUND) if part == 1 else bench(what, rules, laid, 1, None))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
