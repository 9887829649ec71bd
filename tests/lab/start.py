"""`./dev lab start`: how soon a warm demo answers on its page, from the command to HTTP 200.

Five warm starts (--quick: two).
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from tramgac_collector.demo.children import program
from tramgac_collector.demo.stage import free_port

from tests.lab.rows import note, row

TARGET_S = 5.0


def start(state: Path) -> float:
    """Seconds from the command to the page; the demo is ended again."""
    began = time.monotonic()
    command = [program("tramgac"), "demo", "--json", "--scoped", "--state", str(state)]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        for line in demo.stdout:
            said = json.loads(line)
            if said["check"] == "address":
                answered(said["url"], 30)
                return time.monotonic() - began
        raise RuntimeError(f"the demo ended without an address: {said}")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)


def answered(url: str, seconds: float) -> None:
    """Wait until the page is given."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def main(*, quick: bool) -> int:
    """Exit status: 0 if the figure is well. Seconds vary with the machine: the floor is twice the target."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        note(f"start: usual port is {'free' if free_port(18080) == 18080 else 'taken'}")
        first = start(Path(folder))
        warm = [start(Path(folder)) for _ in range(2 if quick else 5)]
    note(f"start: first {first:.1f} s, warm {', '.join(f'{seconds:.1f}' for seconds in warm)} s; target {TARGET_S} s")
    what, value = "warm demo: command to page, median", round(median(warm), 2)
    return 0 if row("start", what, value, "s", at_most=2 * TARGET_S, target=TARGET_S) else 1


if __name__ == "__main__":
    sys.exit(main(quick="--quick" in sys.argv))
