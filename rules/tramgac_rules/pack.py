r"""The compiled form of a rule set: made of JSON's types, versioned, checked when it is loaded.

    {"format": 1,
     "fields": ["Image", ...],
     "atoms": [[0, "endswith", "\\whoami.exe"], [-1, "contains", "word"], [3, "eq", "X", true], ...],
     "rules": [{"id": ..., ..., "logsource": [product, category, service],
                "selections": {"selection": ["and", 0, ["or", 1, 2]], "filter": 3},
                "condition": ["and", "selection", ["not", "filter"]]}, ...],
     "common": [[0, "\\x02c:\\windows\\", 420], ...],
     "correlations": [...]}

An atom is [field or -1 for keywords, operator, value] and `true` if it is cased. In a node a number is an atom,
a text (in a condition) a selection. Of a rule only what ends in _vi and triage may be absent.
`common`: literals (plan.py) that ordinary events have, by field, in events per thousand: they steer the search for
rules and have no say in what is met. Correlations: correlation/pack.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tramgac_rules.errors import PackError, RegexError
from tramgac_rules.evaluate import check_of
from tramgac_rules.operators import REFERENCES, SPECIAL
from tramgac_rules.plan import Literal
from tramgac_rules.rule import LogSource, Rule
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, Value, fields_of

FORMAT = 1
LEVELS = ("informational", "low", "medium", "high", "critical")
MAX_RULES = 50_000
MAX_ATOMS = 2_000_000
MAX_TEXT = 65_536  # characters of any text
MAX_STEPS = 100  # of a rule's triage
PER_THOUSAND = 1_000
MAX_DEPTH = 40  # of a node


@dataclass(frozen=True, slots=True)
class Logic:
    """A rule with what it asks; `condition` holds the selections by their names."""

    rule: Rule
    condition: Node


class Encoder:
    """Builds a pack; equal atoms are stored once."""

    def __init__(self) -> None:
        """Begin an empty pack."""
        self._fields: dict[str, int] = {}
        self._atoms: dict[Atom, int] = {}
        self._rules: list[dict[str, object]] = []
        self._correlations: list[dict[str, object]] = []

    def add(self, about: Mapping[str, object], selections: Mapping[str, Node], condition: Node) -> None:
        """Add a rule: `about` is everything but its logic, as in the module's docstring."""
        nodes = {name: self._node(node) for name, node in selections.items()}
        self._rules.append({**about, "selections": nodes, "condition": self._node(condition)})

    def add_correlation(self, about: Mapping[str, object]) -> None:
        """Add a correlation: an entry as correlation/pack.py has it, after those that it refers to."""
        self._correlations.append(dict(about))

    def atoms(self) -> Collection[Atom]:
        """Return the atoms of what was added."""
        return self._atoms.keys()

    def pack(self, common: Mapping[Literal, int]) -> dict[str, object]:
        """Return what was added; `common`: literals that ordinary events have, in events per thousand."""
        rows = [self._row(atom) for atom in self._atoms]
        return {
            "format": FORMAT,
            "fields": list(self._fields),
            "atoms": rows,
            "rules": self._rules,
            "common": [[self._fields[field], text, share] for (field, text), share in common.items() if field],
            "correlations": self._correlations,
        }

    def _row(self, atom: Atom) -> list[object]:
        place = -1 if atom.field is None else self._fields.setdefault(atom.field, len(self._fields))
        value = list(atom.value) if isinstance(atom.value, tuple) else atom.value
        return [place, atom.op, value, True] if atom.cased else [place, atom.op, value]

    def _node(self, node: Node) -> object:
        match node:
            case Atom():
                return self._atoms.setdefault(node, len(self._atoms))
            case And(parts):
                return ["and", *(self._node(part) for part in parts)]
            case Or(parts):
                return ["or", *(self._node(part) for part in parts)]
            case Not(part):
                return ["not", self._node(part)]
            case Selection(name):
                return name


def decode_common(pack: Mapping[str, object]) -> dict[Literal, int]:
    """Return how often ordinary events have literals, in events per thousand. Raises PackError."""
    fields = _list(pack.get("fields"), "fields", MAX_ATOMS)
    found: dict[Literal, int] = {}
    for number, row in enumerate(_list(pack.get("common", []), "common", MAX_ATOMS)):
        match row:
            case [int(place), str(text), int(share)] if 0 <= place < len(fields) and 0 <= share <= PER_THOUSAND:
                found[str(fields[place]), text] = share
            case _:
                raise PackError(f"common[{number}]: [field, literal, events per thousand] is expected")
    return found


def decode(pack: Mapping[str, object]) -> list[Logic]:
    """Return the rules of a pack. Raises PackError; nothing in it is believed unchecked."""
    if pack.get("format") != FORMAT:
        raise PackError(f"rules: format {pack.get('format')!r} is unknown, {FORMAT} is: update this program")
    fields = [_text(field, f"fields[{i}]") for i, field in enumerate(_list(pack.get("fields"), "fields", MAX_ATOMS))]
    rows = _list(pack.get("atoms"), "atoms", MAX_ATOMS)
    table = [_atom(row, fields, f"atoms[{i}]") for i, row in enumerate(rows)]
    rules = _list(pack.get("rules"), "rules", MAX_RULES)
    logics = [_logic(rule, table, f"rules[{i}]") for i, rule in enumerate(rules)]
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


