"""Whether a search can ever be true of what a rule alerts on: a slip of the pen is told before an exception stands.

Looked at are names that no event has, values that their field never has, and whether one event can meet all of it.
In doubt a search makes sense: what a Windows event's data holds, or a text, nobody knows beforehand. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tramgac_proto import options_pb2
from tramgac_proto.names import KINDS, enum_text
from tramgac_proto.rows import Column
from tramgac_rules.rule import LogSource
from tramgac_rules.sources import routes

from tramgac_collector.errors import QueryError
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.fields import ANYWHERE, BY_ECS, DATA, SIGMA, form_of, nearest
from tramgac_collector.search.meant import is_name, no_word, written
from tramgac_collector.search.tree import EVERY, All, Between, Check, Equal, Like, Node, Not, Some, Term

Kinds = frozenset[str]
ALL: Final[Kinds] = frozenset(KINDS)
_PATHS: Final = ("executable", "path", "previous_path", "working_directory")
"""How names of fields end that hold whole paths."""
_IN_PATHS: Final = re.compile(r"[/\\:]")
"""One of these is in every whole path; a program run from memory is `memfd:NAME`."""
_MOST_PORT: Final = 65_535
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANT: Final = frozenset('"*?\\')
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def kinds_of(rule: Mapping[str, Any], rules: Mapping[str, Mapping[str, Any]]) -> Kinds:
    """Return the kinds of event that a rule of the rulebook looks at; of a correlation, those of its rules together."""
    members = [kinds_of(rules[name], rules) for name in rule.get("members", ()) if name in rules]
    if members:
        return frozenset[str]().union(*members)
    if "logsource" not in rule:
        return ALL
    found = [route.kinds for route in routes(LogSource(**rule["logsource"]))]
    return ALL if not found or None in found else frozenset[str]().union(*(kinds or () for kinds in found))


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of the events that a rule looks at: their kinds, and names in the data of Windows events.

    `names`: those that rules ask for. `stored`: whether some event in the store has a value of another one.
    """

    kinds: Kinds
    names: Collection[str]
    stored: Callable[[str], bool]

    def has(self, name: str) -> bool:
        """Tell whether an event's data may have a value of this name."""
        return name == EVERY or name in SIGMA or name in self.names or self.stored(name)


def require(query: str, node: Node, ground: Ground) -> None:
    """Look whether an event could meet a search.

    Raises:
        QueryError: none could, and why.
    """
    _require_backslashes(query)
    units = [*_units(node)]
    for term in (term for unit in units for term in _terms(unit)):
        if term.place.name == DATA and not ground.has(term.place.key):
            raise _no_field(term.place.key, ground.names)
    for unit in units:
        if not any(_may(unit, kind)[0] for kind in ALL):
            raise _never(_terms(unit)[0])
    if not any(_may(node, kind)[0] for kind in ground.kinds):
        raise _elsewhere(node, ground.kinds)


def _require_backslashes(query: str) -> None:
    for quoted in _QUOTED.findall(query):
        for letter in _ESCAPED.findall(quoted):
            if letter not in _MEANT:
                message = f"in {quoted} \\{letter} stands for {letter} alone: write \\\\ for a backslash, or no quotes"
                raise QueryError(message, "search_backslash", text=quoted, letter=letter)


def _units(node: Node) -> Iterator[Node]:
    """Yield what was written as one term each: a test, or tests of all places that one name or word means."""
    match node:
        case Not(part):
            yield from _units(part)
        case All(parts):
            for part in parts:
                yield from _units(part)
        case Some(parts) if not _one_term(parts):
            for part in parts:
                yield from _units(part)
        case _:
            yield node


def _one_term(parts: tuple[Node, ...]) -> bool:
    places = [part.place for part in parts if isinstance(part, Term)]
    if len(places) < len(parts):
        return False
    return tuple(places) == ANYWHERE or [place.name == DATA for place in places] == [False, True]


def _terms(unit: Node) -> list[Term]:
    parts = unit.parts if isinstance(unit, Some) else (unit,)
    return [part for part in parts if isinstance(part, Term)]


