"""A class of rules: all that can be met by records of one channel and event id, or of one kind.

Each rule is one bit. Columns rule out what a record cannot meet; what is left, a few, is evaluated.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from tramgac_rules.columns import Column, Keywords
from tramgac_rules.evaluate import MAX_VALUE, Fields, Test, View, compile_node
from tramgac_rules.rule import Rule
from tramgac_rules.tree import Node, atoms
from tramgac_rules.witness import Literal, Witness, searchable, witness


class Group:
    """Rules with their logic, as it is for this class."""

    def __init__(self, members: Sequence[tuple[Rule, Node]]) -> None:
        """Index the rules; their tests are compiled when they are first needed."""
        self._members = members
        self._tests: list[Test | None] = [None] * len(members)
        self._all = (1 << len(members)) - 1
        rarity = _Rarity(members)
        witnesses = [witness(node, rarity) for _, node in members]
        self._settled = self._all & ~sum(1 << bit for bit, found in enumerate(witnesses) if found.across)
        self._keyword_rules = sum(1 << bit for bit, found in enumerate(witnesses) if found.asks(None))
        columns = _columns(witnesses)
        self._keywords = Keywords(*columns.pop(None)) if None in columns else None
        self._columns = tuple((field, Column(*parts)) for field, parts in columns.items() if field is not None)

    def match(self, fields: Fields) -> tuple[Rule, ...]:
        """Return the rules that a record's fields meet."""
        possible = self._possible(fields)
        if not possible:
            return ()
        view = View(fields)
        met = []
        while possible:
            lowest = possible & -possible
            possible ^= lowest
            bit = lowest.bit_length() - 1
            test = self._tests[bit] or self._compile(bit)
            if test(view):
                met.append(self._members[bit][0])
        return tuple(met)

    def _possible(self, fields: Fields) -> int:
        """Return the bits of the rules that the columns leave possible."""
        possible, supported = self._all, self._settled
        for field, column in self._columns:
            value = fields.get(field)
            if value is None:
                here, across = column.absent
            elif value.__class__ is str and len(value) <= MAX_VALUE:
                here, across = column.look(value)
            else:
                here, across = column.search(_cut(value))
            possible &= here
            if not possible:
                return 0
            supported |= across
        if self._keywords is not None and possible & self._keyword_rules:
            here, across = self._keywords.look_everywhere(_texts(fields))
            possible &= here
            supported |= across
        return possible & supported

    def _compile(self, bit: int) -> Test:
        test = self._tests[bit] = compile_node(self._members[bit][1])
        return test


def _cut(value: str | tuple[str, ...]) -> list[str]:
    return [text[:MAX_VALUE] for text in ((value,) if isinstance(value, str) else value)]


def _texts(fields: Fields) -> list[str]:
    """Return every text of a record, cut."""
    found = []
    for value in fields.values():
        if isinstance(value, str) and len(value) <= MAX_VALUE:
            found.append(value)
        else:
            found += _cut(value)
    return found


class _Rarity:
    r"""How rare a literal is likely to be: long ones are, and those that few rules name.

    What many rules name (`\powershell.exe`) is what machines run all day.
    """

    def __init__(self, members: Sequence[tuple[Rule, Node]]) -> None:
        self._named: Counter[tuple[str | None, str]] = Counter()
        for _, node in members:
            texts = {(atom.field, searchable(atom.value)) for atom in atoms(node) if isinstance(atom.value, str)}
            self._named.update(texts)

    def __call__(self, literal: Literal) -> float:
        field, text = literal
        return float(min(len(text), 12) / self._named.get((field, text.strip("\x02\x03")), 1) ** 0.5)


def _columns(witnesses: Sequence[Witness]) -> dict[str | None, tuple[int, dict[str, tuple[int, int]]]]:
    """Return what each field's column is made of: the bits of rules that ask nothing of it, its literals' bits."""
    masks: defaultdict[str | None, dict[str, tuple[int, int]]] = defaultdict(dict)
    asked: Counter[str | None] = Counter()
    for bit, found in enumerate(witnesses):
        for field, literals in found.by_field.items():
            asked[field] |= 1 << bit
            for literal in literals:
                here, across = masks[field].get(literal, (0, 0))
                masks[field][literal] = (here | 1 << bit, across)
        for field, literal in found.across:
            here, across = masks[field].get(literal, (0, 0))
            masks[field][literal] = (here, across | 1 << bit)
    everyone = (1 << len(witnesses)) - 1
    return {field: (everyone & ~asked[field], literals) for field, literals in masks.items()}
