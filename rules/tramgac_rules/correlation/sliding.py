"""What is judged at each event: the state of every group, from which a window of any position can be told.

A machine is given the matches of all groups, each group's in order, and says with which members a group fires;
a group that fired begins anew. States are kept in the order of their last use, so that the longest unused is known.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Protocol

from tramgac_rules.correlation.condition import Bounds
from tramgac_rules.correlation.model import Correlation, Group, Match, Value


class Machine(Protocol):
    """The states of a correlation's groups."""

    groups: OrderedDict[Group, Any]
    """Each group's state; only the machine looks into it."""

    def apply(self, match: Match) -> Sequence[Match] | None:
        """Take the next match of a group; return the members in order if the group fires with it."""

    def dead(self, state: Any, oldest: int) -> bool:
        """Tell whether nothing in a state is as young as `oldest`: no later event can meet it."""


class EventCount:
    """Enough events within the span: each group's last ones."""

    def __init__(self, least: int, span: int) -> None:
        """Fire at `least` events within `span` ns."""
        self.groups: OrderedDict[Group, list[Match]] = OrderedDict()
        self._least, self._span = least, span

    def apply(self, match: Match) -> Sequence[Match] | None:
        """Take the next match of a group."""
        group, groups = match[3], self.groups
        kept = groups.get(group)
        if kept is None:
            kept = groups[group] = [match]
        else:
            groups.move_to_end(group)
            kept.append(match)
            oldest = match[0] - self._span
            while kept[0][0] < oldest:
                del kept[0]
        if len(kept) < self._least:
            return None
        del groups[group]
        return kept

    def dead(self, state: list[Match], oldest: int) -> bool:
        """Tell whether the youngest is older."""
        return state[-1].time < oldest


class ValueCount:
    """Enough distinct values within the span: each group's values with their last match, the oldest first."""

    def __init__(self, least: int, span: int) -> None:
        """Fire at `least` values within `span` ns."""
        self.groups: OrderedDict[Group, dict[Value, Match]] = OrderedDict()
        self._least, self._span = least, span

    def apply(self, match: Match) -> Sequence[Match] | None:
        """Take the next match of a group."""
        time, _, _, group, value = match
        groups = self.groups
        kept = groups.get(group)
        if kept is None:
            kept = groups[group] = {}
        else:
            groups.move_to_end(group)
            kept.pop(value, None)
        kept[value] = match
        oldest = time - self._span
        while kept[first := next(iter(kept))][0] < oldest:
            del kept[first]
        if len(kept) < self._least:
            return None
        del groups[group]
        return tuple(kept.values())

    def dead(self, state: dict[Value, Match], oldest: int) -> bool:
        """Tell whether the youngest is older."""
        return next(reversed(state.values())).time < oldest


class Temporal:
    """Rules that are all met within the span, or enough of them, in any order: each rule's last match."""

    def __init__(self, correlation: Correlation) -> None:
        """Take the rules and the condition from a correlation that can be judged at each event."""
        self.groups: OrderedDict[Group, list[Match | None]] = OrderedDict()
        self._span = correlation.span
        self._rules = len(correlation.rules)
        self._least = correlation.least
        self._every = self._least == self._rules
        self._holds = None if isinstance(correlation.condition, Bounds) else correlation.condition.hold

    def apply(self, match: Match) -> Sequence[Match] | None:
        """Take the next match of a group."""
        group, groups = match[3], self.groups
        kept = groups.get(group)
        if kept is None:
            kept = groups[group] = [None] * self._rules
        else:
            groups.move_to_end(group)
        kept[match[2]] = match
        if self._every and None in kept:
            return None
        oldest = match[0] - self._span
        live = [held for held in kept if held is not None and held[0] >= oldest]
        if self._least is not None:
            if len(live) < self._least:
                return None
        elif self._holds is not None and not self._holds(sum(1 << held[2] for held in live)):
            return None
        del groups[group]
        return sorted(live)

    def dead(self, state: list[Match | None], oldest: int) -> bool:
        """Tell whether the youngest is older."""
        return all(held is None or held.time < oldest for held in state)
