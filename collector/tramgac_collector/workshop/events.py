"""Recorded events for trying rules: files and folders, as `tramgac match` reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.records import Entry

ENDINGS = (".evtx", *(name + packed for name in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst")))


@dataclass(frozen=True, slots=True)
class Source:
    """A file of events; `entries` is read once."""

    name: str
    entries: Iterator[Entry]


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield the files of events given, and those below folders. OSError, jsonfile.Broken while they are read."""
    for path in paths:
        below = (
            sorted(file for file in path.rglob("*") if file.name.lower().endswith(ENDINGS)) if path.is_dir() else [path]
        )
        for file in below:
            with file.open("rb") as opened:
                is_evtx = opened.read(len(evtx.MAGIC)) == evtx.MAGIC
            yield Source(str(file), evtx.entries(file) if is_evtx else jsonfile.entries(file))


def _below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.name.lower().endswith(ENDINGS))
