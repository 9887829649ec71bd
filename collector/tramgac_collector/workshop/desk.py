"""Where an author's rules are loaded and tried: what the commands of `tramgac rules` do, without printing."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from backports import zstd
from tramgac_rules.about import Book
from tramgac_rules.authoring.bundle import Bundle
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.authoring.coverage import Covering
from tramgac_rules.authoring.files import SIGMA, YARA, RuleFile, rule_files
from tramgac_rules.authoring.files import read as read_file
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.telemetry import needed
from tramgac_rules.authoring.texts import Text
from tramgac_rules.authoring.watched import watched
from tramgac_rules.pack import Logic, decode
from tramgac_rules.rule import Rule

from tramgac_collector.matching.records import Entry
from tramgac_collector.vocabulary_words import in_words
from tramgac_collector.workshop import bench, correlations, gate, samples, telling, trying, yara
from tramgac_collector.workshop.answers import OfRecord, Worded
from tramgac_collector.workshop.events import sources
from tramgac_collector.workshop.gate import Places
from tramgac_collector.workshop.trying import RuleSet, Tried
from tramgac_collector.workshop.words import TrySay

OF_FILES = frozenset({"process", "file"})
"""What YARA rules need: something that tells of files."""
SHOWN = 5
"""Records of a file that one rule is explained on; a correlation is on all."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rules of some paths, compiled and loaded; `watched`: ids of those that would only be watched.

    `errors`: what left others of them out; empty where a bundle was loaded, whose builder told them.
    """

    pack: Mapping[str, object]
    rules: RuleSet
    files: Sequence[RuleFile]
    watched: Mapping[str, str]
    errors: Sequence[Problem] = ()

    @property
    def places(self) -> Places:
        """Where they stand."""
        return Places({file.name: str(file.path) for file in self.files})


def load(paths: Sequence[Path]) -> Loaded:
    """Compile and load the Sigma rules of paths. Raises OSError, PackError."""
    given = [path for path in paths if path.is_dir() or path.suffix.lower() not in YARA]
    files = list(rule_files(given, SIGMA))
    compiled = compile_rules(given)
    rules = RuleSet(compiled.pack, Book.of(compiled.about))
    return Loaded(compiled.pack, rules, files, watched(compiled, files), compiled.errors)


def of_bundle(bundle: Bundle, paths: Sequence[Path]) -> Loaded:
    """Load the rules of a bundle that was just built of these paths. Raises OSError, PackError."""
    told = json.loads(zstd.decompress(bundle.bundle))
    given = [path for path in paths if path.is_dir() or path.suffix.lower() not in YARA]
    files = list(rule_files(given, SIGMA))
    return Loaded(told["sigma"], RuleSet(told["sigma"], Book(bundle.about)), files, told["watch"])


def tried(paths: Sequence[Path]) -> Tried:
    """Try rules of both kinds on the samples beside them. Raises OSError, PackError, ScanError."""
    loaded = load(paths)
    done = trying.try_rules(loaded.rules, loaded.files)
    given = [path for path in paths if path.is_dir() or path.suffix.lower() in YARA]
    others = list(rule_files(given, YARA))
    with_samples = [file for file in others if samples.beside(file.path).exists()]
    texts = {file.name: text for file in with_samples if isinstance(text := read_file(file), str)}
    other = trying.try_yara(with_samples, texts)
    bare = [*done.bare, *(file for file in others if file not in with_samples)]
    problems = [*done.problems, *other.problems]
    return Tried(
        done.files + other.files, done.samples + other.samples, bare, problems, [*loaded.errors, *other.broken]
    )


def bare(done: Tried) -> Iterator[Problem]:
    """Yield the rules that have no samples."""
    for file in done.bare:
        advice = TrySay.ADD_SAMPLES.of(name=samples.beside(file.path).name)
        yield Problem(str(file.path), 1, 1, "error", "no-samples", TrySay.NO_SAMPLES.of(), advice)


def measured(paths: Sequence[Path], events: Sequence[Path]) -> bench.Bench:
    """Measure rules on recorded events. Raises OSError, PackError, Broken."""
    return bench.measure(load(paths).rules, sources(events))


def coverings(paths: Sequence[Path], platform: str = "") -> list[Covering]:
    """Return rules of paths as coverage sees them, on hosts of a system (linux, windows) or of any.

    Raises OSError, PackError.
    """
    loaded = load(paths)
    needs = {number: needed(rule.logsource, platform) for number, rule in loaded.rules.judge.rules.items()}
    for one in loaded.rules.correlations.all:  # each after those that it refers to
        needs[one.rule.id] = frozenset().union(*(needs.get(member, frozenset()) for member in one.rules))
    found = []
    for rule in (rule for ours in loaded.rules.of_file.values() for rule in ours):
        state = "watch" if rule.id in loaded.watched else "alert"
        found.append(Covering(rule.id, rule.title, rule.tags, state, needs[rule.id]))
    told = yara.rules_of(paths)
    return [*found, *(Covering(one["id"], one["title"], one["tags"], "alert", OF_FILES) for one in told)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a gate asks beyond what compiling tells.

    `events`: harmless ones; `most`: microseconds of one of them that a rule may cost, None for no bound; `verdicts`:
    alerts that people decided.
    """

    samples: bool = False
    events: Sequence[Path] = ()
    most: float | None = None
    verdicts: Path | None = None


