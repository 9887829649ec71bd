"""`tramgac match`: what the command does; its flags are read elsewhere."""

import json as json_
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tramgac_rules.about import Book
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.errors import IndicatorError
from tramgac_rules.judge import Judge
from tramgac_rules.rule import Rule

from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.problems import worded
from tramgac_collector.cli.terminal import visible
from tramgac_collector.matching import evtx, jsonfile, summary
from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.records import Entry
from tramgac_collector.matching.summary import Tally
from tramgac_collector.matching.words import Line, Summary

_EVTX = (".evtx",)
_JSON = tuple(name + packed for name in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for.

    `json`: lines for programs. `logsources`: "sigma" for the public map of log sources alone, "full" for ours as well.
    `correlate`: apply correlations too. `indicators`: lists of them, files and folders.
    """

    json: bool = False
    logsources: str = "full"
    correlate: bool = False
    indicators: tuple[Path, ...] = ()


def run(rules: Sequence[Path], inputs: Sequence[str], options: Options, out: TextIO, err: TextIO) -> int:
    """Match rules against files and folders; return the exit status.

    0: done, whether or not something was found; 1: a path of rules or inputs cannot be opened.
    """
    try:
        compiled, listing = compile_rules(rules), Listing.read(options.indicators)
    except OSError as error:
        err.write(say(Summary.NO_PLACE, path=error.filename, why=error.strerror) + "\n")
        return 1
    except IndicatorError as error:
        err.write(say(Summary.NO_LISTS, why=worded(error.args[0])) + "\n")
        return 1
    further = options.logsources != "sigma"
    judge = Judge.load(compiled.pack, Book.of(compiled.about), further=further)
    known = correlations.load(compiled.pack, judge.rules, judge.book, further=further)
    gathering, tally = Gathering(known if options.correlate else Correlations()), Tally()
    search = _Search(judge, gathering, listing, tally, out, json=options.json)
    for given in inputs:
        for source, path in _files(given, tally):
            search.match_file(source, path)
    search.correlate()
    out.flush()
    tally.rules = len(judge.rules)
    summary.write(tally, compiled, err)
    if rules and not compiled.sources and not compiled.problems:
        err.write(say(Summary.NO_RULES) + "\n")
    if options.indicators:
        summary.write_listing(listing, err)
    if options.correlate:
        summary.write_correlations(gathering, tally, err)
    elif known:
        summary.write_not_applied(known, err)
    return 1 if tally.unopened.count else 0


def _files(given: str, tally: Tally) -> Iterator[tuple[str, Path]]:
    """Yield name and path of an input, or of the files below it that are events."""
    path = Path(given)
    if not path.is_dir():
        yield given, path
        return

    def fail(error: OSError) -> None:
        tally.unopened.add(Summary.AT, error.filename, why=error.strerror or error)

    for folder, folders, names in os.walk(path, onerror=fail):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(_EVTX + _JSON):
                below = Path(folder, name).relative_to(path)
                yield f"{given.rstrip('/')}/{below.as_posix()}", Path(folder, name)


@dataclass(frozen=True, slots=True)
class _Search:
    """A judge over files: lines go to `out`, what is wrong goes into the tally and stops nothing."""

    judge: Judge
    gathering: Gathering
    listing: Listing
    tally: Tally
    out: TextIO
    json: bool

    def match_file(self, source: str, path: Path) -> None:
        """Match one file."""
        quiet = self.gathering.correlations.quiet
        for entry in _guarded(source, path, self.tally):
            self.tally.records += 1
            if entry.record is None:
                self.tally.unreadable.add(Summary.AT_RECORD, source, index=entry.index, why=entry.problem)
                continue
            met = self.judge.match(entry.record)
            if met:
                self.gathering.add(entry, met, _event(source, entry))
            for rule in met:
                if rule.id not in quiet:
                    self.tally.detections += 1
                    self._write(source, entry, *_told(self.judge, entry, rule))
            for told, why in self.listing.detections(entry):
                self.tally.detections += 1
                self._write(source, entry, told, why)

    def _write(self, source: str, entry: Entry, rule: Mapping[str, Any], why: Sequence[Mapping[str, str]]) -> None:
        """Write a detection: as the contract has it, or for people."""
        if self.json:
            self.out.write(json_.dumps({"rule": rule, "event": _event(source, entry), "why": why}) + "\n")
            return
        where = say(Line.RECORD, source=source, index=entry.index)
        self.out.write(f"{entry.time or '-'}  {rule['level']:<13} {visible(rule['title'])}  {where}\n")

    def correlate(self) -> None:
        """Judge what was gathered, now that all was read."""
        for fired in self.gathering.fired():
            self.tally.detections += 1
            self.tally.correlated += 1
            if self.json:
                self.out.write(self.gathering.line(fired))
                continue
            rule, last = fired.correlation.rule, fired.events[-1]
            where = say(Line.EVENTS, count=fired.window.count, source=last["source"], index=last["index"])
            self.out.write(f"{last['time']}  {rule.level:<13} {visible(rule.title)}  {where}\n")


def _guarded(source: str, path: Path, tally: Tally) -> Iterator[Entry]:
    """Yield a file's records; it ends where the file cannot be read on."""
    try:
        yield from _entries(path)
        tally.files += 1
    except Broken as error:
        tally.broken.add(Summary.AT, source, why=error.what)
    except OSError as error:
        tally.unopened.add(Summary.AT, source, why=error.strerror or error)


def _entries(path: Path) -> Iterator[Entry]:
    """Yield a file's records; what it is, its name says, or its first bytes."""
    if path.suffix.lower() in _EVTX:
        return evtx.entries(path)
    with path.open("rb") as file:
        magic = file.read(len(evtx.MAGIC))
    return evtx.entries(path) if magic == evtx.MAGIC else jsonfile.entries(path)


def _told(judge: Judge, entry: Entry, rule: Rule) -> tuple[Mapping[str, Any], list[Mapping[str, str]]]:
    """Return a rule that a record met, and why, as the contract has them; filters that did not apply are left out."""
    assert entry.record is not None
    why: list[Mapping[str, str]] = [
        {"field": condition.field, "value": condition.value, "pattern": condition.pattern}
        for condition in judge.explain(entry.record, rule)
        if not condition.negated
    ]
    return {"id": rule.id, "title": rule.title, "level": rule.level, "tags": list(rule.tags)}, why


def _event(source: str, entry: Entry) -> Mapping[str, Any]:
    return {"source": source, "index": entry.index, "record_id": entry.record_id, "time": entry.time}
