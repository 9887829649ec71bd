"""How large a rule may be: what no program would load (pack.py, about.py), and what would cost more than it finds."""

from collections.abc import Iterable, Iterator

import yaml

from tramgac_rules.about import MAX_TEXT
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.texts import Text
from tramgac_rules.pack import MAX_ATOMS, MAX_DEPTH
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, Value, atoms
from tramgac_rules.wildcard import STAR

MAX_NAME = 1_000
"""Characters of the name of a field, a selection, a log source."""
MAX_VALUES = 100_000
"""Of one rule, with all that its values stand for, and of its condition with the selections put in.

The longest public rule has 4,432.
"""
MAX_CHARACTERS = 16_000_000
"""Of all values of a rule together."""
MAX_REGEX = 4_096
"""Characters of an expression: a value of 32 kB then costs half a second at worst. The longest public one has 217."""
MAX_PARTS = 200
"""Texts with ? between them, of a pattern between two stars."""
MAX_HEIGHT = MAX_DEPTH - 1
"""Of a condition: filters put it one deeper."""
MOST = 20
"""Values of one entry that are told."""
Said = tuple[Text, Text]
"""What is wrong, and how to mend it."""


class Budget:
    """What a rule has of values and characters so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._values = self._characters = 0

    def spend(self, values: Iterable[object]) -> Said | None:
        """Add values; return what to say where they are too many."""
        for value in values:
            self._values += 1
            self._characters += length(value)
        if self._values > MAX_VALUES:
            return Size.MANY_VALUES.of(most=MAX_VALUES), Size.SPLIT_RULE.of()
        if self._characters > MAX_CHARACTERS:
            return Size.MUCH_TEXT.of(most=MAX_CHARACTERS), Size.SPLIT_RULE.of()
        return None


class Together:
    """How many values the rules of a set have together so far."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._values = 0

    def take(self, rule: int, filters: int) -> Said | None:
        """Add a rule with its filters, by their values; where that is too much return what to say, and leave it out."""
        both = rule + filters
        if filters and both > 2 * MAX_VALUES:
            return Size.LARGE_WITH_FILTERS.of(count=both, most=2 * MAX_VALUES), Size.NARROW_FILTERS.of()
        if self._values + both > MAX_ATOMS:
            return Size.LARGE_SET.of(most=MAX_ATOMS), Size.REMOVE_RULES.of()
        self._values += both
        return None


def length(value: object) -> int:
    """Return the characters of a value: of a text, of the texts of a pattern."""
    if isinstance(value, str):
        return len(value)
    return sum(map(length, value)) if isinstance(value, tuple) else 0


def count(node: Node) -> int:
    """Return how many values are below a node, at least 1."""
    return max(1, sum(1 for _ in atoms(node)))


def whole(selections: Iterable[Node], condition: Node) -> int:
    """Return how many values there are in selections, and in a condition with them put in."""
    return count(condition) + sum(map(count, selections))


def height(node: Node) -> int:
    """Return how many levels are below a node; what has a name is none."""
    match node:
        case Atom() | Selection():
            return 0
        case Not(part):
            return 1 + height(part)
        case And(parts) | Or(parts):
            return 1 + max(map(height, parts), default=0)


def long_values(given: yaml.Node, value: object) -> Iterator[tuple[yaml.Node, Said]]:
    """Yield the values of an entry that are too long, each with its place; `given`: the node of its value or values."""
    items = [(given, value)]
    if isinstance(value, list) and isinstance(given, yaml.SequenceNode):
        items = list(zip(given.value, value, strict=True))
    long = [(place, len(each)) for place, each in items if isinstance(each, str) and len(each) > MAX_TEXT]
    for place, characters in long[:MOST]:
        yield place, (Size.LONG_VALUE.of(count=characters, most=MAX_TEXT), Size.SHORTEN_VALUE.of())


def long_made(node: Node) -> Said | None:
    """Return what to say of an entry of whose values one is too long as its modifiers made it."""
    longest = max((length(atom.value) for atom in atoms(node)), default=0)
    if longest > MAX_TEXT:
        return Size.LONG_MADE.of(count=longest, most=MAX_TEXT), Size.SHORTEN_VALUE.of()
    parts = max((_in_a_run(atom.value) for atom in atoms(node) if atom.op == "wild"), default=0)
    return (Size.MANY_PARTS.of(count=parts, most=MAX_PARTS), Size.WRITE_STAR.of()) if parts > MAX_PARTS else None


def _in_a_run(pieces: Value) -> int:
    """Return how many texts of a pattern stand between two stars at most: all are tried at each place of a value."""
    runs = [0]
    for piece in pieces if isinstance(pieces, tuple) else ():
        runs[-1] += isinstance(piece, str)
        if piece is STAR:
            runs.append(0)
    return max(runs)


def long_name(*names: str) -> Said | None:
    """Return what to say of names of which one is too long."""
    longest = max(map(len, names), default=0)
    return (Size.LONG_NAME.of(count=longest, most=MAX_NAME), Size.SHORTEN_NAME.of()) if longest > MAX_NAME else None


def deep(node: Node, most: int = MAX_DEPTH) -> Said | None:
    """Return what to say of a node that is nested too deeply."""
    return (Size.DEEP.of(most=most), Size.NEST_LESS.of()) if height(node) > most else None
