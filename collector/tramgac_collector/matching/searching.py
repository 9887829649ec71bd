"""What is done to one part of a file, in whichever process: its records are read, judged and explained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tramgac_rules.about import Book
from tramgac_rules.judge import Judge
from tramgac_rules.rule import Rule

from tramgac_collector.matching.jsonfile import Broken
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.parts import Part
from tramgac_collector.matching.records import Entry
from tramgac_collector.pairs import Both

Listed = tuple[Mapping[str, Any], list[Mapping[str, str]]]
"""The rule that an indicator is, as lines have it, and why."""
NAMED = 20  # records of a part that cannot be read, and values that are too long, that are told one by one


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that met something. `entry.record` is kept only for correlations; `met`: rules by their ids.

    `told`: those of them that make a line, with why as JSON where that was asked; `listed`: indicators.
    """

    entry: Entry
    met: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    listed: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a part. `unreadable`: how many records, and why of the first of them; `listed`: by indicators.

    `cut`: how many values were longer than what rules look at, and record, field and length of the first of them.
    `fault`: why a whole file ends early.
    """

    records: int = 0
    hits: tuple[Hit, ...] = ()
    unreadable: int = 0
    faults: tuple[tuple[int, Both], ...] = ()
    listed: int = 0
    cut: int = 0
    long: tuple[tuple[int, str, int], ...] = ()
    fault: Broken | OSError | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a process needs to search; it may travel to another one.

    `correlate`: records that met something are kept for correlations; `quiet`: rules that make no line of their own;
    `why`: lines say it.
    """

    pack: Mapping[str, object]
    about: Mapping[str, object]
    listing: Listing
    further: bool = True
    correlate: bool = False
    quiet: frozenset[str] = frozenset()
    why: bool = True


class Search:
    """A judge, and lists of indicators, over parts."""

    def __init__(self, setup: Setup) -> None:
        """Load the rules."""
        self.judge = Judge.load(setup.pack, Book.of(setup.about), further=setup.further)
        self.setup = setup

    def part(self, part: Part) -> Found:
        """Match the records of a part."""
        count = unreadable = cut = 0
        hits: list[Hit] = []
        faults: list[tuple[int, Both]] = []
        long: list[tuple[int, str, int]] = []
        listing = replace(self.setup.listing, met=0)
        entries = _Entries(part)
        for entry in entries:
            count += 1
            if entry.record is None:
                unreadable += 1
                if len(faults) < NAMED and entry.problem is not None:
                    faults.append((entry.index, entry.problem))
                continue
            if entry.cut:
                cut += len(entry.cut)
                long += [(entry.index, *field) for field in entry.cut[: NAMED - len(long)]]
            met = self.judge.match(entry.record)
            listed = tuple(listing.detections(entry))
            if met or listed:
                hits.append(self._hit(entry, met, listed))
        return Found(count, tuple(hits), unreadable, tuple(faults), listing.met, cut, tuple(long), fault=entries.fault)

    def _hit(self, entry: Entry, met: Sequence[Rule], listed: tuple[Listed, ...]) -> Hit:
        told = tuple((rule.id, self._why(entry, rule)) for rule in met if rule.id not in self.setup.quiet)
        kept = entry if self.setup.correlate else replace(entry, record=None)
        return Hit(kept, tuple(rule.id for rule in met), told, listed)

    def _why(self, entry: Entry, rule: Rule) -> str:
        """Return why a record met a rule, as JSON; filters that did not apply are left out."""
        if not self.setup.why or entry.record is None:
            return ""
        return json.dumps(
            [
                {"field": condition.field, "value": condition.value, "pattern": condition.pattern}
                for condition in self.judge.explain(entry.record, rule)
                if not condition.negated
            ]
        )


@dataclass(slots=True)
class _Entries:
    """The records of a part, which end where it cannot be read any further: `fault` says why."""

    part: Part
    fault: Broken | OSError | None = None

    def __iter__(self) -> Iterator[Entry]:
        """Yield them."""
        try:
            yield from self.part.entries()
        except (Broken, OSError) as error:
            self.fault = error
