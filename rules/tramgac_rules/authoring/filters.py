"""Sigma's global filters: conditions that are added to rules, by their id or name, or to all of a log source.

A filter's condition is and-ed to the rule's, as pySigma reads the specification: what is to be left out is written
`condition: not selection`.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from tramgac_rules.authoring.documents import Document, child, problem
from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.sizes import whole
from tramgac_rules.authoring.words import Say
from tramgac_rules.rule import LogSource
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, conjuncts


@dataclass(slots=True)
class Filter:
    """One global filter. `rules`: ids and names that it is added to, None for all of its log source.

    `title` names it in the selections of a rule that it is added to; `digest` is that of its document.
    """

    document: Document
    title: str
    source: LogSource
    rules: frozenset[str] | None
    selections: Mapping[str, Selection]
    condition: Node
    digest: str
    used: int = field(default=0, init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        """Count its values."""
        self.size = whole(self.selections.values(), self.condition)

    def takes(self, source: LogSource, names: Collection[str]) -> bool:
        """Tell whether it is added to a rule of a log source that may be referred to by these names."""
        pairs = ((mine, getattr(source, key)) for key, mine in _parts(self.source))
        return all(mine in ("", theirs) for mine, theirs in pairs) and (
            self.rules is None or not self.rules.isdisjoint(names)
        )


def _parts(source: LogSource) -> Sequence[tuple[str, str]]:
    return [(key, getattr(source, key)) for key in LogSource.__slots__]


def rules_of(document: Document) -> tuple[frozenset[str] | None, list[Problem]]:
    """Return the rules that a filter names, None for `any`, and what is wrong with them."""
    data = document.data["filter"]
    given = data.get("rules") if isinstance(data, dict) else None
    if isinstance(given, str) and given:
        return (None if given.lower() == "any" else frozenset([given])), []
    if isinstance(given, list) and given and all(isinstance(one, str) for one in given):
        return frozenset(map(str, given)), []
    node = child(document.node, "filter", "rules")
    said, advice = Say.FILTER_NO_RULES.of(), Say.FILTER_NAME_RULES.of()
    return frozenset(), [problem(document.path, node, "filter", said, advice)]


def polarity(document: Document, condition: Node) -> list[Problem]:
    """Return a warning for a filter that keeps what its author may have wanted to leave out."""
    if any(isinstance(part, Not) for part in conjuncts(condition)):
        return []
    node = child(document.node, "filter", "condition")
    return [problem(document.path, node, "filter", Say.FILTER_KEEPS.of(), Say.FILTER_NEGATE.of(), "warning")]


def unknown_rules(filter_: Filter, known: Collection[str]) -> list[Problem]:
    """Return what to say of a filter that was not added to all, or any, of what it names."""
    node = child(filter_.document.node, "filter", "rules")
    path = filter_.document.path
    missing = sorted((filter_.rules or frozenset()).difference(known))
    said = [
        problem(path, node, "filter", Say.NO_RULE.of(name=name), did_you_mean(name, known), "warning")
        for name in missing
    ]
    if not filter_.used and not missing:
        advice = Say.FILTER_LOGSOURCE.of()
        said.append(problem(path, node, "filter", Say.FILTER_UNUSED.of(), advice, "warning"))
    return said


def add_filters(
    filters: Sequence[Filter], about: dict[str, object], selections: dict[str, Node], condition: Node
) -> Node:
    """Add filters to a rule: to its selections, its digest, and the condition, which is returned."""
    parts = [condition]
    for filter_ in filters:
        filter_.used += 1
        named = {}
        for name, one in filter_.selections.items():
            unique = _unique(f"{filter_.title}: {name}", selections)
            named[name], selections[unique] = Selection(unique, one.part), one.part
        parts.append(_renamed(filter_.condition, named))
        both = f"{about['digest']}{filter_.digest}".encode()
        about["digest"] = hashlib.sha256(both).hexdigest()[: len(filter_.digest)]
    return And(tuple(parts)) if filters else condition


def _unique(name: str, taken: Collection[str]) -> str:
    tries = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(found for found in tries if found not in taken)


def _renamed(node: Node, named: Mapping[str, Selection]) -> Node:
    """Return a condition with its selections under other names."""
    match node:
        case Selection(name):
            return named[name]
        case Not(part):
            return Not(_renamed(part, named))
        case And(parts):
            return And(tuple(_renamed(part, named) for part in parts))
        case Or(parts):
            return Or(tuple(_renamed(part, named) for part in parts))
        case Atom():
            return node
