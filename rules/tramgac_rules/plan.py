"""How a rule is looked for: the literals that must be there, the texts that rule it out, and what is left to test.

A rule is taken apart into conditions that must all hold. What literals settle by being found needs no test any more;
they may be too generous for the rest, never too strict.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod

from tramgac_rules.operators import END, NEITHER, OPERATORS, START
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, Value, atoms, conjuncts

# (field, literal); the field is None for keywords, which look at all of them.
Literal = tuple[str | None, str]
Chance = Callable[[Literal], float]
ENOUGH = 0.001  # likelihood of all choices together that needs no further one
USELESS = 0.8  # likelihood of a choice from which on it rules out less than it costs to look for it
MAX_LITERALS = 4_000  # of one condition: more of them than this cost more memory than they save time
MAX_LITERAL = 128  # characters of one: as rare as longer ones, which cost their square where they repeat themselves
_MARKS = re.compile(f"[{START}{END}{NEITHER}]")
_SIGMA = "\u03c3"  # stands for the final one too in what is searched: the one letter that makes a find no proof
# A text passes these operators if and only if it contains their literal.
_EXACT = frozenset(["eq", "contains", "startswith", "endswith"])


@dataclass(frozen=True, slots=True)
class Plan:
    """How one rule is looked for.

    `literals`: each of these fields must show one of its literals. `across`: one of these must be found, in whichever
    field; none if empty. `refusals`: conditions on one field that hold unless one of its literals is there; used only
    where nothing else is. `residue`: what is to be tested when all that is fulfilled; None if nothing.
    """

    literals: Mapping[str | None, frozenset[str]]
    across: frozenset[Literal]
    refusals: Mapping[str, Node]
    residue: Node | None

    def asks(self, field: str | None) -> bool:
        """Tell whether literals are looked for in this field."""
        return field in self.literals or any(name == field for name, _ in self.across)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Literals of which one must be found for a condition to hold; `exact`: the condition holds if one is."""

    literals: frozenset[Literal]
    condition: Node
    exact: bool


def searchable(text: str) -> str:
    """Return a text in the form in which literals are searched; both sides go through it.

    Character by character (unlike `str.lower`, which knows a final sigma), so that a part of a text stays a
    part of it.
    """
    lower = text.lower()
    return lower if lower.isascii() else lower.replace("\u03c2", _SIGMA)


def plan(node: Node, chance: Chance) -> Plan:
    """Return how a rule is looked for. `chance` of a literal: how likely it is in any event, 0 to 1."""
    parts = list(dict.fromkeys(conjuncts(node)))
    choices = [choice for part in parts for choice in _choices(part, chance)]
    chosen = _chosen(choices, chance)
    refusals = {} if chosen else _refusals(parts)
    settled = {choice.condition for choice in chosen if choice.exact}
    settled.update(part for found in refusals.values() for part in found)
    left = tuple(part for part in parts if part not in settled)
    across = [choice for choice in chosen if len(_fields(choice)) > 1]
    return Plan(
        literals={field: _texts(choice) for choice in chosen for field in _fields(choice) if choice not in across},
        across=across[0].literals if across else frozenset(),
        refusals={field: And(tuple(found)) for field, found in refusals.items()},
        residue=None if not left else left[0] if len(left) == 1 else And(left),
    )


def triggers(node: Node) -> frozenset[str]:
    """Return the literals of a refusal: while none of them is in a value, it holds."""
    return frozenset(text for atom in atoms(node) for texts in literals_of(atom)[:1] for text in texts)


def literals_of(atom: Atom) -> list[frozenset[str]]:
    """Return sets of literals in searchable form, of each of which a value that passes an atom has one."""
    if atom.op not in OPERATORS or _has_marks(atom.value):
        return []
    found = OPERATORS[atom.op].literals(atom.value)
    return [frozenset(map(_piece, texts)) for texts in found if all(_is_literal(text, atom) for text in texts)]


def _piece(text: str) -> str:
    """Return a text in searchable form; of a long one a piece, tied to an end where the text is."""
    whole = searchable(text)
    return whole[-MAX_LITERAL:] if whole.endswith(END) else whole[:MAX_LITERAL]


def _is_literal(text: str, atom: Atom) -> bool:
    """Tell whether a text can be searched for: it has characters of its own, or stands for a value that has none."""
    return bool(text.strip(START + END)) or (text == START + END and atom.field is not None)


def _has_marks(value: Value) -> bool:
    """Tell whether a value itself has characters that mark the ends of texts."""
    if isinstance(value, str):
        return _MARKS.search(value) is not None
    return isinstance(value, tuple) and any(isinstance(text, str) and _MARKS.search(text) for text in value)


