"""The logic of a rule: atoms under and, or, not. Two-valued: an atom on an absent field is false."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

# What an atom compares with; each operator says its own shape in operators.py.
Value = str | int | float | bool | None | tuple[str | int | None, ...]


class Atom(NamedTuple):
    """One comparison. `field` None: the value is looked for in every field (Sigma's keywords)."""

    field: str | None
    op: str
    value: Value
    cased: bool = False


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold; true if there are none."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them holds; false if there are none."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Selection:
    """A named part of a rule, as its author wrote it."""

    name: str
    part: "Node"


Node = Atom | And | Or | Not | Selection


def atoms(node: Node) -> list[Atom]:
    """Return every atom below a node, in order."""
    found: list[Atom] = []
    waiting = [node]
    while waiting:
        match waiting.pop():
            case Atom() as atom:
                found.append(atom)
            case And(parts) | Or(parts):
                waiting.extend(reversed(parts))
            case Not(part) | Selection(_, part):
                waiting.append(part)
    return found


def selections(node: Node) -> Iterator[Selection]:
    """Yield every named part below a node."""
    match node:
        case Selection():
            yield node
        case And(parts) | Or(parts):
            for part in parts:
                yield from selections(part)
        case Not(part):
            yield from selections(part)


def conjuncts(node: Node) -> Iterator[Node]:
    """Yield the conditions that must all hold for a node to hold; names of selections are dropped."""
    match node:
        case And(parts):
            for part in parts:
                yield from conjuncts(part)
        case Selection(_, part) | Not(Not(part)):
            yield from conjuncts(part)
        case Not(Or(parts)):
            for part in parts:
                yield from conjuncts(Not(part))
        case Not(Selection(_, part)):
            yield from conjuncts(Not(part))
        case _:
            yield node


def fields_of(node: Node) -> tuple[str, ...]:
    """Return the fields that a node reads, sorted; keywords read them all and name none."""
    return tuple(sorted({field for atom in atoms(node) for field in _read(atom)}))


def _read(atom: Atom) -> tuple[str, ...]:
    """Return the fields that an atom reads: the one it is about, and the one that it is compared with."""
    own = () if atom.field is None else (atom.field,)
    return (*own, str(atom.value[0])) if atom.op == "fieldref" and isinstance(atom.value, tuple) else own


def rename(node: Node, names: Mapping[str, str]) -> Node:
    """Return the node with its fields read under other names."""
    if not names:
        return node
    match node:
        case Atom():
            return node if names.keys().isdisjoint(_read(node)) else _renamed(node, names)
        case And(parts):
            return And(tuple(rename(part, names) for part in parts))
        case Or(parts):
            return Or(tuple(rename(part, names) for part in parts))
        case Not(part):
            return Not(rename(part, names))
        case Selection(name, part):
            return Selection(name, rename(part, names))


def _renamed(atom: Atom, names: Mapping[str, str]) -> Atom:
    field, value = atom.field or "", atom.value
    if atom.op == "fieldref" and isinstance(value, tuple):
        value = (names.get(str(value[0]), value[0]), *value[1:])
    return atom._replace(field=names.get(field, field), value=value)


def fold(node: Node, known: Callable[[Atom], bool | None]) -> Node | bool:
    """Return the node with known atoms put in: shorter, or a plain truth. Names of selections are dropped."""
    match node:
        case Atom():
            truth = known(node)
            return node if truth is None else truth
        case Not(part):
            inner = fold(part, known)
            return not inner if isinstance(inner, bool) else Not(inner)
        case Selection(_, part):
            return fold(part, known)
        case And(parts):
            return _fold_parts(parts, known, And)
        case Or(parts):
            return _fold_parts(parts, known, Or)


def _fold_parts(
    parts: tuple[Node, ...], known: Callable[[Atom], bool | None], kind: type[And] | type[Or]
) -> Node | bool:
    """Fold the parts of an and (which false decides) or an or (which true decides); nested ones are flattened."""
    decided = kind is Or
    kept: dict[Node, None] = {}
    for part in parts:
        inner = fold(part, known)
        if isinstance(inner, bool):
            if inner is decided:
                return decided
        elif isinstance(inner, kind):
            kept.update(dict.fromkeys(inner.parts))
        else:
            kept[inner] = None
    if not kept:
        return not decided
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))