def _texts(value: object, where: str, most: int = MAX_ATOMS) -> tuple[str, ...]:
    return tuple(_text(item, where) for item in _list(value, where, most))


def _atom(row: object, fields: Sequence[str], where: str) -> Atom:
    match row:
        case [int(place), str(op), value]:
            cased = False
        case [int(place), str(op), value, True]:
            cased = True
        case _:
            raise PackError(f"{where}: [field, operator, value] is expected")
    if not -1 <= place < len(fields) or (place < 0 and op in SPECIAL):
        raise PackError(f"{where}: there is no field {place} for {op}")
    atom = Atom(fields[place] if place >= 0 else None, op, _value(op, value, where), cased)
    if op in ("re", "cidr"):  # of the others any value of the right shape will do
        try:
            check_of(atom)
        except (RegexError, ValueError) as error:
            raise PackError(f"{where}: {op}: {error}") from error
    return atom


def _value(op: str, value: object, where: str) -> Value:
    """Return an atom's value as its operator wants it."""
    match op, value:
        case (("eq" | "contains" | "startswith" | "endswith" | "re" | "cidr"), str()):
            return _text(value, where)
        case "wild", [*pieces] if all(piece is None or piece == 1 or isinstance(piece, str) for piece in pieces):
            return tuple(piece if piece is None or isinstance(piece, str) else 1 for piece in pieces)
        case "fieldref", [str(other), str(how)] if how in REFERENCES:
            return (other, how)
        case (("null" | "any"), None):
            return None
        case "exists", bool():
            return value
        case (("lt" | "lte" | "gt" | "gte" | "minute" | "hour" | "day" | "week" | "month" | "year"), (int() | float())):
            return value
    raise PackError(f"{where}: operator {op!r} does not take {str(value)[:40]!r}")


def _logic(entry: object, table: Sequence[Atom], where: str) -> Logic:
    if not isinstance(entry, dict):
        raise PackError(f"{where}: an object is expected")
    selections_ = entry.get("selections")
    if not isinstance(selections_, dict):
        raise PackError(f"{where}.selections: an object is expected")
    selections = {
        name: Selection(_text(name, where), _node(node, table, {}, f"{where}.selections"))
        for name, node in selections_.items()
    }
    condition = _node(entry.get("condition"), table, selections, f"{where}.condition")
    source = _texts(entry.get("logsource"), f"{where}.logsource")
    level = _text(entry.get("level"), f"{where}.level")
    if len(source) != len(LogSource.__slots__) or level not in LEVELS:
        raise PackError(f"{where}: log source {source} or level {level!r} is not one")
    texts = {key: _text(entry.get(key), f"{where}.{key}") for key in _TEXTS}
    texts |= {key: _text(entry.get(key, ""), f"{where}.{key}") for key in ("title_vi", "description_vi")}
    lists = {key: _texts(entry.get(key), f"{where}.{key}") for key in ("tags", "falsepositives", "references")}
    rule = Rule(
        id=texts["id"],
        title=texts["title"],
        level=level,
        tags=lists["tags"],
        description=texts["description"],
        status=texts["status"],
        author=texts["author"],
        falsepositives=lists["falsepositives"],
        references=lists["references"],
        logsource=LogSource(*source),
        fields=fields_of(condition),
        path=texts["path"],
        digest=texts["digest"],
        title_vi=texts["title_vi"],
        description_vi=texts["description_vi"],
        triage=_texts(entry.get("triage", []), f"{where}.triage", MAX_STEPS),
        triage_vi=_texts(entry.get("triage_vi", []), f"{where}.triage_vi", MAX_STEPS),
        falsepositives_vi=_texts(entry.get("falsepositives_vi", []), f"{where}.falsepositives_vi"),
    )
    return Logic(rule, condition)


_TEXTS = ("id", "title", "description", "status", "author", "path", "digest")


def _node(
    value: object, table: Sequence[Atom], selections: Mapping[str, Selection], where: str, depth: int = 0
) -> Node:
    if depth > MAX_DEPTH:
        raise PackError(f"{where}: nested deeper than {MAX_DEPTH}")
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(table):
        return table[value]
    if isinstance(value, str) and value in selections:
        return selections[value]
    if isinstance(value, list) and len(value) > 1:
        parts = tuple(_node(part, table, selections, where, depth + 1) for part in value[1:])
        if value[0] == "and":
            return And(parts)
        if value[0] == "or":
            return Or(parts)
        if value[0] == "not" and len(parts) == 1:
            return Not(parts[0])
    raise PackError(f"{where}: {str(value)[:60]} is no node")
