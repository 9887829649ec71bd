"""Conditions of correlations: numbers with bounds, or rules that must and must not have been met."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
    "neq": operator.ne,
}
SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "=", "neq": "≠"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure within bounds, as `gte: 10` or `gt: 100` with `lte: 200`: all of them hold."""

    pairs: tuple[tuple[str, int | float], ...]

    def hold(self, figure: float) -> bool:
        """Tell whether a figure is within the bounds."""
        return all(OPERATORS[name](figure, number) for name, number in self.pairs)

    @property
    def least(self) -> int | None:
        """The smallest count within the bounds if every larger one is too, at least 1; None if a larger one is not.

        With it, more events never undo what was found: a group can be judged at each event.
        """
        lows = [math.floor(n) + 1 if name == "gt" else math.ceil(n) for name, n in self.pairs if name in ("gt", "gte")]
        return max(1, *lows) if lows and len(lows) == len(self.pairs) else None

    def __str__(self) -> str:
        return " and ".join(f"{SIGNS[name]} {number}" for name, number in self.pairs)


@dataclass(frozen=True, slots=True)
class Ways:
    """Rules joined by and, or, not, as the ways in which they can hold.

    A way is two sets of turns (see Match), as bits: what must have been met, and what must not. `text`: as written.
    """

    ways: tuple[tuple[int, int], ...]
    text: str

    def hold(self, met: int) -> bool:
        """Tell whether what was met, as bits, is one of the ways."""
        return any(met & wanted == wanted and not met & refused for wanted, refused in self.ways)

    @property
    def refuses(self) -> bool:
        """Whether a further event can undo it: then a group is judged when its window closes."""
        return any(refused for _, refused in self.ways)

    @property
    def wanted(self) -> int:
        """All that is asked for in some way, as bits."""
        found = 0
        for wanted, _ in self.ways:
            found |= wanted
        return found

    def __str__(self) -> str:
        return self.text


Condition = Bounds | Ways


def turns(bits: int) -> tuple[int, ...]:
    """Return the turns in a set of bits, falling: the order in which their rules are listed."""
    return tuple(turn for turn in reversed(range(bits.bit_length())) if bits >> turn & 1)
