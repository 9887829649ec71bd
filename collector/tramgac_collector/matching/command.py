"""`tramgac match`: what the command does; its flags are read elsewhere."""

import json as json_
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from tramgac_rules.authoring.compile import Compiled, compile_rules
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.judge import Judge
from tramgac_rules.rule import Rule

from tramgac_collector.matching import evtx, jsonfile
from tramgac_collector.matching.jsonfile import Broken
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
    files: int = 0
    unreadable: Faults = field(default_factory=Faults)
    broken: Faults = field(default_factory=Faults)
    unopened: Faults = field(default_factory=Faults)


def run(rules: Sequence[Path], inputs: Sequence[str], *, json: bool, logsources: str, out: TextIO, err: TextIO) -> int:
    """Match rules against files and folders; return the exit status.

    `logsources`: "sigma" for the public map of log sources alone, "full" for ours as well.
    0: done, whether or not something was found; 1: a path of rules or inputs cannot be opened.
    """
    try:
        compiled = compile_rules(rules)
    except OSError as error:
        err.write(f"tramgac match: rules cannot be opened: {_plain(str(error.filename))}: {error.strerror}\n")
        return 1
    judge = Judge.load(compiled.pack, further=logsources != "sigma")
    tally = Tally()
    for given in inputs:
        for source, path in _files(given, tally):
            _match_file(judge, source, path, tally, out, json=json)
    out.flush()
    _summary(compiled, judge, tally, err)
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


def _match_file(judge: Judge, source: str, path: Path, tally: Tally, out: TextIO, *, json: bool) -> None:
    """Match one file; what is wrong with it goes into the tally and stops nothing."""
    for entry in _guarded(source, path, tally):
        tally.records += 1
        if entry.record is None:
            tally.unreadable.add(f"{source}, record {entry.index}: {entry.problem}")
            continue
        for rule in judge.match(entry.record):
            tally.detections += 1
            out.write(_line(judge, source, entry, rule) if json else _for_people(source, entry, rule))


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


def _line(judge: Judge, source: str, entry: Entry, rule: Rule) -> str:
    """Return a detection as the contract has it; filters that did not apply are left out of why."""
    assert entry.record is not None
    why = [
        {"field": condition.field, "value": condition.value, "pattern": condition.pattern}
        for condition in judge.explain(entry.record, rule)
        if not condition.negated
    ]
    told = {
        "rule": {"id": rule.id, "title": rule.title, "level": rule.level, "tags": list(rule.tags)},
        "event": {"source": source, "index": entry.index, "record_id": entry.record_id, "time": entry.time},
        "why": why,
    }
    return json_.dumps(told) + "\n"


def _for_people(source: str, entry: Entry, rule: Rule) -> str:
    return f"{entry.time or '-'}  {rule.level:<13} {_plain(rule.title)}  ({_plain(source)}, record {entry.index})\n"


def _plain(text: str) -> str:
    """Return a text that cannot move a terminal's cursor."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _summary(compiled: Compiled, judge: Judge, tally: Tally, err: TextIO) -> None:
    """Say what was done and what was not, faults by name."""
    err.write(
        f"{len(judge.rules)} rules, {tally.files} files, {tally.records} records, {tally.detections} detections\n"
    )
    if not compiled.sources and not compiled.problems:
        err.write("there is no rule where --rules points: a rule is a file *.yml or *.yaml\n")
    strange = [problem for problem in compiled.of_kind("field") if problem.severity == "warning"]
    for what, faults in (
        ("problems in rules; a rule with one is left out", _faults(compiled.errors)),
        ("fields of rules are in no event of their log source", _faults(strange)),
        ("correlation rules are not applied", _faults(compiled.of_kind("correlation"))),
        ("filters are not applied", _faults(compiled.of_kind("filter"))),
        ("records cannot be read", tally.unreadable),
        ("files cannot be read to their end", tally.broken),
        ("paths cannot be opened", tally.unopened),
    ):
        if faults.count:
            err.write(f"{faults.count} {what}:\n")
            err.writelines(f"  {_plain(line)}\n" for line in faults.first)
            if faults.count > len(faults.first):
                err.write(f"  ... and {faults.count - len(faults.first)} more\n")


def _faults(problems: Sequence[Problem]) -> Faults:
    return Faults(len(problems), [str(problem) for problem in problems[:_NAMED]])
