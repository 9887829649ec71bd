"""What a search says, typed: tests of one place of an event below all, some and not. Two-valued.

`sql.py` puts it as conditions of the event store, `evaluate.py` asks it of one event; both give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tramgac_rules.wildcard import Pieces

EVERY = "*"
"""As a key: any value of a map."""


class Place(NamedTuple):
    """Where a test looks: a field by its ECS name, or `host` or `kind`; `key` names an entry of a map, or EVERY."""

    name: str
    key: str = ""


class Equal(NamedTuple):
    """The value itself; of a list, one of its values. Times are ns since 1970, entity ids numbers."""

    value: str | int | bool


class Like(NamedTuple):
    """A pattern of the whole value, without regard to case."""

    pieces: Pieces


class Contains(NamedTuple):
    """A text somewhere in the value, without regard to case."""

    text: str


class Between(NamedTuple):
    """A whole number, both ends included; None: no end."""

    low: int | None
    high: int | None

    def holds(self, number: int) -> bool:
        """Tell whether a number lies in it."""
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)


class Network(NamedTuple):
    """An address, both ends included, as IPv6 has it (IPv4 below ::ffff:0:0)."""

    low: int
    high: int


Check = Equal | Like | Contains | Between | Network


@dataclass(frozen=True, slots=True)
class Term:
    """One place, one check."""

    place: Place
    check: Check


@dataclass(frozen=True, slots=True)
class All:
    """All of them hold; true if there are none."""

    parts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of them holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: Node


Node = Term | All | Some | Not


class Stage(NamedTuple):
    """What is made of the events that were found: counted by a field, the most or the rarest first."""

    by: str
    rare: bool = False


class Query(NamedTuple):
    """A search that was read."""

    node: Node
    stage: Stage | None = None
