"""Whether a rule asks for anything, and whether anything can meet it: what finds all or nothing was meant otherwise."""

from collections.abc import Iterable, Iterator, Mapping

from tramgac_rules.authoring.sense_words import Sense
from tramgac_rules.authoring.sizes import Said, length
from tramgac_rules.evaluate import MAX_VALUE, View, compile_node
from tramgac_rules.operators import COMPARISONS, TIME_PARTS
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, atoms, conjuncts, fields_of, fold

_STRANGE = ("~q`", "\ue000\ue001", "-7 ", "Q\n" * 200)
"""Texts that have nothing in common; what all of them pass asks nothing of a text."""
_ASKING = frozenset(["eq", "contains", "startswith", "endswith", "cidr"])
"""Operators that no strange text passes."""
_TIMES = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "week": (1, 53), "month": (1, 12), "year": (1, 9_999)}


def everything(condition: Node) -> Said | None:
    """Return what to say of a condition that nearly every event meets."""
    if fold(condition, _in_nothing) is True:
        return Sense.ASKS_NOTHING.of(), Sense.ADD_WANTED.of()
    # Whatever filters do not leave out is what some rules are for.
    if _refuses(condition) or all(atom.op in _ASKING for atom in atoms(condition)):
        return None
    test, fields = compile_node(condition), fields_of(condition)
    if all(test(_strange(fields, text)) for text in _STRANGE):
        return Sense.ANYTHING.of(), Sense.ADD_VALUE.of()
    return None


def _in_nothing(atom: Atom) -> bool:
    """Tell whether an event without any field meets an atom."""
    return atom.op == "null" or (atom.op == "exists" and atom.value is False)


def _refuses(node: Node) -> bool:
    match node:
        case Atom():
            return False
        case Selection(_, part):
            return _refuses(part)
        case Not():
            return True
        case And(parts) | Or(parts):
            return any(map(_refuses, parts))


def _strange(fields: Iterable[str], text: str) -> View:
    """Return an event with a text in each of some fields, no two alike; and in one more, for keywords name none."""
    return View({name: f"{number}{text}" for number, name in enumerate((*fields, ""))})


def nothing(condition: Node) -> Said | None:
    """Return what to say of a condition that no event meets, going by what it asks for at once."""
    if isinstance(condition, Or):
        said = [nothing(part) for part in condition.parts]
        return said[0] if said and None not in said else None
    parts = [*dict.fromkeys(conjuncts(condition))]
    facts = {part.part if isinstance(part, Not) else part: not isinstance(part, Not) for part in parts}
    if len(facts) < len(parts) or any(_truth(part, facts) is False for part in parts if not isinstance(part, Atom)):
        return Sense.CONTRADICTS.of(), Sense.EITHER.of()
    return _two_values(parts)


def never(atom: Atom) -> Said | None:
    """Return what to say of a value that no field has."""
    part, _, how = atom.op.partition("_")
    if part in TIME_PARTS and isinstance(atom.value, int | float):
        least, most = _TIMES[part]
        wanted = COMPARISONS[how][1] if how else float.__eq__
        if not any(wanted(float(number), float(atom.value)) for number in range(least, most + 1)):
            shown = f"{COMPARISONS[how][0]} {atom.value}" if how else atom.value
            return Sense.NO_TIME.of(part=part, value=shown), Sense.MEND_TIME.of(part=part, least=least, most=most)
    if atom.op not in ("re", "fieldref") and length(atom.value) > MAX_VALUE:
        return Sense.OVERLONG.of(count=length(atom.value), most=MAX_VALUE), Sense.ADD_VALUE.of()
    return None


def never_met(entry: Node) -> Iterator[Said]:
    """Yield what to say of the values of an entry that no field has, each sentence once."""
    yield from dict.fromkeys(said for atom in atoms(entry) if (said := never(atom)) is not None)


def _truth(node: Node, facts: Mapping[Node, bool]) -> bool | None:
    """Return whether a part of a condition holds if the other parts do; None if they do not tell."""
    match node:
        case Atom():
            return facts.get(node)
        case Selection(_, part):
            return _truth(part, facts)
        case Not(part):
            inner = _truth(part, facts)
            return None if inner is None else not inner
        case And(parts) | Or(parts):
            decided = isinstance(node, Or)
            truths = {_truth(part, facts) for part in parts}
            return decided if decided in truths else None if None in truths else not decided


def _two_values(parts: Iterable[Node]) -> Said | None:
    """Return what to say where a field would have to equal one of some values and one of others."""
    asked: dict[str, dict[str, None]] = {}
    for part in parts:
        wanted = part.parts if isinstance(part, Or) else (part,)
        same = [one for one in wanted if isinstance(one, Atom) and one.op == "eq" and one.field is not None]
        if not same or len(same) < len(wanted) or len({one.field for one in same}) > 1:
            continue
        field, values = str(same[0].field), dict.fromkeys(str(one.value).lower() for one in same)
        before = asked.setdefault(field, values)
        asked[field] = {value: None for value in before if value in values}
        if not asked[field]:
            return Sense.TWO_VALUES.of(
                field=field, one=next(iter(before)), other=next(iter(values))
            ), Sense.ONE_LIST.of()
    return None
