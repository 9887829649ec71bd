"""`tramgac match` from end to end beside parsing the same files alone; `./dev bench match [--quick]`.

Needs TRAMGAC_TEST_DATA. All public rules for Windows over recorded event logs (many times over, so that reading the
rules does not count for all) and over JSON lines, on two cores. Then the same files are only parsed, by the same
readers, in the same run: one after another, which the bound is for, and on two cores. `--quick`: a fifth of the files.
"""

import os
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


def matched(rules: Sequence[Path], folder: Path) -> tuple[float, str]:
    """Seconds that the command takes, and the last word of its summary."""
    command = [
        str(Path(sys.executable).with_name("tramgac")),
        "match",
        "--rules",
        *map(str, rules),
        "--json",
        str(folder),
    ]
    begin = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
    return time.monotonic() - begin, done.stderr.splitlines()[0]


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


def bench(what: str, rules: Sequence[Path], folder: Path) -> bool:
    """The figures of one sort of file."""
    alone = {cores: parsed(folder, cores) for cores in (CORES, 1)}
    whole, said = matched(rules, folder)
    again = min(alone[CORES], parsed(folder, CORES))
    note(f"{what}: {said}")
    row("match", f"{what}: seconds", round(whole, 2), "s", baseline=round(alone[1], 2))
    row("match", f"{what}: over parsing alone on {CORES} cores", round(whole / again, 2), "x")
    return row("match", f"{what}: over parsing alone, one after another", round(whole / alone[1], 2), "x", at_most=1.6)


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
            good.append(bench(what, rules, laid_out(files, Path(folder), times)))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
