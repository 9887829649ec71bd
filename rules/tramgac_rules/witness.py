"""Necessary literals: texts of which at least one must be in an event for a rule to be met.

They let most rules be left alone without being evaluated. A witness may be too generous, never too strict.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tramgac_rules.operators import END, OPERATORS, START
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection

# (field, literal); the field is None for keywords, which look at all of them.
Literal = tuple[str | None, str]
Rarity = Callable[[Literal], float]
MAX_LITERALS = 400  # of one witness: more of them than this tell little


@dataclass(frozen=True, slots=True)
class Witness:
    """What must be found for a rule to be met.

    `by_field`: each of these fields must show one of its literals. `across`: one of these must be found, in
    whichever field; none if empty.
    """

    by_field: Mapping[str | None, frozenset[str]]
    across: frozenset[Literal]

    def asks(self, field: str | None) -> bool:
        """Tell whether any of it is looked for in this field."""
        return field in self.by_field or any(name == field for name, _ in self.across)


def searchable(text: str) -> str:
    """Return a text in the form in which literals are searched; both sides go through it.

    Character by character (unlike `str.lower`, which knows a final sigma), so that a part of a text stays a
    part of it.
    """
    lower = text.lower()
    return lower if lower.isascii() else lower.replace("\u03c2", "\u03c3")


def witness(node: Node, rarity: Rarity) -> Witness:
    """Return what must be found for a node to hold. `rarity` of a literal: higher is rarer."""
    choices = _sets(node)
    by_field: dict[str | None, frozenset[str]] = {}
    for field in {field for choice in choices for field, _ in choice}:
        own = [choice for choice in choices if all(name == field for name, _ in choice)]
        if own:
            by_field[field] = frozenset(text for _, text in _best(own, rarity))
    mixed = [choice for choice in choices if len({field for field, _ in choice}) > 1]
    return Witness(by_field, _best(mixed, rarity) if mixed else frozenset())


def _best(choices: Iterable[frozenset[Literal]], rarity: Rarity) -> frozenset[Literal]:
    """Return the set whose most common literal is the rarest; of equals the smallest."""
    return max(choices, key=lambda choice: (min(map(rarity, choice)), -len(choice), sorted(choice, key=str)))


def _sets(node: Node) -> list[frozenset[Literal]]:
    """Return sets of literals of each of which one must be found; none where the node can hold without any."""
    match node:
        case Atom():
            literal = _literal(node)
            return [frozenset([(node.field, literal)])] if literal else []
        case Not():
            return []
        case Selection(_, part):
            return _sets(part)
        case And(parts):
            return [choice for part in parts for choice in _sets(part)]
        case Or(parts):
            return _union([_sets(part) for part in parts])


def _union(alternatives: list[list[frozenset[Literal]]]) -> list[frozenset[Literal]]:
    """Return sets for an or: one from each alternative, put together: by field where all have one, and a mixed one."""
    if not all(alternatives):
        return []
    fields = set.intersection(*({field for choice in sets for field, _ in choice} for sets in alternatives))
    unions = []
    for field in fields:
        own = [[choice for choice in sets if all(name == field for name, _ in choice)] for sets in alternatives]
        if all(own):
            unions.append(frozenset().union(*(max(sets, key=_shortest) for sets in own)))
    unions.append(frozenset().union(*(max(sets, key=_shortest) for sets in alternatives)))
    return [union for union in dict.fromkeys(unions) if len(union) <= MAX_LITERALS]


def _shortest(choice: frozenset[Literal]) -> tuple[int, int]:
    return min(len(text) for _, text in choice), -len(choice)


def _literal(atom: Atom) -> str:
    """Return the literal of an atom in searchable form; "" if it has none."""
    if atom.op not in OPERATORS:
        return ""
    literal = OPERATORS[atom.op].literal(atom.value)
    return "" if literal in (START, END) else searchable(literal)
