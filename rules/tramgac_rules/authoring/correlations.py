"""The `correlation` part of a document; every fault in it is told at once, each with its place.

Read by ourselves: pySigma knows no ranges and no operators in capitals, and raises where we collect.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from tramgac_rules.about import MAX_TEXT
from tramgac_rules.authoring.conditions import ConditionError
from tramgac_rules.authoring.correlation_conditions import Way, names_in, numbers, possible, ways_of
from tramgac_rules.authoring.correlation_words import Link
from tramgac_rules.authoring.documents import Document, at_offset, child, entries, problem
from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.sense_words import Sense
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.sizes import long_name
from tramgac_rules.authoring.texts import joined
from tramgac_rules.correlation.condition import OPERATORS, Bounds
from tramgac_rules.correlation.model import COUNTS, FIGURES, MAX_MEMBERS, MAX_RULES, TEMPORAL, TYPES
from tramgac_rules.correlation.pack import MAX_GROUP_BY, MAX_SPAN

_KEYS = ("type", "rules", "group-by", "timespan", "condition", "aliases", "generate")
_SPAN = re.compile(r"([0-9]{1,12})([smhdwMy])")
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952}
_FIELD_TYPES = ("value_count", *FIGURES)


@dataclass(slots=True)
class Draft:
    """A correlation as its author wrote it: rules by the names that it gives them, nothing looked up yet."""

    document: Document
    problems: list[Problem] = field(default_factory=list)
    type: str = ""
    rules: list[tuple[str, yaml.Node]] = field(default_factory=list)
    group_by: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    span: int = 0
    bounds: list[tuple[str, int | float]] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    text: str = ""
    percentile: int | float = 50
    generate: bool = False

    def say(
        self, node: yaml.Node, message: str, advice: str = "", *, kind: str = "correlation", warn: bool = False
    ) -> None:
        """Note a fault at a place."""
        severity = "warning" if warn else "error"
        self.problems.append(problem(self.document.path, node, kind, message, advice, severity))

    def field_of(self, name: str, rule: str) -> str:
        """Return under which name a value stands in what a rule meets."""
        return self.aliases.get(name, {}).get(rule, name)


def read_correlation(document: Document) -> Draft:
    """Read a document's correlation; what is wrong is in the draft's problems."""
    return _Reader(document).read()


class _Reader:
    """Reads one key after the other."""

    def __init__(self, document: Document) -> None:
        self._node = child(document.node, "correlation")
        data = document.data.get("correlation")
        self._data: Mapping[str, object] = data if isinstance(data, dict) else {}
        self._draft = Draft(document)

    def read(self) -> Draft:
        draft = self._draft
        if not self._data:
            draft.say(self._node, Link.NO_MAPPING.of())
            return draft
        for name, key, _ in entries(self._node):
            if name not in _KEYS:
                draft.say(key, Link.NO_KEY.of(name=name), did_you_mean(name, _KEYS) or _one_of(_KEYS))
        self._type()
        self._rules()
        self._span()
        draft.group_by = self._names("group-by", MAX_GROUP_BY)
        if not draft.group_by:
            draft.say(self._node, Link.NO_GROUP.of(), Link.NAME_COMMON.of(), warn=True)
        self._condition()
        self._aliases()
        self._generate()
        return draft

    def _place(self, *keys: str) -> yaml.Node:
        return child(self._node, *keys)

    def _type(self) -> None:
        name = str(self._data.get("type") or "").lower()
        if name in TYPES:
            self._draft.type = name
        else:
            said = Link.ODD_TYPE.of(name=name) if name else Link.NO_TYPE.of()
            advice = did_you_mean(name, TYPES) or _one_of(TYPES)
            self._draft.say(self._place("type"), said, advice)

    def _rules(self) -> None:
        draft, node = self._draft, self._place("rules")
        listed = _scalars(node) if "rules" in self._data else []
        if listed is None:
            draft.say(node, Link.ODD_RULES.of(), Link.ADD_RULES.of())
            return
        words = self._data.get("condition")
        if not listed and draft.type in TEMPORAL and isinstance(words, str):
            listed = [(name, self._place("condition")) for name in names_in(words)]
        if not listed:
            draft.say(node, Link.NO_RULES.of(), Link.ADD_RULES.of())
        seen: set[str] = set()
        for name, place in listed:
            if name in seen:
                draft.say(place, Link.RULE_TWICE.of(name=name), Link.TAKE_OUT.of())
            seen.add(name)
        if len(listed) > MAX_RULES:
            said = Link.MANY_RULES.of(count=len(listed), most=MAX_RULES)
            draft.say(node, said, Link.SPLIT_RULES.of(), kind="size")
        draft.rules = listed

    def _span(self) -> None:
        text = str(self._data.get("timespan") or "")
        found = _SPAN.fullmatch(text)
        seconds = int(found[1]) * _UNITS[found[2]] if found else 0
        if not text:
            self._draft.say(self._node, Link.NO_SPAN.of(), Link.ADD_SPAN.of())
        elif not 0 < seconds <= MAX_SPAN:
            self._draft.say(self._place("timespan"), Link.ODD_SPAN.of(text=text[:40]), Link.WRITE_SPAN.of())
        self._draft.span = seconds

    def _names(self, key: str, most: int, *below: str) -> list[str]:
        """Return a text or a list of texts that names fields."""
        place = self._place(*below, key)
        data = self._data if not below else self._data[below[0]]
        listed = _scalars(place) if isinstance(data, dict) and data.get(key) is not None else []
        names = [] if listed is None else [name.replace(" ", "") for name, _ in listed]
        if listed is None or "" in names or len(set(names)) < len(names) or len(names) > most:
            self._draft.say(place, Link.ODD_FIELDS.of(key=key, most=most))
            return []
        if said := long_name(*names):
            self._draft.say(place, *said, kind="size")
        return names

    def _aliases(self) -> None:
        draft, data = self._draft, self._data.get("aliases", {})
        if not isinstance(data, dict):
            draft.say(self._place("aliases"), Link.ODD_ALIASES.of())
            return
        rules = {name for name, _ in draft.rules}
        for name, key, node in entries(self._place("aliases")) if data else ():
            plain = name.replace(" ", "")
            if plain not in (*draft.group_by, *draft.values):
                draft.say(key, Link.ALIAS_UNUSED.of(name=name), Link.USE_ALIAS.of(), warn=True)
            if not isinstance(node, yaml.MappingNode):
                draft.say(node, Link.ALIAS_EMPTY.of(name=name), Link.WRITE_ALIAS.of())
                continue
            for rule, place, value in entries(node):
                if rule not in rules:
                    draft.say(place, Link.NOT_LISTED.of(name=rule), did_you_mean(rule, rules), kind="reference")
                elif isinstance(value, yaml.ScalarNode) and value.value:
                    draft.aliases.setdefault(plain, {})[rule] = value.value.replace(" ", "")
                    if said := long_name(value.value):
                        draft.say(value, *said, kind="size")
                else:
                    draft.say(value, Link.FIELD_EXPECTED.of())

    def _generate(self) -> None:
        for where, data in ((self._node, self._data), (self._draft.document.node, self._draft.document.data)):
            value = data.get("generate", False)
            if isinstance(value, bool):
                self._draft.generate |= value
            else:
                self._draft.say(child(where, "generate"), Link.ODD_GENERATE.of())

    def _condition(self) -> None:
        draft, data = self._draft, self._data.get("condition")
        if isinstance(data, dict):
            self._bounds(data)
        elif isinstance(data, str) and draft.type in TEMPORAL:
            self._words(data)
        elif data is not None:
            said = Link.WORDS_TEMPORAL.of() if isinstance(data, str) else Link.MAPPING_EXPECTED.of()
            draft.say(self._place("condition"), said, Link.WRITE_OPERATOR.of(), kind="condition")
        elif draft.type in TEMPORAL:
            draft.bounds = [("gte", max(len(draft.rules), 1))]
        elif draft.type:
            draft.say(self._node, Link.NO_CONDITION.of(), Link.ADD_CONDITION.of(), kind="condition")

    def _words(self, text: str) -> None:
        draft, node = self._draft, self._place("condition")
        names = [name for name, _ in draft.rules]
        draft.text = text
        if len(text) > MAX_TEXT:
            draft.say(node, Size.LONG_VALUE.of(count=len(text), most=MAX_TEXT), Size.NAME_ONCE.of(), kind="size")
            return
        try:
            draft.ways = ways_of(text, names)
        except ConditionError as error:
            kind = error.kind if error.kind == "size" else "condition"
            advice = joined(" ", (error.advice, Link.MAY_NAME.of(known=", ".join(names)) if names else ""))
            found = problem(draft.document.path, node, kind, error.what, advice)
            draft.problems.append(at_offset(found, node, error.offset))
            return
        for name in {*names} - {*names_in(text)}:
            draft.say(node, Link.NOT_NAMED.of(name=name), Link.NAME_IT.of())

    def _bounds(self, data: Mapping[str, object]) -> None:
        draft, node = self._draft, self._place("condition")
        for name, key, _ in entries(node):
            if name not in (*OPERATORS, "field", "percentile"):
                advice = did_you_mean(name, OPERATORS) or _one_of(OPERATORS)
                draft.say(key, Link.NO_OPERATOR_LIKE.of(name=name), advice, kind="condition")
        self._fields(data, node)
        try:
            draft.bounds = numbers(data)
        except ConditionError as error:
            place = self._place("condition", error.kind)
            draft.say(place, error.what, Link.WRITE_OPERATOR.of(), kind="condition")
            return
        if not draft.bounds:
            draft.say(node, Link.NO_OPERATOR.of(), _one_of(OPERATORS), kind="condition")
            return
        most = len(draft.rules) if draft.type in TEMPORAL else None
        if not possible(draft.bounds, count=draft.type not in FIGURES, most=most):
            word = Link.NOTHING_IS_OF if most else Link.NOTHING_IS
            said = word.of(bounds=Bounds(tuple(draft.bounds)), most=most)
            draft.say(node, said, Link.MEND_NUMBERS.of(), kind="condition")
        bounds = Bounds(tuple(draft.bounds))
        if draft.type not in FIGURES and bounds.least == 1 and bounds.hold(0):
            said, advice = Sense.EVERY_COUNT.of(bounds=bounds), Sense.WRITE_LEAST.of()
            draft.say(node, said, advice, kind="everything", warn=True)
        if draft.type == "value_count" and any(number > MAX_MEMBERS for _, number in draft.bounds):
            draft.say(node, Link.MANY_VALUES.of(most=MAX_MEMBERS), Link.LOWER.of(), kind="size")

    def _fields(self, data: Mapping[str, object], node: yaml.Node) -> None:
        """Read the field or fields of a condition, and its percentile."""
        draft = self._draft
        if draft.type in _FIELD_TYPES:
            draft.values = self._names("field", 1 if draft.type in FIGURES else MAX_GROUP_BY, "condition")
            if not draft.values and data.get("field") in (None, []):
                draft.say(node, Link.NEEDS_FIELD.of(type=draft.type), Link.ADD_FIELD.of(), kind="condition")
        elif "field" in data and draft.type:
            advice = Link.COUNT_VALUES.of() if draft.type in COUNTS else Link.TAKE_OUT.of()
            draft.say(child(node, "field"), Link.NO_FIELD.of(type=draft.type), advice, kind="condition")
        share = data.get("percentile")
        if draft.type == "value_percentile" and share is None:
            draft.say(node, Link.MEDIAN.of(), Link.ADD_PERCENTILE.of(), kind="condition", warn=True)
        elif share is not None and draft.type != "value_percentile":
            said = Link.NO_PERCENTILE.of(type=draft.type)
            draft.say(child(node, "percentile"), said, Link.TAKE_OUT.of(), kind="condition")
        elif share is not None:
            if isinstance(share, int | float) and not isinstance(share, bool) and 0 <= share <= 100:  # noqa: PLR2004
                draft.percentile = share
            else:
                draft.say(child(node, "percentile"), Link.ODD_PERCENTILE.of(), kind="condition")


def _one_of(words: Iterable[str]) -> str:
    return Link.ONE_OF.of(known=", ".join(words))


def _scalars(node: yaml.Node) -> list[tuple[str, yaml.Node]] | None:
    """Return the texts of a text or a list, with their places; None if there is anything else."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not all(isinstance(each, yaml.ScalarNode) for each in nodes):
        return None
    return [(each.value.strip(), each) for each in nodes]
