"""`tramgac match`: what the command does; its flags are read elsewhere."""

import json as json_
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.correlation import pack as correlations
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.errors import IndicatorError

from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.problems import worded
from tramgac_collector.cli.terminal import visible
from tramgac_collector.matching import summary
from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.parts import Part, parts
from tramgac_collector.matching.progress import Progress
from tramgac_collector.matching.records import Entry
from tramgac_collector.matching.searching import Found, Hit, Search, Setup
from tramgac_collector.matching.summary import Tally
from tramgac_collector.matching.words import Line, Summary
from tramgac_collector.matching.workers import cores, searched
from tramgac_collector.vocabulary_words import in_words

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
    setup = Setup(compiled.pack, compiled.about, listing, further=further)
    search = Search(setup)
    known = correlations.load(compiled.pack, search.judge.rules, search.judge.book, further=further)
    gathering, tally = Gathering(known if options.correlate else Correlations()), Tally()
    search.setup = replace(
        setup, correlate=bool(gathering.correlations), quiet=gathering.correlations.quiet, why=options.json
    )
    matching = _Matching(search, gathering, tally, out, json=options.json)
    matching.all(list(_inputs(inputs, tally)), err)
    matching.correlate()
    out.flush()
    tally.rules = len(search.judge.rules)
    summary.write(tally, compiled, err)
    if rules and not compiled.sources and not compiled.problems:
        err.write(say(Summary.NO_RULES) + "\n")
    if options.indicators:
        summary.write_listing(listing, tally.listed, err)
    if options.correlate:
        summary.write_correlations(gathering, tally, err)
    elif known:
        summary.write_not_applied(known, err)
    return 1 if tally.unopened.count else 0


def _inputs(inputs: Sequence[str], tally: Tally) -> Iterator[tuple[str, Path]]:
    for given in inputs:
        yield from _files(given, tally)


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
class _Step:
    """A part of a file, or its end. `read`: bytes of the file that were read by then; `fault`: why it ends early."""

    source: str
    read: int
    fault: Broken | OSError | None = None


def _steps(files: Sequence[tuple[str, Path]]) -> Iterator[tuple[_Step, Part | None]]:
    """Yield the parts of files, and the end of each without a part."""
    for source, path in files:
        fault: Broken | OSError | None = None
        try:
            for part in parts(path):
                yield _Step(source, part.read), part
        except (Broken, OSError) as error:
            fault = error
        yield _Step(source, _size((source, path)), fault), None


def _size(file: tuple[str, Path]) -> int:
    try:
        return file[1].stat().st_size
    except OSError:  # told when it is opened
        return 0


@dataclass(frozen=True, slots=True)
class _Matching:
    """A search over files: lines go to `out`, what is wrong goes into the tally and stops nothing."""

    search: Search
    gathering: Gathering
    tally: Tally
    out: TextIO
    json: bool
    _heads: dict[str, str] = field(default_factory=dict)

    def all(self, files: Sequence[tuple[str, Path]], err: TextIO) -> None:
        """Match files, in all cores; how far it is stands on `err` if that is a terminal."""
        progress = Progress(sum(map(_size, files)), err, self.out)
        steps = searched(self.search, _steps(files), processes=cores())
        try:
            with closing(steps):
                self._follow(steps, progress, len(files))
        finally:
            progress.end()

    def _follow(self, steps: Iterator[tuple[_Step, Found | None]], progress: Progress, files: int) -> None:
        index = done = 0
        fault: Broken | OSError | None = None
        for step, found in steps:
            if found is not None:
                if found.hits:
                    progress.make_room()
                self._take(step.source, index, found)
                index += found.records
                fault = fault or found.fault
                progress.at(done + step.read, self.tally.ended, files)
                continue
            self._ended(step.source, step.fault or fault)
            index, done, fault = 0, done + step.read, None

    def _ended(self, source: str, fault: Broken | OSError | None) -> None:
        """Count a file that was read, or as far as it could be."""
        self.tally.ended += 1
        if fault is None:
            self.tally.files += 1
        elif isinstance(fault, Broken):
            self.tally.broken.add(Summary.AT, source, why=fault.what)
        else:
            self.tally.unopened.add(Summary.AT, source, why=fault.strerror or fault)

    def _take(self, source: str, first: int, found: Found) -> None:
        """Take what came of a part, whose first record is the file's record of this number."""
        self.tally.records += found.records
        self.tally.listed += found.listed
        self.tally.unreadable.count += found.unreadable - len(found.faults)
        for number, problem in found.faults:
            self.tally.unreadable.add(Summary.AT_RECORD, source, index=first + number, why=problem)
        self.tally.cut.count += found.cut - len(found.long)
        for number, name, length in found.long:
            self.tally.cut.add(Summary.AT_FIELD, source, index=first + number, field=name, length=length)
        rules = self.search.judge.rules
        for hit in found.hits:
            entry = replace(hit.entry, index=first + hit.entry.index)
            if entry.record is not None:
                self.gathering.add(entry, [rules[id_] for id_ in hit.met], _event(source, entry))
            self.tally.detections += len(hit.told) + len(hit.listed)
            self._write(source, entry, hit)

    def _write(self, source: str, entry: Entry, hit: Hit) -> None:
        """Write a record's detections: as the contract has them, or for people."""
        if self.json:
            event = json_.dumps(_event(source, entry))
            listed = ((json_.dumps(rule), json_.dumps(why)) for rule, why in hit.listed)
            for rule, why in chain(((self._head(id_), why) for id_, why in hit.told), listed):
                self.out.write(f'{{"rule": {rule}, "event": {event}, "why": {why}}}\n')
            return
        where = say(Line.RECORD, source=source, index=entry.index)
        rules = self.search.judge.rules
        met = ((rules[id_].level, rules[id_].title) for id_, _ in hit.told)
        for level, title in chain(met, ((rule["level"], rule["title"]) for rule, _ in hit.listed)):
            self.out.write(f"{entry.time or '-'}  {in_words('level', level):<13} {visible(title)}  {where}\n")

    def _head(self, id_: str) -> str:
        """Return a rule as lines have it, which are often of the same rules."""
        if id_ not in self._heads:
            rule = self.search.judge.rules[id_]
            head = {"id": rule.id, "title": rule.title, "level": rule.level, "tags": list(rule.tags)}
            self._heads[id_] = json_.dumps(head)
        return self._heads[id_]

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
            self.out.write(f"{last['time']}  {in_words('level', rule.level):<13} {visible(rule.title)}  {where}\n")


def _event(source: str, entry: Entry) -> Mapping[str, Any]:
    return {"source": source, "index": entry.index, "record_id": entry.record_id, "time": entry.time}
