"""What a team's CI asks of rules before it takes them: no second one of its kind, quiet, cheap, true to verdicts."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.texts import Text
from tramgac_rules.costs import SAMPLE
from tramgac_rules.pack import decode
from tramgac_rules.rule import Rule
from tramgac_rules.tree import And, Node, Not, Or, Selection

from tramgac_collector.matching.correlating import Gathering
from tramgac_collector.matching.records import Entry, entry_of
from tramgac_collector.workshop.events import Reading, Source
from tramgac_collector.workshop.trying import RuleSet
from tramgac_collector.workshop.words import TrySay

TRUE, FALSE = "true_positive", ("false_positive", "benign", "duplicate")
"""Verdicts that a rule must go on to meet, and those that it had better not."""
_OF_OTHERS = ("yara:", "indicator:")
"""How ids begin that are no Sigma rule's: what they met is no longer at hand."""
_TOLD = 20
"""Lines that are told; others are counted."""
_QUIET = ("informational", "low")
"""Levels of rules that may meet something harmless."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where rules stand: the path as given, by the name of the file."""

    paths: Mapping[str, str]

    def problem(self, rule: Rule, severity: str, kind: str, message: Text, advice: str = "") -> Problem:
        """Return a problem at a rule's file."""
        path = rule.about.path
        return Problem(self.paths.get(path, path), 1, 1, severity, kind, message, advice)


