"""Rules tried on the samples beside them: each that is to fire does, no near miss does."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

from google.protobuf import json_format
from tramgac_proto.event_pb2 import Event
from tramgac_rules.about import Book
from tramgac_rules.authoring.bundle import no_yara
from tramgac_rules.authoring.files import RuleFile
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.texts import Text, joined
from tramgac_rules.correlation import pack
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record, record_of
from tramgac_rules.rule import Rule
from tramgac_scan.client import Scanner, YaraSource
from tramgac_scan.errors import RulesRejected
from tramgac_scan.outside import HEAD, of_file

from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.records import Entry, entry_of
from tramgac_collector.workshop import samples
from tramgac_collector.workshop.answers import all_failed
from tramgac_collector.workshop.sample_faults import SamplesWrong, of_event
from tramgac_collector.workshop.samples import Sample
from tramgac_collector.workshop.words import TrySay

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
_KINDS = frozenset(field.json_name for field in Event.DESCRIPTOR.oneofs_by_name["kind"].fields)


@dataclass(slots=True)
class Tried:
    """What became of samples: `files` of rules that have some, `samples` tried, `bare` files that have none.

    `broken`: what left rules out, which thus were not tried.
    """

    files: int = 0
    samples: int = 0
    bare: list[RuleFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: list[Problem] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """How many samples, or files of them, were not as they should be."""
        return sum(problem.severity == "error" for problem in self.problems)


class RuleSet:
    """Compiled rules with what it takes to try them on records."""

    def __init__(self, compiled: Mapping[str, object], book: Book) -> None:
        """Load the compiled form and what it says to people. Raises PackError."""
        self.judge = Judge.load(compiled, book)
        self.correlations: Correlations = pack.load(compiled, self.judge.rules, book)

    @cached_property
    def of_file(self) -> Mapping[str, Sequence[Rule]]:
        """The rules and correlations that raise something, by the name of their file."""
        found: dict[str, list[Rule]] = {}
        for rule in (*self.judge.rules.values(), *(one.rule for one in self.correlations.all)):
            if rule.id not in self.correlations.quiet:
                found.setdefault(rule.about.path, []).append(rule)
        return found

    def met(self, entries: Sequence[Entry]) -> set[str]:
        """Return the ids of what records meet, correlations too."""
        gathering, found = Gathering(self.correlations), set[str]()
        for entry in entries:
            assert entry.record is not None
            rules = self.judge.match(entry.record)
            found |= {rule.id for rule in rules}
            if rules and self.correlations:
                gathering.add(entry, rules, {"time": entry.time})
        if self.correlations and found:
            found |= {fired.correlation.rule.id for fired in gathering.fired()}
        return found - self.correlations.quiet

    def why_not(self, record: Record, rule: Rule) -> Text:
        """Return why a record does not meet a rule."""
        if rule.id not in self.judge.rules:
            return Text("")
        if not self.judge.looks_at(record, rule):
            return TrySay.OTHER_SOURCE.of()
        return all_failed(self.judge.why_not(record, rule))


def entries_of(sample: Sample, product: str) -> list[Entry]:
    """Return a sample's events as records. Raises SamplesWrong."""
    return [_entry(number, second, event, product) for number, (second, event) in enumerate(sample.events)]


def try_rules(rules: RuleSet, files: Sequence[RuleFile]) -> Tried:
    """Try Sigma rules on their samples. A file without a rule that raises something has none to try."""
    tried = Tried()
    for file in files:
        ours = rules.of_file.get(file.name, ())
        if ours:
            _try(tried, file, partial(_of_rules, rules, ours))
    return tried


def try_yara(files: Sequence[RuleFile], texts: Mapping[str, str]) -> Tried:
    """Try YARA files (their texts by name) on their samples. Raises ScanError."""
    tried = Tried()
    for file in files:
        if file.name in texts:
            try:
                with Scanner([YaraSource(file.name, texts[file.name])]) as scanner:
                    _try(tried, file, partial(_of_yara, scanner))
            except RulesRejected as error:
                told = ((max(one.line, 1), one.message) for one in error.problems)
                tried.broken += [no_yara(str(file.path), texts[file.name], *one) for one in told]
    return tried


def _try(tried: Tried, file: RuleFile, judge: Callable[[Sample], Iterator[Text]]) -> None:
    given = samples.read(file.path)
    if given is None:
        tried.bare.append(file)
        return
    tried.files += bool(given.samples)
    tried.problems += given.problems
    for sample in given.samples:
        tried.samples += 1
        try:
            advice = (TrySay.MEND_EITHER if sample.fires else TrySay.NARROW).of()
            tried.problems += [samples.problem(file.path, sample.place, said, advice) for said in judge(sample)]
        except SamplesWrong as error:
            tried.problems.append(samples.problem(file.path, sample.place, error.said, error.advice))
    if not given.problems and all(sample.fires for sample in given.samples):
        said, advice = TrySay.NO_MISSES.of(), TrySay.ADD_MISS.of()
        tried.problems.append(samples.problem(file.path, None, said, advice, "warning"))


def _of_rules(rules: RuleSet, ours: Sequence[Rule], sample: Sample) -> Iterator[Text]:
    product = next((rule.logsource.product for rule in ours if rule.logsource.product), "linux")
    entries = entries_of(sample, product)
    met = rules.met(entries) & {rule.id for rule in ours}
    if met and not sample.fires:
        yield TrySay.MET.of(number=sample.number, because=sample.because)
    if sample.fires and not met:
        record = entries[0].record if entries else None
        why = rules.why_not(record, ours[0]) if record is not None else Text("")
        yield joined(": ", [TrySay.NOT_MET.of(number=sample.number), why])


def _of_yara(scanner: Scanner, sample: Sample) -> Iterator[Text]:
    for _, event in sample.events:
        data = samples.content(event)
        fd = os.memfd_create("tramgac-sample", os.MFD_CLOEXEC)
        try:
            with os.fdopen(fd, "wb", closefd=False) as file:
                file.write(data)
            outside = of_file(str(event.get("path", "")), str(event.get("owner", "")), data[:HEAD])
            result = scanner.scan(fd, outside)
        finally:
            os.close(fd)
        if result.refused:
            yield TrySay.NOT_SCANNED.of(number=sample.number, why=result.refused)
        elif sample.fires and not result.hits:
            yield TrySay.NOT_MET.of(number=sample.number)
        elif result.hits and not sample.fires:
            yield TrySay.MET.of(number=sample.number, because=sample.because)


def _entry(number: int, second: float, event: dict[str, Any], product: str) -> Entry:
    time = (_BEGIN + timedelta(seconds=second)).isoformat()
    if _KINDS.isdisjoint(event):
        entry = entry_of(number, event)
        if entry.record is None:
            raise SamplesWrong(Text(*entry.problem) if entry.problem else Text(""))
        return Entry(number, entry.record, entry.record_id, time)
    try:
        return Entry(number, record_of(json_format.ParseDict(event, Event()), product), None, time)
    except json_format.ParseError as error:
        raise of_event(str(error)) from error
