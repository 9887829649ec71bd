"""A typed search as a condition of the event store. Values travel as parameters; names are those of the columns."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from tramgac_proto.rows import Column
from tramgac_rules.wildcard import ONE, STAR, Pieces

from tramgac_collector.events.schema import name_of
from tramgac_collector.search.fields import BY_ECS, DATA
from tramgac_collector.search.tree import (
    EVERY,
    All,
    Between,
    Check,
    Contains,
    Equal,
    Like,
    Network,
    Node,
    Not,
    Place,
    Some,
    Term,
)
from tramgac_collector.search.values import RANGES, base_type, shift


@dataclass(slots=True)
class Conditions:
    """A WHERE clause whose values are parameters."""

    clauses: list[str] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)

    def parameter(self, kind: str, value: object) -> str:
        """Keep a value of a ClickHouse type; return what stands for it."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"{{{name}:{kind}}}"

    def add(self, clause: str, kind: str, value: object) -> None:
        """Add a condition; `{}` in it stands for the value, of a ClickHouse type."""
        self.clauses.append(clause.replace("{}", self.parameter(kind, value)))

    def ask(self, node: Node) -> None:
        """Add what a search says."""
        for part in node.parts if isinstance(node, All) else (node,):
            self.clauses.append(self.clause(part))

    def clause(self, node: Node) -> str:
        """Return a search as one condition, its values kept."""
        match node:
            case Not(part):
                return f"NOT ({self.clause(part)})"
            case All(parts):
                return f"({' AND '.join(map(self.clause, parts))})" if parts else "1"
            case Some(parts):
                return self._anywhere(parts) or f"({' OR '.join(map(self.clause, parts))})"
            case Term(place, check):
                return _Writer(self, place).clause(check)

    def _anywhere(self, parts: tuple[Node, ...]) -> str:
        """Return one word looked for in many places, with one parameter; "" for anything else."""
        words = {part.check.text for part in parts if isinstance(part, Term) and isinstance(part.check, Contains)}
        if len(words) != 1:
            return ""
        word = self.parameter("String", words.pop())
        tests = [part for part in parts if isinstance(part, Term)]
        return f"({' OR '.join(_Writer(self, test.place).contains(word) for test in tests)})"

    @property
    def where(self) -> str:
        """The clause; true if there is no condition."""
        return " AND ".join(self.clauses) or "1"


class _Writer:
    """Writes tests of one place."""

    def __init__(self, into: Conditions, place: Place) -> None:
        self._into = into
        self._column = BY_ECS.get(place.name)
        self._every = place.key == EVERY
        self._many = self._every or (self._column is not None and self._column.type.startswith("Array("))
        self._name = f"`{name_of(place.name)}`"
        if place.key and not self._every:
            self._name += f"[{into.parameter('String', place.key)}]"
        self._text = self._column is None or place.name == DATA or base_type(self._column) == "String"

    def clause(self, check: Check) -> str:
        parameter = self._into.parameter
        match check:
            case Equal():
                return self._equal(check)
            case Like(pieces):
                return self._each("{} ILIKE " + parameter("String", pattern(pieces)))
            case Contains(text):
                return self.contains(parameter("String", text))
            case Between(low, high):
                return self._text_between(low, high) if self._text else self._between(low, high)
            case Network(low, high):
                ends = [parameter("IPv6", str(ipaddress.IPv6Address(end))) for end in (low, high)]
                return self._each(f"ifNull(toIPv6OrNull({{}}) BETWEEN {ends[0]} AND {ends[1]}, 0)")

    def contains(self, word: str) -> str:
        """Return that a text stands in it, `word` stands for it."""
        return self._each(f"positionCaseInsensitiveUTF8({{}}, {word}) > 0")

    def _each(self, clause: str) -> str:
        """Return a condition of the value, or of any of its values; `{}` in it stands for that."""
        if not self._many:
            return clause.replace("{}", self._name)
        values = f"mapValues({self._name})" if self._every else self._name
        return f"arrayExists(v -> {clause.replace('{}', 'v')}, {values})"

    def _equal(self, check: Equal) -> str:
        """Return a condition for a value; 0 and false are also what events have that know no such field."""
        column, parameter, value = self._column, self._into.parameter, check.value
        kind = "String" if self._text or column is None else base_type(column)
        if self._many:
            return f"has({self._name}, {parameter(kind, value)})"
        if column is None or isinstance(value, str):
            return f"{self._name} = {parameter(kind, value)}"
        if kind.startswith("DateTime64"):
            return f"toUnixTimestamp64Nano({self._name}) = {parameter('Int64', value)}"
        stored = value if kind == "Bool" else value + shift(column)
        clause = f"{self._name} = {parameter(kind, stored)}"
        return f"({clause} AND {there})" if stored == column.default and (there := self._there(column)) else clause

    def _there(self, column: Column) -> str:
        """Return that the event is of a kind that has the field; "" for one that every event has."""
        if not column.fields or "" in column.fields:
            return ""
        return f"has({self._into.parameter('Array(String)', sorted(column.fields))}, kind)"

    def _between(self, low: int | None, high: int | None) -> str:
        column, name = self._column, self._name
        assert column is not None
        kind = base_type(column)
        if time := kind.startswith("DateTime64"):
            kind, name = "Int64", f"toUnixTimestamp64Nano({name})"
        plus = shift(column)
        held = self._held(kind, name, low if low is None else low + plus, high if high is None else high + plus)
        if not Between(low, high).holds(-plus):
            return held
        if plus or (time and "" not in column.fields):
            return f"({held} AND {name} != 0)"
        there = self._there(column)
        return f"({held} AND ({name} != 0 OR {there}))" if there else held

    def _text_between(self, low: int | None, high: int | None) -> str:
        number = f"match({self._name}, '^-?[0-9]{{1,18}}$')"
        return f"({number} AND {self._held('Int64', f'toInt64OrZero({self._name})', low, high)})"

    def _held(self, kind: str, name: str, low: int | None, high: int | None) -> str:
        """Return that a number lies between two, as far as a column's type reaches."""
        least, most = RANGES[kind]
        start = least if low is None else max(low, least)
        end = most if high is None else min(high, most)
        if start > end:
            return "0"
        return f"{name} BETWEEN {self._into.parameter(kind, start)} AND {self._into.parameter(kind, end)}"


def pattern(pieces: Pieces) -> str:
    """Write a pattern as LIKE has it; what is no wildcard stands for itself."""
    return "".join("%" if piece is STAR else "_" if piece == ONE else escaped(str(piece)) for piece in pieces)


def escaped(text: str) -> str:
    """Write a text so that a pattern has it as it is."""
    return re.sub(r"([\\%_])", r"\\\1", text)
