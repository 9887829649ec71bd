"""Logic to a function: the tree of a rule becomes nested closures over a view of one record."""

from collections.abc import Callable, Iterable, Mapping

from tramgac_rules.needs import Needs
from tramgac_rules.operators import OPERATORS, REFERENCES, SPECIAL, Check, contains_any, lowered
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, atoms

# Characters of a value that are looked at. A longer value is matched by its beginning, and the condition says so.
MAX_VALUE = 32_768
Fields = Mapping[str, str | tuple[str, ...]]


class _Texts(dict[str, tuple[str, ...]]):
    """Texts of fields, made when they are first asked for: cut to MAX_VALUE; none of an absent field."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def __missing__(self, field: str) -> tuple[str, ...]:
        value = self._fields.get(field)
        if isinstance(value, str):  # nearly always
            one = self[field] = (value[:MAX_VALUE],)
            return one
        cut = self[field] = tuple([text[:MAX_VALUE] for text in value or ()])
        return cut


class _Lower(dict[str, tuple[str, ...]]):
    """The same lower-cased."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def __missing__(self, field: str) -> tuple[str, ...]:
        value = self._fields.get(field)
        if isinstance(value, str):  # nearly always
            one = self[field] = (value[:MAX_VALUE].lower(),)
            return one
        lower = self[field] = tuple([text[:MAX_VALUE].lower() for text in value or ()])
        return lower


class View:
    """One record while it is judged. `texts` and `lower` have the texts of a field by its name, as it is asked for."""

    __slots__ = ("fields", "lower", "texts")
    lower: _Lower
    texts: _Texts

    def __init__(self, fields: Fields) -> None:
        """Look at the fields of a record; they must not change meanwhile."""
        self.fields = fields

    def __getattr__(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Make `texts` or `lower` when they are first asked for: most records pass without."""
        if name == "lower":
            self.lower = _Lower(self.fields)
            return self.lower
        if name == "texts":
            self.texts = _Texts(self.fields)
            return self.texts
        raise AttributeError(name)


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
            return _all([compile_node(part) for part in sorted(_gathered(parts), key=_cost)])
        case Or(parts):
            return _any(_merged(parts))


def _gathered(parts: Iterable[Node]) -> list[Node]:
    """Return the parts of an and with its filters on one field as one: not a and not b is not (a or b), one test."""
    refused: dict[tuple[str | None, str, bool], list[Node]] = {}
    kept: list[Node] = []
    for part in parts:
        if isinstance(part, Not) and isinstance(part.part, Atom):
            refused.setdefault((part.part.field, part.part.op, part.part.cased), []).append(part.part)
        else:
            kept.append(part)
    return kept + [Not(Or(tuple(atoms)) if len(atoms) > 1 else atoms[0]) for atoms in refused.values()]


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]

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


def _cost(node: Node) -> int:
    """Return how dear a node's test is, roughly: the cheap ones of an and are asked first."""
    dear = {"re": 20, "cidr": 20, "wild": 5}
    return sum(100 if atom.field is None else dear.get(atom.op, 1) for atom in atoms(node))


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
    test = _on_texts(atom.field, check, folded=folded)
    guard = OPERATORS[atom.op].guard(atom.value)
    return _guarded(atom.field, guard, test) if guard != Needs() and atom.field is not None else test


def _on_texts(field: str | None, check: Check, *, folded: bool) -> Test:
    """Return the test: a text of the field, or of any field, passes."""

    def folded_on_field(view: View, field: str = field or "") -> bool:
        for text in view.lower[field]:  # noqa: SIM110 - a generator would double the cost
            if check(text):
                return True
        return False

    def on_field(view: View, field: str = field or "") -> bool:
        for text in view.texts[field]:  # noqa: SIM110 - as above
            if check(text):
                return True
        return False

    def on_any(view: View) -> bool:
        texts = view.lower if folded else view.texts
        return any(check(text) for name in view.fields for text in texts[name])

    return on_any if field is None else folded_on_field if folded else on_field


def _guarded(field: str, guard: Needs, test: Test) -> Test:
    """Return a dear test behind what it cannot pass without."""
    least, checks = guard.least, [contains_any(tuple(sorted(texts))) for texts in guard.texts]

    def long_enough(view: View) -> bool:
        for text in view.texts[field]:
            if len(text) >= least:
                return test(view)
        return False

    def guarded(view: View) -> bool:
        for text in view.lower[field]:
            if len(text) >= least:  # a lower-cased text is never shorter
                for check in checks:
                    if not check(text):
                        break
                else:
                    return test(view)
        return False

    return guarded if checks else long_enough


def _special(atom: Atom) -> Test:
    field, value = atom.field or "", atom.value
    if atom.op == "exists":
        return lambda view: (field in view.fields) is value
    if atom.op == "null" or not isinstance(value, tuple):
        return lambda view: field not in view.fields
    other, compare = str(value[0]), REFERENCES[str(value[1])]

    def refer(view: View, *, cased: bool = atom.cased) -> bool:
        read = view.texts if cased else view.lower
        for text in read[field]:
            for wanted in read[other]:
                if compare(text, wanted):
                    return True
        return False

    return refer
