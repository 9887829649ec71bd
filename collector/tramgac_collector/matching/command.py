"""`tramgac match`: what the command does; its flags are read elsewhere."""

import json as json_
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from tramgac_rules.about import Book
from tramgac_rules.authoring.compile import Compiled, compile_rules
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.errors import IndicatorError
from tramgac_rules.judge import Judge
from tramgac_rules.rule import Rule

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.records import Entry

_EVTX = (".evtx",)
_JSON = tuple(name + packed for name in (".json", ".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
_NAMED = 20  # faults of one sort that are named one by one; the rest is counted


@dataclass(slots=True)
class Faults:
    """How many faults of one sort there were, and the first of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Count a fault."""
        self.count += 1
        if len(self.first) < _NAMED:
            self.first.append(text)


@dataclass(slots=True)
class Tally:
    """What happened, for the summary."""

    records: int = 0
    detections: int = 0
    correlated: int = 0
    files: int = 0
    unreadable: Faults = field(default_factory=Faults)
    broken: Faults = field(default_factory=Faults)
    unopened: Faults = field(default_factory=Faults)


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
        err.write(f"tramgac match: rules cannot be opened: {_plain(str(error.filename))}: {error.strerror}\n")
        return 1
    except IndicatorError as error:
        err.write(f"tramgac match: {error}\n")
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
    _summary(compiled, judge, tally, err)
    if rules and not compiled.sources and not compiled.problems:
        err.write("there is no rule where --rules points: a rule is a file *.yml or *.yaml\n")
    if options.indicators:
        err.write(f"{listing.count} indicators, {listing.met} of the detections are theirs\n")
        _tell("entries of lists of indicators are left out", _faults(listing.problems), err)
    if options.correlate:
        _correlated(search.gathering, tally, err)
    elif known:
        _tell("correlation rules are not applied; --correlate applies them", _named(known), err)
    return 1 if tally.unopened.count else 0


def _files(given: str, tally: Tally) -> Iterator[tuple[str, Path]]:
    """Yield name and path of an input, or of the files below it that are events."""
    path = Path(given)
    if not path.is_dir():
        yield given, path
        return

    def fail(error: OSError) -> None:
        tally.unopened.add(str(error))

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
                self.tally.unreadable.add(f"{source}, record {entry.index}: {entry.problem}")
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
        where = f"({_plain(source)}, record {entry.index})"
        self.out.write(f"{entry.time or '-'}  {rule['level']:<13} {_plain(rule['title'])}  {where}\n")

    def correlate(self) -> None:
        """Judge what was gathered, now that all was read."""
        for fired in self.gathering.fired():
            self.tally.detections += 1
            self.tally.correlated += 1
            if self.json:
                self.out.write(self.gathering.line(fired))
                continue
            rule, last = fired.correlation.rule, fired.events[-1]
            where = f"{_plain(last['source'])}, record {last['index']}"
            said = f"{fired.window.count} events, the last {where}"
            self.out.write(f"{last['time']}  {rule.level:<13} {_plain(rule.title)}  ({said})\n")


def _guarded(source: str, path: Path, tally: Tally) -> Iterator[Entry]:
    """Yield a file's records; it ends where the file cannot be read on."""
    try:
        yield from _entries(path)
        tally.files += 1
    except Broken as error:
        tally.broken.add(f"{source}: {error}")
    except OSError as error:
        tally.unopened.add(f"{source}: {error.strerror or error}")


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


def _plain(text: str) -> str:
    """Return a text that cannot move a terminal's cursor."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _summary(compiled: Compiled, judge: Judge, tally: Tally, err: TextIO) -> None:
    """Say what was done and what was not, faults by name."""
    err.write(
        f"{len(judge.rules)} rules, {tally.files} files, {tally.records} records, {tally.detections} detections\n"
    )
    strange = [problem for problem in compiled.of_kind("field") if problem.severity == "warning"]
    for what, faults in (
        ("problems in rules; a rule with one is left out", _faults(compiled.errors)),
        ("fields of rules are in no event of their log source", _faults(strange)),
        ("filters are not applied", _faults(compiled.of_kind("filter"))),
        ("records cannot be read", tally.unreadable),
        ("files cannot be read to their end", tally.broken),
        ("paths cannot be opened", tally.unopened),
    ):
        _tell(what, faults, err)


def _correlated(gathering: Gathering, tally: Tally, err: TextIO) -> None:
    """Say what correlations did, and what took no part in them."""
    err.write(f"{len(gathering.correlations.all)} correlation rules, {tally.correlated} of the detections are theirs\n")
    said = {
        "without_field": "matches took no part: they lack a field that a correlation groups by or counts",
        "without_number": "matches took no part: a correlation reckons with their value, and it is no number",
        "groups_given_up": "groups of a correlation were given up: there were too many",
        "values_given_up": "values of a correlation were given up: there were too many in one group",
    }
    lost = gathering.lost()
    for name, text in said.items():
        if lost.get(name):
            err.write(f"{lost[name]} {text}\n")
    if gathering.without_time:
        err.write(f"{gathering.without_time} records took no part in correlations: they have no time\n")


def _named(correlations_: Correlations) -> Faults:
    named = Faults()
    for correlation in correlations_.all:
        named.add(f"{correlation.rule.about.path}: {correlation.rule.title}")
    return named


def _tell(what: str, faults: Faults, err: TextIO) -> None:
    if faults.count:
        err.write(f"{faults.count} {what}:\n")
        err.writelines(f"  {_plain(line)}\n" for line in faults.first)
        if faults.count > len(faults.first):
            err.write(f"  ... and {faults.count - len(faults.first)} more\n")


def _faults(problems: Sequence[Problem]) -> Faults:
    return Faults(len(problems), [str(problem) for problem in problems[:_NAMED]])
