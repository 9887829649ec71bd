"""The condition of a correlation: numbers with bounds, or rules joined by and, or, not."""

import re
from collections.abc import Iterable, Mapping, Sequence

from tramgac_rules.authoring.conditions import ConditionError, parse_condition
from tramgac_rules.authoring.correlation_words import Link
from tramgac_rules.correlation.condition import OPERATORS, Bounds
from tramgac_rules.correlation.pack import MAX_WAYS
from tramgac_rules.tree import And, Node, Not, Or, Selection

Way = tuple[frozenset[str], frozenset[str]]
"""Rules that must be met, and rules that must not."""
_WORD = re.compile(r"[^\s()]+")
_SEVERAL = re.compile(r"(?<![^\s()])[^\s()]+\s+of\s+[^\s()]+", re.IGNORECASE)
_NEAR = 0.5  # between whole numbers: what bounds leave lies at one of their numbers, or half-way to the next


def numbers(data: Mapping[str, object]) -> list[tuple[str, int | float]]:
    """Return the operators of a condition with their numbers. Raises ConditionError, without an offset, naming one."""
    found = []
    for name, value in data.items():
        if name in OPERATORS:
            number = _number(value)
            if number is None:
                raise ConditionError(Link.NO_NUMBER.of(name=name, value=str(value)[:40]), 0, name)
            found.append((name, number))
    return found


def _number(value: object) -> int | float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    try:
        found = float(value)  # type: ignore[arg-type]  # whatever it is
    except (TypeError, ValueError, OverflowError):
        return None
    if abs(found) >= float("inf") or found != found:  # noqa: PLR0124 - not a number is what differs from itself
        return None
    return int(found) if found.is_integer() else found


def possible(bounds: Sequence[tuple[str, int | float]], *, count: bool, most: int | None = None) -> bool:
    """Tell whether something is within the bounds; `count`: a whole number from 1 to `most` at most."""
    hold = Bounds(tuple(bounds)).hold
    if not count:
        return any(hold(number + step) for _, number in bounds for step in (-_NEAR, 0, _NEAR))
    near = {int(number) + step for _, number in bounds for step in (-1, 0, 1, 2)} | {1, *([most] if most else [])}
    return any(hold(number) for number in near if number >= 1 and (most is None or number <= most))


def names_in(text: str) -> list[str]:
    """Return the rules that a condition in words names, in the order in which they appear; none of `1 of them`."""
    if _SEVERAL.search(text):
        return []
    return [*dict.fromkeys(word for word in _WORD.findall(text) if word.lower() not in ("and", "or", "not"))]


def ways_of(text: str, names: Iterable[str]) -> list[Way]:
    """Return the ways in which a condition in words can hold. Raises ConditionError with the offset of a fault."""
    if several := _SEVERAL.search(text):
        raise ConditionError(Link.NO_SEVERAL.of(words=several[0]), several.start(), advice=Link.WRITE_RULES.of())
    selections = {name: Selection(name, And(())) for name in names}
    try:
        node = parse_condition(text, selections)
    except ConditionError as error:
        said = Link.NOT_LISTED.of(name=error.word) if error.word else error.what
        raise ConditionError(said, error.offset, error.kind, advice=error.advice) from error
    ways = _ways(node, asked=True)
    if not ways:
        raise ConditionError(Link.CONTRADICTS.of(), 0, advice=Link.LEAVE_ONE.of())
    if any(not wanted for wanted, _ in ways):
        raise ConditionError(Link.HOLDS_OF_NOTHING.of(), 0, advice=Link.ASK_FOR_ONE.of())
    return sorted(ways, key=lambda way: (sorted(way[0]), sorted(way[1])))


def _ways(node: Node, *, asked: bool) -> set[Way]:
    """Return the ways in which a node holds, or those in which it does not."""
    match node:
        case Selection(name):
            own, none = frozenset([name]), frozenset[str]()
            return {(own, none) if asked else (none, own)}
        case Not(part):
            return _ways(part, asked=not asked)
        case And(parts) | Or(parts):
            found: set[Way] = set() if isinstance(node, Or) == asked else {(frozenset(), frozenset())}
            for part in parts:
                ways = _ways(part, asked=asked)
                if isinstance(node, Or) == asked:
                    found |= ways
                else:
                    found = {(one[0] | other[0], one[1] | other[1]) for one in found for other in ways}
                found = _plain(found)
            return found
    raise ConditionError(Link.UNEXPECTED.of(), 0)


def _plain(ways: set[Way]) -> set[Way]:
    """Return the ways without those that cannot be, and without those that ask for more than another."""
    able = [way for way in ways if not way[0] & way[1]]
    found = {
        way for way in able if not any(other != way and other[0] <= way[0] and other[1] <= way[1] for other in able)
    }
    if len(found) > MAX_WAYS:
        raise ConditionError(Link.MANY_WAYS.of(most=MAX_WAYS), 0, "size", advice=Link.SPLIT_RULES.of())
    return found
