"""Rules met in their listed order within the span.

Of every beginning of an order that could still be met, a group keeps the one that began last: whatever the others
could become, it can become too, and later. A beginning is a chain (when it began, the chain before, the match).
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tramgac_rules.correlation.condition import Ways, turns
from tramgac_rules.correlation.model import Correlation, Group, Match


class Chain(NamedTuple):
    """A beginning that was met: when it began, what came before its last match, its last match."""

    began: int
    before: "Chain | None"
    match: Match

    def members(self) -> tuple[Match, ...]:
        """Return its matches in order."""
        found, chain = [self.match], self.before
        while chain is not None:
            found.append(chain.match)
            chain = chain.before
        return tuple(reversed(found))


class Step(NamedTuple):
    """What a match may lengthen: one of the slots `before` to `slot`. No slots before: it begins an order.

    `last`: an order is met with it.
    """

    slot: int
    before: tuple[int, ...]
    last: bool


class Steps:
    """The steps that a match of each turn may make, for all orders that a correlation asks for."""

    def __init__(self, rules: int) -> None:
        """Begin without any."""
        self.of: list[list[Step]] = [[] for _ in range(rules)]
        self.slots = 0

    def add(self, turn: int, before: Iterable[int], *, last: bool) -> int:
        """Add a step that a match of a turn may make; return its slot."""
        self.of[turn].append(Step(self.slots, tuple(before), last))
        self.slots += 1
        return self.slots - 1

    @classmethod
    def orders(cls, rules: int, orders: Iterable[Sequence[int]]) -> "Steps":
        """Return the steps of orders that are given: turns, one after the other."""
        steps = cls(rules)
        for order in orders:
            before: tuple[int, ...] = ()
            for turn in order:
                before = (steps.add(turn, before, last=turn == order[-1]),)
        return steps

    @classmethod
    def some(cls, rules: int, least: int) -> "Steps":
        """Return the steps of any `least` of the rules in their order."""
        steps = cls(rules)
        slots: dict[tuple[int, int], int] = {}
        for place in range(rules):
            # From here on only `rules - 1 - place` more can come: shorter beginnings are of no use.
            for length in range(max(1, least - (rules - 1 - place)), min(place + 1, least) + 1):
                before = [slots[other, length - 1] for other in range(place) if (other, length - 1) in slots]
                slots[place, length] = steps.add(rules - 1 - place, before, last=length == least)
        return steps


def steps_of(correlation: Correlation) -> Steps:
    """Return the steps of a temporal_ordered correlation that can be judged at each event."""
    rules, least = len(correlation.rules), correlation.least
    if least is not None:
        return Steps.some(rules, least)
    assert isinstance(correlation.condition, Ways)
    return Steps.orders(rules, [turns(wanted) for wanted, _ in correlation.condition.ways])


class TemporalOrdered:
    """Rules met in their listed order: each group's chains, one a slot."""

    def __init__(self, correlation: Correlation) -> None:
        """Take the rules and the condition from a correlation that can be judged at each event."""
        self.groups: OrderedDict[Group, list[Chain | None]] = OrderedDict()
        self._span = correlation.span
        steps = steps_of(correlation)
        self._steps, self._slots = tuple(map(tuple, steps.of)), steps.slots
        self._begins = tuple(any(not step.before for step in of) for of in steps.of)

    def apply(self, match: Match) -> Sequence[Match] | None:
        """Take the next match of a group; return the members in order if the group fires with it."""
        group, groups = match[3], self.groups
        kept = groups.get(group)
        if kept is None:
            if not self._begins[match[2]]:
                return None
            kept = groups[group] = [None] * self._slots
        else:
            groups.move_to_end(group)
        for chain, step in self._longer(kept, match):
            if step.last:
                del groups[group]
                return chain.members()
            held = kept[step.slot]
            if held is None or chain.began > held.began:
                kept[step.slot] = chain
        return None

    def _longer(self, kept: list[Chain | None], match: Match) -> Iterator[tuple[Chain, Step]]:
        """Yield the chains that a match makes, each with its step."""
        oldest = match[0] - self._span
        for step in self._steps[match[2]]:
            if not step.before:
                yield Chain(match[0], None, match), step
                continue
            best = None
            for slot in step.before:
                chain = kept[slot]
                if chain is not None and chain.began >= oldest and (best is None or chain.began > best.began):
                    best = chain
            if best is not None:
                yield Chain(best.began, best, match), step

    def dead(self, state: list[Chain | None], oldest: int) -> bool:
        """Tell whether all chains began before."""
        return all(chain is None or chain.began < oldest for chain in state)
