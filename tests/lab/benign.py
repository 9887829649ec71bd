"""`./dev lab benign`: an hour of ordinary work in a small Debian of its own, recorded; our rules are silent on it.

Packages, people, jobs, Python, JavaScript, C, git, office, browser, ssh, web server, database, backups and an
administrator's round (tests/lab/ordinary), seen by our own sensors, which look at nothing else. --quick: some minutes
of it. --keep: the recording takes the place of the one that is kept. Needs root, debootstrap and a mirror of packages.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tramgac_collector.demo.children import program

from tests.lab import benign_records
from tests.lab.benign_place import SCRIPTS, place
from tests.lab.benign_recording import Recording
from tests.lab.rows import note, row
from tests.lab.whole import BEST, NotHereError

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "tests/samples/benign/linux.jsonl.zst"
RULES = ROOT / "rules/content/sigma"
MOST_BYTES = 5_000_000
LOUD = ("medium", "high", "critical")
QUICK = ("packages", "people", "jobs", "git", "build", "admin", "backup")
STEPS = (
    *QUICK[:3],
    "more-packages",
    "python",
    "node",
    "git",
    "build",
    "office",
    "browser",
    "admin",
    "remote",
    "web",
    "backup",
)
_MINUTES, _PAUSE_S = 60, 8
_NICE = 10
_SAID_EVERY_S = 60.0


def alerts(recording: Path) -> list[dict[str, Any]]:
    """What our rules and correlations say to a recording: the lines of `tramgac match`."""
    command = [program("tramgac"), "match", "--correlate", "--json", "--rules", str(RULES), "--", str(recording)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return [json.loads(line) for line in told.stdout.splitlines()]


def told(found: list[dict[str, Any]]) -> bool:
    """The figures of what rules said, those of medium level and above by name."""
    by_level = Counter(alert["rule"]["level"] for alert in found)
    for title, count in Counter(a["rule"]["title"] for a in found if a["rule"]["level"] in LOUD).items():
        note(f"benign: {count} x {title}")
    row("benign", "alerts below medium", by_level.total() - sum(by_level[level] for level in LOUD), "alerts")
    return row("benign", "alerts of medium level or above", sum(by_level[level] for level in LOUD), "alerts", at_most=0)


def recorded(folder: Path, steps: tuple[str, ...], minutes: int, pause: int) -> tuple[Path, bool]:
    """Have the work done and recorded; the recording as it would be kept, and whether all was seen."""
    heard = time.monotonic()

    def say(count: int) -> None:
        nonlocal heard
        if time.monotonic() - heard > _SAID_EVERY_S:
            heard = time.monotonic()
            note(f"benign: {count} events")

    with place(folder) as (root, group):
        recording = Recording(root, group, folder)
        began = time.monotonic()
        status = recording.of(["/bin/bash", f"{SCRIPTS}/run.sh", str(minutes), str(pause), *steps], _NICE, say)
        took = time.monotonic() - began
    good = row("benign", "sensors alive on their best rung", len(recording.rungs & BEST), "sensors", at_least=len(BEST))
    good &= row("benign", "observations lost", recording.lost(), "observations", at_most=0)
    good &= row("benign", "exit status of the work", status, "", at_most=0)
    row("benign", "recorded", round(took / 60, 1), "minutes")
    made = folder / KEPT.name
    count = benign_records.write(benign_records.kept(recording.raw, str(root)), made)
    row("benign", "events recorded", recording.count, "events")
    row("benign", "events kept", count, "events")
    good &= row("benign", "size", made.stat().st_size, "bytes", at_most=MOST_BYTES)
    return made, good


def main(*, quick: bool, keep: bool) -> int:
    """Exit status: 0 if every figure is well."""
    steps, minutes, pause = (QUICK, 0, 0) if quick else (STEPS, _MINUTES, _PAUSE_S)
    with tempfile.TemporaryDirectory(prefix="tramgac-benign-") as folder:
        try:
            made, good = recorded(Path(folder), steps, minutes, pause)
        except NotHereError as error:
            note(str(error))
            return 1
        good &= told(alerts(made))
        if keep:
            KEPT.write_bytes(made.read_bytes())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv, keep="--keep" in sys.argv))
