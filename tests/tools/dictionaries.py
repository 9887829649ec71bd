"""Write the dictionaries that ship with our rules: `python -m tests.tools.dictionaries`.

Linux: the earlier part of the hour of ordinary work that is kept for tests; `./dev bench wire` sends the later one.
Windows: records that are made up (windows_events.py); no sample of an attack, for it lies on every host's disk. A
site's own are better, and take their place: `tramgac rules train`. The same input gives the same bytes.
"""

from __future__ import annotations

import random
from pathlib import Path

from tramgac_collector.training import SAMPLE, common
from tramgac_proto.event_pb2 import Event
from tramgac_wire.dictionary import Dictionary

from tests.bench import wire_events
from tests.tools import windows_events

FOLDER = Path(__file__).parents[2] / "rules/content"
SIZES = {"linux": 32_768, "windows": 16_384}
"""Bytes, by system; more of what is not the site's own gains little."""
PARTS = 8
"""The input is taken for that of so many hosts: what stands in fewer than three of them is left out."""
RUNS = 3_000
HARNESS = b"/ordinary/"
"""What drove the recorded work is no work."""

Runs = list[tuple[str, list[Event]]]


def linux() -> Runs:
    """Parts of the recording, each as another host's."""
    earlier = [line for line in wire_events.linux()[0] if HARNESS not in line]
    size = len(earlier) // PARTS
    parts = (earlier[number * size : (number + 1) * size] for number in range(PARTS))
    return _runs({number: list(wire_events.Linux(100 + number).events(part)) for number, part in enumerate(parts)})


def windows() -> Runs:
    """Hosts that are made up."""
    return _runs({number: list(windows_events.events(number, 2_500)) for number in range(PARTS)})


def _runs(hosts: dict[int, list[Event]]) -> Runs:
    found = [
        (str(host), events[at : at + SAMPLE]) for host, events in hosts.items() for at in range(0, len(events), SAMPLE)
    ]
    random.Random(1).shuffle(found)
    return found[:RUNS]


MAKERS = {"linux": linux, "windows": windows}


def made(system: str) -> Dictionary:
    """Train one."""
    return common(MAKERS[system](), SIZES[system])


def main() -> None:
    """Write both."""
    for system in MAKERS:
        (FOLDER / f"{system}.dictionary").write_bytes(made(system).content)


if __name__ == "__main__":
    main()