def passed(paths: Sequence[Path], asked: Asked, bundle: Bundle | None = None) -> tuple[list[Problem], dict[str, int]]:
    """Ask all that, and rules that look for the same; return what is wrong, and counts of what was looked at.

    `bundle`: what was built of these paths, if anything was.

    Raises OSError, PackError, ScanError, Broken.
    """
    loaded = load(paths) if bundle is None else of_bundle(bundle, paths)
    places, rules = loaded.places, loaded.rules
    problems = list(gate.twins(loaded.pack, rules, places))
    counts: dict[str, int] = {}
    if asked.events:
        quiet = gate.listen(rules, sources(asked.events))
        counts["events"] = quiet.events
        problems += quiet.reading.problems(asked.events)
        problems += gate.loud(rules, quiet, loaded.watched, places)
        if asked.most is not None:
            problems += gate.dear(rules, asked.most, places)
    if asked.verdicts is not None:
        found = gate.verdicts(rules, asked.verdicts, places)
        counts |= {"verdicts": found.checked, "verdicts_skipped": found.skipped}
        problems += found.problems
    if asked.samples:
        done = tried(paths)
        counts |= {"samples": done.samples, "without_samples": len(done.bare)}
        problems += [*done.problems, *bare(done)]
    return problems, counts


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule that can be told and asked."""

    rules: RuleSet
    rule: Rule
    logic: Logic

    def lines(self, worded: Worded) -> Iterator[str]:
        """Yield what it looks for."""
        yield f"{worded(telling.titled(self.rule))} ({in_words('level', self.rule.level)}, {self.rule.id})"
        yield worded(telling.looks_at(self.rule.logsource))
        for depth, text in telling.outline(self.logic.condition):
            yield f"{'  ' * (depth + 1)}{worded(text)}"

    def row(self, worded: Worded) -> dict[str, Any]:
        """Return the same for programs."""
        _, looks_at, *what = self.lines(worded)
        return {"id": self.rule.id, "title": self.rule.title, "looks_at": looks_at, "what": what}

    def answers(self, entries: Iterable[Entry]) -> Iterator[OfRecord]:
        """Yield an answer for each of the first records: whether it meets the rule, and why or why not."""
        return map(self._judge, islice(entries, SHOWN))

    def _judge(self, entry: Entry) -> OfRecord:
        judge, answer = self.rules.judge, OfRecord(self.rule.id, entry.index)
        if entry.record is None:
            return replace(answer, problem=("unreadable", Text(*entry.problem) if entry.problem else Text("")))
        held = judge.explain(entry.record, self.rule)
        if held:
            return replace(answer, met=True, why=held)
        if not judge.looks_at(entry.record, self.rule):
            return replace(answer, problem=("other_source", TrySay.OTHER_SOURCE.of()))
        return replace(answer, why=judge.why_not(entry.record, self.rule))


@dataclass(frozen=True, slots=True)
class Explanations:
    """The correlations and the rules of a file, and what left others of it out."""

    told: Sequence[correlations.Explained | Explained]
    errors: Sequence[Problem]


def explained(given: Path | str, name: str = "") -> Explanations:
    """Explain the rules of a file, or of a text of one, which problems call `name`. Raises OSError, PackError."""
    if isinstance(given, str):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rule.yml"
            path.write_text(given, "utf-8")
            loaded = load([path])
        loaded = replace(loaded, errors=[replace(error, path=name) for error in loaded.errors])
    else:
        loaded = load([given])
    logics = {logic.rule.id: logic for logic in decode(loaded.pack)}
    rules = loaded.rules
    together = [correlations.Explained(rules, each) for each in rules.correlations.all]
    alone = [Explained(rules, rule, logics[number]) for number, rule in rules.judge.rules.items()]
    return Explanations([*together, *alone], loaded.errors)


def records(path: Path) -> Iterator[Entry]:
    """Yield the records of a file of events, or of those in a folder. Raises OSError, Broken."""
    for source in sources([path]):
        yield from source.entries
