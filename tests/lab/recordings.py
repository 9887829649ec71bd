"""Public recordings of attacks with what their makers say of them. Not a lane itself.

Halves: a recording is odd if the SHA-256 of its name, read as a whole number, is odd (its last hexadecimal digit is).
Its name is the path below the folder of test data, with /, in UTF-8: `otrf-development/schtask_create.jsonl.zst`.
Rules are written on the odd half and scored on the even one, so that what fits only what was looked at shows.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.records import Entry
from tramgac_rules.authoring.attack import attack

LABELLED, SAMPLES = "otrf-development", "evtx-attack-samples"


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of events. `techniques`: ids of version 19, none where nobody labelled it."""

    name: str
    path: Path
    techniques: frozenset[str] = frozenset()

    @property
    def odd(self) -> bool:
        """Which half it belongs to."""
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 2 == 1

    def entries(self) -> Iterator[Entry]:
        """Yield its records as `tramgac match` reads them; it ends where the file cannot be read on."""
        read = evtx.entries if self.path.suffix == ".evtx" else jsonfile.entries
        try:
            yield from read(self.path)
        except Broken:
            return


def labelled(data: Path) -> list[Recording]:
    """Return the recordings of whole hosts, most of them labelled: by older ids, which are read as those of today."""
    index = json.loads((data / LABELLED / "index.json").read_text("utf-8"))
    return [
        Recording(
            f"{LABELLED}/{each['file']}",
            data / LABELLED / each["file"],
            frozenset(now for technique in each["techniques"] for now in attack().now(technique)),
        )
        for each in index
    ]


def samples(data: Path) -> list[Recording]:
    """Return the event log files in which somebody looked on at one attack each."""
    files = sorted((data / SAMPLES).rglob("*.evtx"))
    return [Recording(file.relative_to(data).as_posix(), file) for file in files]


def parent(technique: str) -> str:
    """Return a technique without its sub-technique."""
    return technique.partition(".")[0]
