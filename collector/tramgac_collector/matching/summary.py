"""The summary of `tramgac match` on stderr: what was done, and what was not, faults by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

from tramgac_rules.authoring.compile import Compiled
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.correlation.extract import Correlations
from tramgac_rules.evaluate import MAX_VALUE

from tramgac_collector.cli.pairs import Both, pick, say
from tramgac_collector.cli.problems import problem_line
from tramgac_collector.cli.terminal import visible
from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.words import Summary

_NAMED = 20  # faults of one sort that are named one by one; the rest is counted


@dataclass(slots=True)
class Faults:
    """How many faults of one sort there were, and the first of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, word: Summary, source: object, **facts: object) -> None:
        """Count a fault; only what will be named is put into words."""
        self.count += 1
        if len(self.first) < _NAMED:
            told = {name: pick(value) if isinstance(value, Both) else value for name, value in facts.items()}
            self.first.append(say(word, source=source, **told))


@dataclass(slots=True)
class Tally:
    """What happened, for the summary. `files` were read to their end; `ended`: those and the ones that could not be."""

    rules: int = 0
    records: int = 0
    detections: int = 0
    correlated: int = 0
    files: int = 0
    ended: int = 0
    listed: int = 0
    unreadable: Faults = field(default_factory=Faults)
    broken: Faults = field(default_factory=Faults)
    unopened: Faults = field(default_factory=Faults)
    cut: Faults = field(default_factory=Faults)


def write(tally: Tally, compiled: Compiled, err: TextIO) -> None:
    """Say what was done, and what of rules and inputs could not be used."""
    facts = {"rules": tally.rules, "files": tally.files, "records": tally.records, "detections": tally.detections}
    err.write(say(Summary.DONE, **facts) + "\n")
    strange, filters = (
        [problem for problem in compiled.of_kind(kind) if problem.severity == "warning"] for kind in ("field", "filter")
    )
    for word, faults in (
        (Summary.PROBLEMS, _faults(compiled.errors)),
        (Summary.STRANGE, _faults(strange)),
        (Summary.FILTERS, _faults(filters)),
        (Summary.UNREADABLE, tally.unreadable),
        (Summary.BROKEN, tally.broken),
        (Summary.UNOPENED, tally.unopened),
        (Summary.CUT, tally.cut),
    ):
        _tell(word, faults, err)


def write_listing(listing: Listing, met: int, err: TextIO) -> None:
    """Say how many indicators there were, and which entries of lists were left out."""
    err.write(say(Summary.INDICATORS, count=listing.count, met=met) + "\n")
    _tell(Summary.ENTRIES, _faults(listing.problems), err)


_LOST = {
    "without_field": Summary.WITHOUT_FIELD,
    "without_number": Summary.WITHOUT_NUMBER,
    "groups_given_up": Summary.GROUPS_GIVEN_UP,
    "values_given_up": Summary.VALUES_GIVEN_UP,
}


def write_correlations(gathering: Gathering, tally: Tally, err: TextIO) -> None:
    """Say what correlations did, and what took no part in them."""
    count = len(gathering.correlations.all)
    err.write(say(Summary.CORRELATIONS, count=count, met=tally.correlated) + "\n")
    lost = gathering.lost()
    for name, word in _LOST.items():
        if lost.get(name):
            err.write(say(word, count=lost[name]) + "\n")
    if gathering.without_time:
        err.write(say(Summary.WITHOUT_TIME, count=gathering.without_time) + "\n")


def write_not_applied(correlations: Correlations, err: TextIO) -> None:
    """Name the correlations that nobody asked for."""
    named = Faults()
    for correlation in correlations.all:
        named.add(Summary.CORRELATION, correlation.rule.about.path, title=correlation.rule.title)
    _tell(Summary.NOT_APPLIED, named, err)


def _tell(word: Summary, faults: Faults, err: TextIO) -> None:
    if faults.count:
        err.write(say(word, count=faults.count, limit=MAX_VALUE) + "\n")
        err.writelines(f"  {visible(line)}\n" for line in faults.first)
        if faults.count > len(faults.first):
            err.write(f"  {say(Summary.MORE, count=faults.count - len(faults.first))}\n")


def _faults(problems: Sequence[Problem]) -> Faults:
    return Faults(len(problems), [problem_line(problem) for problem in problems[:_NAMED]])