@dataclass(slots=True)
class Quiet:
    """What rules did on harmless events: what was read of them, how many met each rule, and where the first was."""

    reading: Reading = field(default_factory=Reading)
    hits: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many there were."""
        return self.reading.count

    def add(self, rule: str, source: str, index: int) -> None:
        """Count a hit."""
        self.hits[rule] += 1
        self.first.setdefault(rule, (source, index))


def twins(pack: Mapping[str, object], rules: RuleSet, places: Places) -> Iterator[Problem]:
    """Yield rules that look for the same as one before, in the same events, whatever they are called.

    Parts of correlations may: each stands beside its own.
    """
    seen: dict[str, Rule] = {}
    for logic in decode(pack):
        rule = rules.judge.rules[logic.rule.id]
        if rule.id in rules.correlations.quiet:
            continue
        key = f"{rule.logsource} {_canonical(logic.condition)}"
        first = seen.setdefault(key, rule)
        if first is not rule:
            said = TrySay.SAME_LOGIC.of(title=first.title, path=places.paths.get(first.about.path, first.about.path))
            yield places.problem(rule, "warning", "twin", said, TrySay.KEEP_ONE.of())


def _canonical(node: Node) -> str:
    """Return a text that is the same for what means the same, but for the order of parts and names of selections."""
    match node:
        case Selection(_, part):
            return _canonical(part)
        case And(parts) | Or(parts):
            texts = sorted({_canonical(part) for part in parts})
            return texts[0] if len(texts) == 1 else f"{type(node).__name__}({', '.join(texts)})"
        case Not(part):
            return f"Not({_canonical(part)})"
        case _:
            return repr(node)


def listen(rules: RuleSet, sources: Iterable[Source]) -> Quiet:
    """Judge recorded events; correlations are judged over all of them."""
    quiet, gathering = Quiet(), Gathering(rules.correlations)
    for name, entry in quiet.reading.entries(sources):
        assert entry.record is not None, "only what can be read is given"
        met = rules.judge.match(entry.record)
        if met:
            gathering.add(entry, met, {"source": name, "index": entry.index, "time": entry.time})
        for rule in met:
            quiet.add(rule.id, name, entry.index)
    for fired in gathering.fired():
        quiet.add(fired.correlation.rule.id, fired.events[0]["source"], fired.events[0]["index"])
    for number in rules.correlations.quiet:
        quiet.hits.pop(number, None)
    return quiet


def loud(rules: RuleSet, quiet: Quiet, watched: Iterable[str], places: Places) -> Iterator[Problem]:
    """Yield rules that met harmless events: an error where an alert of medium or more would have been raised."""
    silent = frozenset(watched)
    for number, count in quiet.hits.items():
        rule = _rule(rules, number)
        assert rule is not None, "it was met"
        source, index = quiet.first[number]
        said = TrySay.BENIGN.of(count=count, total=quiet.events, source=source, index=index)
        severity = "warning" if rule.level in _QUIET or number in silent else "error"
        yield places.problem(rule, severity, "benign", said, TrySay.NARROW.of())


def dear(rules: RuleSet, most: float, places: Places) -> Iterator[Problem]:
    """Yield rules that cost more than `most` microseconds an event on what was judged last (at least one sample)."""
    events = rules.judge.events
    for cost in rules.judge.costs() if events >= SAMPLE else ():
        spent = 1e6 * cost.seconds / events
        if spent > most:
            said = TrySay.DEAR.of(spent=spent, most=most)
            yield places.problem(cost.rule, "error", "cost", said, TrySay.CHEAPEN.of())


@dataclass(slots=True)
class Verdicts:
    """How verdicts of before were met: `checked` alerts, `skipped` ones (no such rule here, no events with fields)."""

    checked: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)


def verdicts(rules: RuleSet, path: Path, places: Places) -> Verdicts:
    """Judge the events of alerts that people decided: a line each of `tramgac alerts show ID --json`. Raises OSError.

    A line that is no alert is an error with its place; the others are judged.
    """
    decided, odd = _Decided(rules, places), list[int]()
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                if line.strip():
                    decided.take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                odd.append(number)
    return Verdicts(decided.checked, decided.skipped, [*_no_alerts(path, odd), *decided.problems(path)])


def _no_alerts(path: Path, lines: Sequence[int]) -> Iterator[Problem]:
    """Yield the first lines that are no alerts, and how many others there are."""
    for line in lines[:_TOLD]:
        yield Problem(str(path), line, 1, "error", "verdict", TrySay.NO_ALERT.of(), TrySay.WRITE_ALERT.of())
    if len(lines) > _TOLD:
        said = TrySay.NO_ALERTS.of(count=len(lines) - _TOLD)
        yield Problem(str(path), lines[_TOLD], 1, "error", "verdict", said, TrySay.WRITE_ALERT.of())


@dataclass(slots=True)
class _Decided:
    """Alerts that people decided, held against rules; lists have the alerts' ids.

    `forgotten`: true positives that are no longer met; `unjudged`: those without events that could be, by rule; `gone`:
    those whose rule is not here, by its id and title; `still`: others that are still met, by rule and verdict.
    """

    rules: RuleSet
    places: Places
    checked: int = 0
    skipped: int = 0
    forgotten: list[tuple[Rule, str]] = field(default_factory=list)
    unjudged: dict[str, list[str]] = field(default_factory=dict)
    gone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    still: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def take(self, alert: Mapping[str, Any]) -> None:
        """Judge the events of one. KeyError, TypeError, AttributeError, ValueError if it is none."""
        number, verdict, id_ = str(alert["rule"]["id"]), str(alert.get("verdict") or ""), str(alert["id"])
        rule, entries = _rule(self.rules, number), list(_entries(alert))
        if rule is None or not entries or verdict not in (TRUE, *FALSE):
            self.skipped += 1
            if verdict == TRUE and rule is not None:
                self.unjudged.setdefault(number, []).append(id_)
            elif verdict == TRUE and not number.startswith(_OF_OTHERS):
                self.gone.setdefault((number, str(alert["rule"].get("title", ""))), []).append(id_)
            return
        self.checked += 1
        met = number in self.rules.met(entries)
        if verdict == TRUE and not met:
            self.forgotten.append((rule, id_))
        elif verdict != TRUE and met:
            self.still.setdefault((number, verdict), []).append(id_)

    def problems(self, path: Path) -> Iterator[Problem]:
        """Yield what is wrong; true positives that could not be judged are an error where nothing else could be."""
        for rule, alert in self.forgotten:
            yield self._problem(rule.id, "error", TrySay.FORGOTTEN.of(alert=alert), TrySay.LOOK_WHY.of())
        for number, alerts in self.unjudged.items():
            said = TrySay.UNJUDGED.of(count=len(alerts), alert=alerts[0])
            yield self._problem(number, "warning" if self.checked else "error", said, TrySay.WRITE_WHOLE.of())
        for (number, verdict), alerts in self.still.items():
            said = TrySay.STILL.of(count=len(alerts), verdict=verdict, alert=alerts[0])
            yield self._problem(number, "warning", said, TrySay.NARROW.of())
        for (number, title), alerts in self.gone.items():
            said = TrySay.RULE_GONE.of(count=len(alerts), title=title, rule=number, alert=alerts[0])
            yield Problem(str(path), 1, 1, "warning", "verdict", said, TrySay.BRING_BACK.of())

    def _problem(self, number: str, severity: str, said: Text, advice: Text) -> Problem:
        rule = _rule(self.rules, number)
        assert rule is not None, "it was found when the alert was taken"
        return self.places.problem(rule, severity, "verdict", said, advice)


def _rule(rules: RuleSet, number: str) -> Rule | None:
    known = rules.judge.rules.get(number)
    return known or next((one.rule for one in rules.correlations.all if one.rule.id == number), None)


def _entries(alert: Mapping[str, Any]) -> Iterator[Entry]:
    """Yield the events of an alert as records; those without fields (a list of alerts has none) are left out."""
    events: Sequence[Mapping[str, Any]] = alert.get("events", ())
    for index, event in enumerate(events):
        if event.get("fields"):
            told = {"kind": event["kind"], "sequence": index, "time": event.get("time"), **event["fields"]}
            entry = entry_of(index, told)
            if entry.record is not None:
                yield entry
