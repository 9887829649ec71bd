"""What a correlation is, what goes into it, and what comes out of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tramgac_rules.correlation.condition import Bounds, Condition
from tramgac_rules.rule import Rule

COUNTS = ("event_count", "value_count")
TEMPORAL = ("temporal", "temporal_ordered")
FIGURES = ("value_sum", "value_avg", "value_percentile", "value_median")
TYPES = (*COUNTS, *TEMPORAL, *FIGURES)
"""The types of the specification and of pySigma. All but event_count and the temporal ones name a field."""

MAX_MEMBERS = 10_000
"""Members, or distinct values, that a group keeps. An event_count above it is judged when its window closes."""
MAX_RULES = 32
"""Rules that one correlation refers to."""
KEPT = 50
"""Of a window's members, so many of its first and so many of its last are named in what comes out."""

EventId = tuple[str, int, int, int] | tuple[str, int, int, int, str]
"""(host, epoch, lane, sequence). A fired correlation is an event too: that of its last member and its own id."""
Group = tuple[str, ...]
"""The values of group-by in lower case; before them the host, where all of a group's events come from one."""
Value = str | int | float
"""What is counted (in lower case) or reckoned with; "" where nothing is asked for."""


class Match(NamedTuple):
    """One event that met one of a correlation's rules. Compared as a tuple: that is the order of applying.

    `time`: of the event, ns since 1970. `turn`: which of the rules, counted from the last one listed to the first,
    so that an event which meets two never follows itself.
    """

    time: int
    event: EventId
    turn: int
    group: Group
    value: Value = ""


Position = tuple[int, EventId, int]
"""The place of a match among those of its group: its first three fields."""
AFTER: EventId = ("\U0010ffff", 0, 0, 0)
"""Comes after every event."""


def position(match: Match) -> Position:
    """Return the place of a match in its group."""
    return match[:3]


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """A Sigma correlation, ready to be applied.

    `rules`: ids of rules and of earlier correlations. For each of them `fields` says under which names the values
    of `group_by` stand there, `values` the fields of what is counted or reckoned with. `span`: ns. `by_host`: all
    of a group's events come from one host, whose id begins the group. `generate`: the rules alert for themselves too.
    """

    rule: Rule
    type: str
    rules: tuple[str, ...]
    group_by: tuple[str, ...]
    fields: tuple[tuple[str, ...], ...]
    values: tuple[tuple[str, ...], ...]
    span: int
    condition: Condition
    percentile: float = 50.0
    by_host: bool = False
    generate: bool = False

    @property
    def least(self) -> int | None:
        """The count from which it fires at once; None where it does not fire by a count alone."""
        return self.condition.least if isinstance(self.condition, Bounds) else None

    @property
    def closing(self) -> bool:
        """Whether a window is judged when it closes, since a further event can change the answer."""
        if self.type in FIGURES:
            return True
        if isinstance(self.condition, Bounds):
            return self.least is None or self.least > MAX_MEMBERS
        return self.condition.refuses

    def shown(self, group: Group) -> tuple[tuple[str, str], ...]:
        """Return the names and values of a group."""
        return tuple(zip(self.group_by, group[1:] if self.by_host else group, strict=True))


@dataclass(slots=True)
class Window:
    """A stretch of a group's matches after which its state is empty: it fired, or it closed without firing.

    `rule`: the id of the correlation. `members` are the first and the last KEPT of the `count` matches, in order.
    `figure` is what the condition was asked about. What is at most `end` belongs to this stretch or to earlier ones.
    """

    rule: str
    group: Group
    members: tuple[Match, ...]
    count: int
    figure: int | float
    end: Position
    fired: bool = True
    _id: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """32 hexadecimal digits, made of the correlation, the group and the first member.

        The same matches give the same id, in whatever order they came.
        """
        if not self._id:
            first = self.members[0]
            parts = [self.rule, *self.group, event_text(first.event), str(first.turn)]
            told = "".join([f"{len(part)}:{part}" for part in parts])
            self._id = hashlib.sha256(told.encode(errors="backslashreplace")).hexdigest()[:32]
        return self._id

    @property
    def first(self) -> Match:
        """The member that it began with."""
        return self.members[0]

    @property
    def last(self) -> Match:
        """The member that it ended with; its time is the time of the whole."""
        return self.members[-1]

    @property
    def event(self) -> EventId:
        """The id of the fired correlation as an event."""
        host, epoch, lane, sequence = self.last.event[:4]
        return host, epoch, lane, sequence, self.id


def fired(correlation: Correlation, members: Sequence[Match]) -> Window:
    """Return the window of a firing at its last member; `members` are in order."""
    count, last = len(members), members[-1]
    kept = members if count <= 2 * KEPT else [*members[:KEPT], *members[-KEPT:]]
    return Window(correlation.rule.id, last.group, tuple(kept), count, count, position(last))


def event_text(event: EventId) -> str:
    """Return an event's id as text: HOST/EPOCH/LANE/SEQUENCE, and /ID of a fired correlation."""
    host, epoch, lane, sequence, *own = event
    return "/".join([host, f"{epoch:016x}", str(lane), str(sequence), *own])


def event_of(text: str) -> EventId:
    """Return the event's id that `event_text` wrote. ValueError if it is none."""
    host, epoch, lane, sequence, *own = text.split("/")
    numbers = int(epoch, 16), int(lane), int(sequence)
    return (host, *numbers, own[0]) if own else (host, *numbers)