def _texts(choice: _Choice) -> frozenset[str]:
    return frozenset(text for _, text in choice.literals)


def _fields(choice: _Choice) -> frozenset[str | None]:
    return frozenset(field for field, _ in choice.literals)


def _chosen(choices: Iterable[_Choice], chance: Chance) -> list[_Choice]:
    """Return the best choice of each field, and the best of those that ask several fields; as many as are needed.

    What most events meet rules hardly anything out, and what is rare needs no second choice: the rest is left to the
    tests.
    """
    grouped: defaultdict[frozenset[str | None], list[_Choice]] = defaultdict(list)
    for choice in choices:
        fields = _fields(choice)
        grouped[fields if len(fields) == 1 else frozenset()].append(choice)

    def cost(choice: _Choice) -> tuple[float, bool, list[str]]:
        return _likely(choice.literals, chance), not choice.exact, sorted(map(str, choice.literals))

    taken: list[_Choice] = []
    together = 1.0
    best = [same[0] if len(same) == 1 else min(same, key=cost) for same in grouped.values()]
    for choice in best if len(best) == 1 else sorted(best, key=cost):
        likely = _likely(choice.literals, chance)
        if taken and (together < ENOUGH or likely > USELESS):
            break
        taken.append(choice)
        together *= likely
    return taken


def _likely(literals: Iterable[Literal], chance: Chance) -> float:
    """Return how likely one of some literals is in an event."""
    return 1 - prod(1 - chance(literal) for literal in literals)


def _choices(part: Node, chance: Chance) -> list[_Choice]:
    exact = _is_exact(part)
    return [_Choice(literals, part, exact) for literals in _sets(part, chance)]


def _is_exact(part: Node) -> bool:
    """Tell whether a condition holds if and only if one of its literals is there."""
    alternatives = part.parts if isinstance(part, Or) else (part,)
    return all(
        isinstance(atom, Atom) and atom.op in _EXACT and not atom.cased and _is_whole(searchable(str(atom.value)))
        for atom in alternatives
    )


def _is_whole(text: str) -> bool:
    """Tell whether all of a text is searched for, with its marks, and nothing that differs passes for it."""
    return len(START + text + END) <= MAX_LITERAL and _SIGMA not in text


def _refusals(parts: Iterable[Node]) -> dict[str, list[Node]]:
    """Return the conditions that hold for any value of their one field that has none of their literals."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for part in parts:
        fields = {atom.field for atom in atoms(part)}
        field = next(iter(fields), None)
        if len(fields) == 1 and field is not None and _without_literals(part) is True:
            found[field].append(part)
    return found


def _without_literals(node: Node) -> bool | None:
    """Return the truth of a condition for a value with none of its literals; None where it is not known."""
    match node:
        case Atom():
            return False if literals_of(node) else None
        case Selection(_, part):
            return _without_literals(part)
        case Not(part):
            inner = _without_literals(part)
            return None if inner is None else not inner
        case And(parts) | Or(parts):
            decided = isinstance(node, Or)
            truths = [_without_literals(part) for part in parts]
            return decided if decided in truths else None if None in truths else not decided


def _sets(node: Node, chance: Chance) -> list[frozenset[Literal]]:
    """Return sets of literals of each of which one must be found; none where the node can hold without any."""
    match node:
        case Atom():
            return [frozenset((node.field, text) for text in texts) for texts in literals_of(node)]
        case Not():
            return []
        case Selection(_, part):
            return _sets(part, chance)
        case And(parts):
            return [found for part in parts for found in _sets(part, chance)]
        case Or(parts):
            return _union([_sets(part, chance) for part in parts], chance)


def _union(alternatives: list[list[frozenset[Literal]]], chance: Chance) -> list[frozenset[Literal]]:
    """Return sets for an or: one from each alternative, put together: by field where all have one, and a mixed one."""
    if not all(alternatives):
        return []

    def best(sets: list[frozenset[Literal]]) -> frozenset[Literal]:
        return sets[0] if len(sets) == 1 else min(sets, key=lambda found: _likely(found, chance))

    fields = set.intersection(*({field for found in sets for field, _ in found} for sets in alternatives))
    unions = []
    for field in fields:
        own = [[found for found in sets if all(name == field for name, _ in found)] for sets in alternatives]
        if all(own):
            unions.append(frozenset().union(*map(best, own)))
    unions.append(frozenset().union(*map(best, alternatives)))
    return [union for union in dict.fromkeys(unions) if len(union) <= MAX_LITERALS]
