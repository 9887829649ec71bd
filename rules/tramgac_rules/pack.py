r"""The compiled form of a rule set: made of JSON's types, versioned, checked when it is loaded.

    {"format": 2,
     "fields": ["Image", ...],
     "rules": [{"id": ..., "title": ..., "level": "high", "tags": [...], "status": "test", "digest": ...,
                "logsource": [product, category, service],
                "selections": {"selection": ["and", [0, "endswith", "\\a.exe", "\\b.exe"], [3, "eq", "X"]], ...},
                "condition": ["and", "selection", ["not", "filter"]]}, ...],
     "common": [[0, "\\x02c:\\windows\\", 420], ...],
     "correlations": [...]}

A node is ["and" or "or", node, ...], ["not", node], the name of a selection (in a condition), or a comparison: [field
or -1 for keywords, operator, value, ...], which holds if it holds for one of its values; an operator that ends in
"/cased" heeds the case. `common`: literals (plan.py) that ordinary events have, by field, in events per thousand: they
steer the search for rules and have no say in what is met. Correlations: correlation/pack.py. What rules say to people
is a part of its own: about.py. authoring/encoding.py writes this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tramgac_rules.about import MAX_TEXT, Book
from tramgac_rules.errors import PackError, RegexError
from tramgac_rules.evaluate import check_of
from tramgac_rules.operators import COMPARISONS, REFERENCES, SPECIAL, TIME_PARTS, time_operator
from tramgac_rules.plan import Literal
from tramgac_rules.rule import LogSource, Rule
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, Value

FORMAT = 2
LEVELS = ("informational", "low", "medium", "high", "critical")
CASED = "/cased"
MAX_RULES = 50_000
MAX_ATOMS = 2_000_000  # of all rules together
PER_THOUSAND = 1_000
MAX_DEPTH = 40  # of a node
_TEXT_OPERATORS = ("eq", "contains", "startswith", "endswith", "re", "cidr")
_NUMBER_OPERATORS = frozenset(
    (*COMPARISONS, *TIME_PARTS, *(time_operator(part, how) for part in TIME_PARTS for how in COMPARISONS))
)


@dataclass(frozen=True, slots=True)
class Logic:
    """A rule with what it asks; `condition` holds the selections by their names."""

    rule: Rule
    condition: Node


def decode_common(pack: Mapping[str, object]) -> dict[Literal, int]:
    """Return how often ordinary events have literals, in events per thousand. Raises PackError."""
    fields = _texts(pack.get("fields"), "fields")
    found: dict[Literal, int] = {}
    for number, row in enumerate(_list(pack.get("common", []), "common", MAX_ATOMS)):
        match row:
            case [int(place), str(text), int(share)] if 0 <= place < len(fields) and 0 <= share <= PER_THOUSAND:
                found[fields[place], text] = share
            case _:
                raise PackError(f"common[{number}]: [field, literal, events per thousand] is expected")
    return found


def decode(pack: Mapping[str, object], book: Book | None = None) -> list[Logic]:
    """Return the rules of a pack. Raises PackError; nothing in it is believed unchecked. `book`: see about.py."""
    if pack.get("format") != FORMAT:
        raise PackError(f"rules: format {pack.get('format')!r} is unknown, {FORMAT} is: update this program")
    reader = _Reader(_texts(pack.get("fields"), "fields"), book or Book())
    rules = _list(pack.get("rules"), "rules", MAX_RULES)
    logics = [reader.logic(rule, f"rules[{i}]") for i, rule in enumerate(rules)]
    if len({logic.rule.id for logic in logics}) != len(logics):
        raise PackError("rules: two rules have the same id")
    return logics


def _list(value: object, where: str, most: int) -> list[object]:
    if not isinstance(value, list):
        raise PackError(f"{where}: a list is expected")
    if len(value) > most:
        raise PackError(f"{where}: {len(value)} entries, {most} are allowed")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise PackError(f"{where}: a text of at most {MAX_TEXT} characters is expected")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    return tuple([_text(item, where) for item in _list(value, where, MAX_ATOMS)])


class _Reader:
    """Reads rules one after the other. `where` of its methods: the place to be told if something is wrong."""

    def __init__(self, fields: tuple[str, ...], book: Book) -> None:
        self._fields = fields
        self._book = book
        self._atoms = 0
        self._read: set[str] = set()  # fields of the rule at hand

    def logic(self, entry: object, where: str) -> Logic:
        """Return a rule with its logic."""
        if not isinstance(entry, dict):
            raise PackError(f"{where}: an object is expected")
        selections_ = entry.get("selections")
        if not isinstance(selections_, dict):
            raise PackError(f"{where}.selections: an object is expected")
        self._read.clear()
        selections = {
            name: Selection(_text(name, where), self._node(node, {}, f"{where}.selections"))
            for name, node in selections_.items()
        }
        condition = self._node(entry.get("condition"), selections, f"{where}.condition")
        source, level = _texts(entry.get("logsource"), f"{where}.logsource"), entry.get("level")
        if len(source) != len(LogSource.__slots__) or level not in LEVELS:
            raise PackError(f"{where}: log source {source} or level {str(level)[:40]!r} is not one")
        rule = Rule(
            id=_text(entry.get("id"), f"{where}.id"),
            title=_text(entry.get("title"), f"{where}.title"),
            level=level,
            tags=_texts(entry.get("tags"), f"{where}.tags"),
            status=_text(entry.get("status", ""), f"{where}.status"),
            logsource=LogSource(*source),
            fields=tuple(sorted(self._read)),
            digest=_text(entry.get("digest"), f"{where}.digest"),
            book=self._book,
        )
        return Logic(rule, condition)

    def _node(self, value: object, selections: Mapping[str, Selection], where: str, depth: int = 0) -> Node:
        if depth > MAX_DEPTH:
            raise PackError(f"{where}: nested deeper than {MAX_DEPTH}")
        if isinstance(value, str) and value in selections:
            return selections[value]
        if isinstance(value, list) and len(value) > 1:
            kind = value[0]
            if isinstance(kind, int):
                return self._comparison(value, where)
            parts = tuple([self._node(part, selections, where, depth + 1) for part in value[1:]])
            if kind == "and":
                return And(parts)
            if kind == "or":
                return Or(parts)
            if kind == "not" and len(parts) == 1:
                return Not(parts[0])
        raise PackError(f"{where}: {str(value)[:60]} is no node")

    def _comparison(self, row: list[object], where: str) -> Node:
        """Return an atom for each value of a comparison, of which one must hold."""
        place, op, *values = row
        if not isinstance(place, int) or not isinstance(op, str) or not values:
            raise PackError(f"{where}: {str(row)[:60]} is no comparison")
        cased = op.endswith(CASED)
        op = op.removesuffix(CASED)
        if not -1 <= place < len(self._fields) or (place < 0 and op in SPECIAL):
            raise PackError(f"{where}: there is no field {place} for {op}")
        self._atoms += len(values)
        if self._atoms > MAX_ATOMS:
            raise PackError(f"{where}: more than {MAX_ATOMS} values")
        field = self._fields[place] if place >= 0 else None
        if field is not None:
            self._read.add(field)
        atoms = tuple([Atom(field, op, value, cased) for value in _values(op, values, where)])
        if op in ("re", "cidr"):  # of the others any value of the right shape will do
            _try(atoms, where)
        return atoms[0] if len(atoms) == 1 else Or(atoms)


def _try(atoms: tuple[Atom, ...], where: str) -> None:
    for atom in atoms:
        try:
            check_of(atom)
        except (RegexError, ValueError) as error:
            raise PackError(f"{where}: {atom.op}: {error}") from error


def _values(op: str, values: list[object], where: str) -> Sequence[Value]:
    texts = [value for value in values if isinstance(value, str) and len(value) <= MAX_TEXT]
    if op in _TEXT_OPERATORS and len(texts) == len(values):  # nearly always, and much of the time of a load
        return texts
    return [_value(op, value, where) for value in values]


def _value(op: str, value: object, where: str) -> Value:
    """Return an atom's value as its operator wants it."""
    if isinstance(value, str) and op in _TEXT_OPERATORS:
        return _text(value, where)
    if isinstance(value, list):
        _text("".join([piece for piece in value if isinstance(piece, str)]), where)
    match op, value:
        case "wild", [*pieces] if all(piece is None or piece == 1 or isinstance(piece, str) for piece in pieces):
            return tuple(piece if piece is None or isinstance(piece, str) else 1 for piece in pieces)
        case "fieldref", [str(other), str(how)] if how in REFERENCES:
            return (other, how)
        case (("null" | "any"), None):
            return None
        case "exists", bool():
            return value
        case _, (int() | float()) if op in _NUMBER_OPERATORS:
            return value
    raise PackError(f"{where}: operator {op!r} does not take {str(value)[:40]!r}")
