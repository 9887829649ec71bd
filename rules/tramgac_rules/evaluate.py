"""Logic to a function: the tree of a rule becomes nested closures over a view of one record."""

from collections.abc import Callable, Iterable, Mapping

from tramgac_rules.operators import OPERATORS, REFERENCES, SPECIAL, Check, lowered
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection

# Characters of a value that are looked at. A longer value is matched by its beginning, and the condition says so.
MAX_VALUE = 32_768
Fields = Mapping[str, str | tuple[str, ...]]


class View:
    """One record while it is judged: its values cut to MAX_VALUE, lower-cased once."""

    __slots__ = ("_lower", "_texts", "fields")

    def __init__(self, fields: Fields) -> None:
        """Look at the fields of a record; they must not change meanwhile."""
        self.fields = fields
        self._texts: dict[str, tuple[str, ...]] = {}
        self._lower: dict[str, tuple[str, ...]] = {}

    def texts(self, field: str) -> tuple[str, ...]:
        """Return the texts of a field, none if it is absent."""
        known = self._texts.get(field)
        if known is None:
            value = self.fields.get(field)
            texts = () if value is None else (value,) if isinstance(value, str) else value
            known = self._texts[field] = tuple(text[:MAX_VALUE] for text in texts)
        return known

    def lower(self, field: str) -> tuple[str, ...]:
        """Return the texts of a field lower-cased, none if it is absent."""
        known = self._lower.get(field)
        if known is None:
            known = self._lower[field] = tuple(text.lower() for text in self.texts(field))
        return known


Test = Callable[[View], bool]


def compile_node(node: Node) -> Test:
    """Return the test of a view that a node stands for. Raises RegexError, ValueError for values that do not parse."""
    match node:
        case Atom():
            return _atom(node)
        case Not(part):
            inner = compile_node(part)
            return lambda view: not inner(view)
        case Selection(_, part):
            return compile_node(part)
        case And(parts):
            return _all([compile_node(part) for part in parts])
        case Or(parts):
            return _any(_merged(parts))


def _all(tests: list[Test]) -> Test:
    def test(view: View) -> bool:
        for part in tests:  # noqa: SIM110 - a generator would double the cost
            if not part(view):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def test(view: View) -> bool:
        for part in tests:  # noqa: SIM110 - a generator would double the cost
            if part(view):
                return True
        return False

    return test


def _merged(parts: Iterable[Node]) -> list[Test]:
    """Compile the parts of an or; atoms that differ in their text alone become one test."""
    groups: dict[tuple[str | None, str, bool], list[Atom]] = {}
    tests: list[Test] = []
    for part in parts:
        if isinstance(part, Atom) and part.op in OPERATORS and OPERATORS[part.op].merge is not None:
            groups.setdefault((part.field, part.op, part.cased), []).append(part)
        else:
            tests.append(compile_node(part))
    return [_group(group) for group in groups.values()] + tests


def _group(group: list[Atom]) -> Test:
    first = group[0]
    merge = OPERATORS[first.op].merge
    if len(group) == 1 or merge is None:
        return _atom(first)
    values = tuple(str(_operand(atom)) for atom in group)
    return _on_texts(first.field, merge(values), folded=not first.cased)


def _operand(atom: Atom) -> object:
    return lowered(atom.value) if OPERATORS[atom.op].folds and not atom.cased else atom.value


def check_of(atom: Atom) -> tuple[Check, bool]:
    """Return the test of one text that an atom stands for, and whether the text is to be lower-cased first."""
    entry = OPERATORS[atom.op]
    folded = entry.folds and not atom.cased
    return entry.check(lowered(atom.value) if folded else atom.value), folded


def _atom(atom: Atom) -> Test:
    if atom.op in SPECIAL:
        return _special(atom)
    check, folded = check_of(atom)
    return _on_texts(atom.field, check, folded=folded)


def _on_texts(field: str | None, check: Check, *, folded: bool) -> Test:
    """Return the test: a text of the field, or of any field, passes."""
    read = View.lower if folded else View.texts

    def on_field(view: View, field: str = field or "") -> bool:
        for text in read(view, field):  # noqa: SIM110 - a generator would double the cost
            if check(text):
                return True
        return False

    def on_any(view: View) -> bool:
        return any(check(text) for name in view.fields for text in read(view, name))

    return on_any if field is None else on_field


def _special(atom: Atom) -> Test:
    field, value = atom.field or "", atom.value
    if atom.op == "exists":
        return lambda view: (field in view.fields) is value
    if atom.op == "null" or not isinstance(value, tuple):
        return lambda view: field not in view.fields
    other, compare = str(value[0]), REFERENCES[str(value[1])]
    read = View.texts if atom.cased else View.lower

    def refer(view: View) -> bool:
        return any(compare(text, wanted) for text in read(view, field) for wanted in read(view, other))

    return refer
