"""What is judged when a window closes: figures, upper bounds, rules that must not be met.

A group's window opens with the first match that is asked for and holds what happens within the span; when it has
closed, the next such match opens another. A group without any match has no window: "fewer than" says nothing of
what is not there.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Protocol

from tramgac_rules.correlation.condition import Bounds, Ways, turns
from tramgac_rules.correlation.model import AFTER, KEPT, MAX_MEMBERS, Correlation, Group, Match, Value, Window


class Gauge(Protocol):
    """What is reckoned over a window."""

    def add(self, match: Match) -> bool:
        """Take a match; False if there is no room for what it brings."""

    def figure(self) -> int | float:
        """Return what the condition is asked about."""


class Counted:
    """How many events."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, match: Match) -> bool:  # noqa: ARG002 - a gauge's signature
        """Count an event."""
        self._count += 1
        return True

    def figure(self) -> int:
        """Return their number."""
        return self._count


class Distinct:
    """How many different values; from MAX_MEMBERS on no more are told apart."""

    def __init__(self) -> None:
        self._values: set[Value] = set()

    def add(self, match: Match) -> bool:
        """Take a value."""
        if len(self._values) >= MAX_MEMBERS:
            return match.value in self._values
        self._values.add(match.value)
        return True

    def figure(self) -> int:
        """Return their number."""
        return len(self._values)


class Total:
    """The sum of the values, or their mean."""

    def __init__(self, *, mean: bool) -> None:
        self._mean = mean
        self._sum: int | float = 0
        self._count = 0

    def add(self, match: Match) -> bool:
        """Add a value."""
        assert not isinstance(match.value, str)  # whoever makes matches leaves out what is no number
        self._sum += match.value
        self._count += 1
        return True

    def figure(self) -> int | float:
        """Return the sum or the mean."""
        return self._sum / self._count if self._mean else self._sum


class Ranked:
    """A percentile of the values by nearest rank, of the first MAX_MEMBERS of them."""

    def __init__(self, share: Fraction) -> None:
        self._share = share
        self._values: list[int | float] = []

    def add(self, match: Match) -> bool:
        """Take a value."""
        assert not isinstance(match.value, str)  # whoever makes matches leaves out what is no number
        if len(self._values) >= MAX_MEMBERS:
            return False
        self._values.append(match.value)
        return True

    def figure(self) -> int | float:
        """Return the smallest value that this share of all values does not exceed."""
        rank = math.ceil(self._share * len(self._values))
        return sorted(self._values)[max(rank, 1) - 1]


class Met:
    """Which rules were met: how many, or as bits."""

    def __init__(self, *, bits: bool) -> None:
        self._bits, self._met = bits, 0

    def add(self, match: Match) -> bool:
        """Note the rule."""
        self._met |= 1 << match.turn
        return True

    def figure(self) -> int:
        """Return the bits or their number."""
        return self._met if self._bits else self._met.bit_count()


class Longest:
    """How many rules were met in their order: the longest row of them."""

    def __init__(self, rules: int) -> None:
        self._longest = [0] * rules  # by turn: the longest row that ends with this rule

    def add(self, match: Match) -> bool:
        """Note the rule."""
        self._longest[match.turn] = 1 + max(self._longest[match.turn + 1 :], default=0)
        return True

    def figure(self) -> int:
        """Return the number of rules in the longest row."""
        return max(self._longest)


class InOrder:
    """Which rules were met, as bits, if those of a way were met in their order; none otherwise."""

    def __init__(self, ways: Ways) -> None:
        self._ways = [(turns(wanted), wanted | refused) for wanted, refused in ways.ways]
        self._done = [0] * len(self._ways)
        self._met = 0

    def add(self, match: Match) -> bool:
        """Note the rule, and how far each way has come."""
        self._met |= 1 << match.turn
        for index, (order, _) in enumerate(self._ways):
            done = self._done[index]
            if done < len(order) and order[done] == match.turn:
                self._done[index] = done + 1
        return True

    def figure(self) -> int:
        """Return the bits of the rules that a way knows and that were met, for the first way that came to its end."""
        for done, (order, known) in zip(self._done, self._ways, strict=True):
            if done == len(order) and self._met & known == sum(1 << turn for turn in order):
                return self._met & known
        return 0


def gauges_of(correlation: Correlation) -> Callable[[], Gauge]:
    """Return what makes fresh gauges of a correlation."""
    condition, rules = correlation.condition, len(correlation.rules)
    match correlation.type:
        case "event_count":
            return Counted
        case "value_count":
            return Distinct
        case "value_sum" | "value_avg":
            return partial(Total, mean=correlation.type == "value_avg")
        case "value_percentile" | "value_median":
            return partial(Ranked, Fraction(str(correlation.percentile)) / 100)
        case "temporal":
            return partial(Met, bits=isinstance(condition, Ways))
        case _:
            return partial(InOrder, condition) if isinstance(condition, Ways) else partial(Longest, rules)


class Tile:
    """One window that is open: its gauge, its first and its last matches."""

    __slots__ = ("_gauge", "_head", "_tail", "closes", "count")

    def __init__(self, gauge: Gauge, closes: int) -> None:
        """Open it; `closes` is the last ns that belongs to it."""
        self._gauge, self.closes = gauge, closes
        self._head: list[Match] = []
        self._tail: deque[Match] | tuple[()] = ()
        self.count = 0

    def add(self, match: Match) -> bool:
        """Take a match; False if the gauge has no room for it."""
        if self.count < KEPT:
            self._head.append(match)
        else:
            self._tail = self._tail or deque(maxlen=KEPT)
            self._tail.append(match)
        self.count += 1
        return self._gauge.add(match)

    def close(self, correlation: Correlation) -> Window:
        """Return what came of it."""
        figure, condition = self._gauge.figure(), correlation.condition
        if isinstance(condition, Bounds):
            holds = condition.hold(figure)
        else:
            holds = condition.hold(int(figure))
            figure = int(figure).bit_count()
        members, end = (*self._head, *self._tail), (self.closes, AFTER, 0)
        return Window(correlation.rule.id, members[0].group, members, self.count, figure, end, holds)


class Tiles:
    """The open windows of all groups, in the order of their last use."""

    def __init__(self, correlation: Correlation) -> None:
        """Take a correlation that is judged when its windows close."""
        self.groups: OrderedDict[Group, Tile] = OrderedDict()
        self._correlation, self._gauges = correlation, gauges_of(correlation)
        self._open = correlation.condition.wanted if isinstance(correlation.condition, Ways) else -1

    def apply(self, match: Match) -> tuple[int | None, bool]:
        """Take the next match of a group whose window has not closed before it.

        Return when the window closes if it was opened by this match, and whether there was room for it.
        """
        group, groups = match.group, self.groups
        tile = groups.get(group)
        if tile is not None:
            groups.move_to_end(group)
            return None, tile.add(match)
        if not self._open >> match.turn & 1:
            return None, True
        closes = match.time + self._correlation.span
        tile = groups[group] = Tile(self._gauges(), closes)
        return closes, tile.add(match)

    def close(self, group: Group, closes: int) -> Window | None:
        """Close the window of a group that is due; None if it is no longer there."""
        tile = self.groups.get(group)
        if tile is None or tile.closes != closes:
            return None
        del self.groups[group]
        return tile.close(self._correlation)