def _may(node: Node, kind: str) -> tuple[bool, bool]:
    """Tell whether an event of a kind could meet a search, and whether one could fail to: both, where nobody knows."""
    match node:
        case Not(part):
            true, false = _may(part, kind)
            return false, true
        case All(parts):
            found = [_may(part, kind) for part in parts]
            return all(true for true, _ in found), any(false for _, false in found)
        case Some(parts):
            found = [_may(part, kind) for part in parts]
            return any(true for true, _ in found), all(false for _, false in found)
        case Term(place, check):
            column = BY_ECS.get(place.name)
            there = place.name == "host" or (column is not None and ("" in column.fields or kind in column.fields))
            if there:
                return _fault(place.name, check) is None, True
            holds = asked(node)({"kind": kind})
            return holds, not holds


def _fault(name: str, check: Check) -> QueryError | None:
    """Return why a field never has a value; None if it may."""
    column = BY_ECS.get(name)
    match check:
        case Between(low, high) if low is not None and high is not None and low > high:
            return QueryError(
                f"nothing lies in the range of {name}: its first end is the lower", "search_range", name=name
            )
        case Equal(""):
            return None  # it is not known there
        case Equal() | Like() if name == "host" and is_name(check):
            value = written(check)
            message = f"host is a host's id, 32 digits of 0-9 and a-f, not {value!r}; `tramgac hosts` lists them"
            return QueryError(message, "search_host", value=value)
        case Equal(value) if name.endswith(".port") and int(value) > _MOST_PORT:
            return QueryError(f"{name} goes up to {_MOST_PORT}", "search_port", name=name, most=_MOST_PORT)
        case Equal(value) if column is not None:
            return _text_fault(column, str(value))
    return None


def _text_fault(column: Column, value: str) -> QueryError | None:
    name, known = column.name, _known(column)
    if known and value not in known:
        return no_word(name, value, known)
    if form_of(column) == options_pb2.FORM_SHA256 and not _DIGEST.fullmatch(value):
        message = f"{name} is 64 digits of 0-9 and a-f, in lower case, not {value!r}"
        return QueryError(message, "search_digest", name=name, value=value)
    if name.rpartition(".")[2] in _PATHS and not _IN_PATHS.search(value):
        message = f"{name} is a whole path, not {value!r}: write */{value}, or *\\{value} of Windows"
        return QueryError(message, "search_path", name=name, value=value)
    return None


def _known(column: Column) -> Collection[str]:
    """Return the words that a column may hold; none where it may hold any."""
    enums = [enum for field in column.fields.values() if (enum := field.descriptor.enum_type) is not None]
    if len(enums) < len(column.fields):
        return ()
    return {str(enum_text(enum)(value.number)) for enum in enums for value in enum.values if value.number}


def _no_field(name: str, names: Collection[str]) -> QueryError:
    near = nearest(name, names)
    message = f"no event has a field {name!r}" + (f"; did you mean {near}?" if near else "")
    return QueryError(message, "search_unknown_near" if near else "search_unknown", name=name, near=near)


def _never(term: Term) -> QueryError:
    """Return that no event of any kind meets a test."""
    name, check = term.place.name, term.check
    if name == "kind":
        return no_word(name, str(check.value) if isinstance(check, Equal) else "*", KINDS)
    return _fault(name, check) or _contradicts()


def _elsewhere(node: Node, kinds: Kinds) -> QueryError:
    """Return that no event of the rule's kinds could meet a search: it has not the field, or all of it is too much."""
    shown = ", ".join(sorted(kinds))
    for part in node.parts if isinstance(node, All) else (node,):
        if not any(_may(part, kind)[0] for kind in kinds):
            names = sorted({_name(term) for unit in _units(part) for term in _terms(unit)})
            message = f"what the rule looks at ({shown}) has no {', '.join(names)}"
            return QueryError(message, "search_elsewhere", name=", ".join(names), kinds=shown)
    return _contradicts()


def _contradicts() -> QueryError:
    return QueryError("no event can meet all of the search: it contradicts itself", "search_contradicts")


def _name(term: Term) -> str:
    return term.place.key if term.place.name == DATA else term.place.name
