"""Recorded events for trying rules: files and folders, as `tramgac match` reads them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.texts import Text

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.records import Entry
from tramgac_collector.pairs import Both
from tramgac_collector.workshop.words import TrySay

ENDINGS = (".evtx", *(name + packed for name in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst")))


@dataclass(frozen=True, slots=True)
class Source:
    """A file of events; `entries` is read once."""

    name: str
    entries: Iterator[Entry]


@dataclass(slots=True)
class Reading:
    """Reads files of events to their ends, whatever stands in them.

    `count`: records that could be read. `unread`: how many could not, by file, and the first reason with its record.
    `broken`: files whose rest could not be read, and why.
    """

    count: int = 0
    unread: dict[str, tuple[int, int, Both]] = field(default_factory=dict)
    broken: dict[str, Both] = field(default_factory=dict)

    def entries(self, given: Iterable[Source]) -> Iterator[tuple[str, Entry]]:
        """Yield the records that can be read, with their files. OSError for a file that cannot be opened."""
        for source in given:
            try:
                for entry in source.entries:
                    if entry.record is not None:
                        self.count += 1
                        yield source.name, entry
                    elif entry.problem is not None:
                        before, index, why = self.unread.get(source.name, (0, entry.index, entry.problem))
                        self.unread[source.name] = (before + 1, index, why)
            except jsonfile.Broken as error:
                self.broken[source.name] = error.what

    def problems(self, given: Sequence[Path]) -> Iterator[Problem]:
        """Yield what could not be read of the paths given; an error where nothing could be: nothing was judged then."""
        for name, (count, index, why) in self.unread.items():
            yield _problem(name, TrySay.UNREAD.of(count=count, index=index, why=Text(*why)))
        for name, reason in self.broken.items():
            yield _problem(name, TrySay.UNREAD_REST.of(why=Text(*reason)))
        if not self.count:
            place, said, advice = str(given[0]), TrySay.NO_EVENTS.of(), TrySay.GIVE_EVENTS.of()
            yield Problem(place, 1, 1, "error", "events", said, advice)


def _problem(name: str, said: Text) -> Problem:
    return Problem(name, 1, 1, "warning", "events", said, TrySay.RECORD_AGAIN.of())


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """Yield the files of events given, and those below folders. OSError, jsonfile.Broken while they are read."""
    for path in paths:
        for file in _below(path) if path.is_dir() else [path]:
            with file.open("rb") as opened:
                is_evtx = file.suffix.lower() == ".evtx" or opened.read(len(evtx.MAGIC)) == evtx.MAGIC
            yield Source(str(file), evtx.entries(file) if is_evtx else jsonfile.entries(file))


def _below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.name.lower().endswith(ENDINGS))
