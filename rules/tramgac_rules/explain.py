"""Why a rule was met: the conditions that held, with the characters they matched.

Worked out for single detections, never while matching: a walk over the rule's tree, not over its index.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tramgac_rules.evaluate import MAX_VALUE, Fields, Test, View, check_of, compile_node
from tramgac_rules.operators import OPERATORS, lowered
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that held.

    `spans` are (start, end) pairs of characters in `value`; empty where nothing can be pointed at.
    `negated`: a filter of the rule that did not apply; `value` is then what stood in the first field that kept
    it from applying, "" for nothing. `cut`: only the first 32,768 characters of the value were looked at.
    """

    selection: str
    field: str
    value: str
    pattern: str
    spans: tuple[tuple[int, int], ...] = ()
    negated: bool = False
    cut: bool = False


_NAMED = 5
"""Alternatives that are named where none of them holds."""
_KEPT = 4_096
_tests: dict[int, tuple[Node, Test]] = {}
"""Tests of nodes by their identity: what fires once fires again, and to compile a node costs more than to ask it."""


def _holds(node: Node, view: View) -> bool:
    known = _tests.get(id(node))
    if known is None or known[0] is not node:
        if len(_tests) >= _KEPT:
            _tests.clear()
        known = _tests[id(node)] = (node, compile_node(node))
    return known[1](view)


def conditions(node: Node, fields: Fields) -> tuple[Condition, ...]:
    """Return the conditions that made a node hold for a record; none if it does not hold."""
    view = View(fields)
    if not _holds(node, view):
        return ()
    return tuple(dict.fromkeys(_held(node, view, "")))


def why_not(node: Node, fields: Fields) -> tuple[Condition, ...]:
    """Return why a node does not hold for a record: the first condition that failed; none if the node holds.

    Of alternatives each is named, once a selection. A condition is `negated` where a text was asked for and something
    else stood there (`value`, "" for nothing), and is not where a filter of the rule applied.
    """
    view = View(fields)
    if _holds(node, view):
        return ()
    return tuple(dict.fromkeys(_refused(node, view, "")))


def _held(node: Node, view: View, selection: str) -> Iterator[Condition]:
    """Yield why a node that holds does: all parts of an and, the first true part of an or, one line for a not."""
    match node:
        case Atom():
            yield _met(node, view, selection)
        case Selection(name, part):
            yield from _held(part, view, name)
        case And(parts):
            for part in parts:
                yield from _held(part, view, selection)
        case Or(parts):
            for part in parts:
                if _holds(part, view):
                    yield from _held(part, view, selection)
                    return
        case Not(part):
            yield from _refused(part, view, selection)


def _refused(node: Node, view: View, selection: str) -> Iterator[Condition]:
    """Yield why a node that does not hold does not: one line a selection."""
    match node:
        case Atom():
            yield _not_met((node,), view, selection)
        case Selection(name, part):
            yield from _first(_refused(part, view, name))
        case And(parts):
            failed = next(part for part in parts if not _holds(part, view))
            yield from _refused(failed, view, selection)
        case Or(parts):
            atoms = [part for part in parts if isinstance(part, Atom)]
            if atoms and len(atoms) == len(parts) and len({atom.field for atom in atoms}) == 1:
                yield _not_met(atoms, view, selection)
                return
            for part in parts:
                yield from _refused(part, view, selection)
        case Not(part):
            yield from _held(part, view, selection)


def _not_met(atoms: Sequence[Atom], view: View, selection: str) -> Condition:
    """Return the condition of alternatives about one field of which none holds; the first few are named."""
    field = atoms[0].field
    values = view.texts[field] if field is not None else ()
    named = [*map(pattern, atoms[:_NAMED]), *(["…"] if len(atoms) > _NAMED else [])]
    return Condition(selection, field or "", values[0] if values else "", ", ".join(named), negated=True)


def _first(found: Iterator[Condition]) -> Iterator[Condition]:
    yield next(found)


def pattern(atom: Atom) -> str:
    """Return what an atom asks for, as its author would write it."""
    if atom.op == "null":
        return "null"
    if atom.op == "exists":
        return f"exists: {str(atom.value).lower()}"
    if atom.op == "fieldref" and isinstance(atom.value, tuple):
        return f"fieldref {atom.value[0]}"
    return OPERATORS[atom.op].pattern(atom.value)


def _met(atom: Atom, view: View, selection: str) -> Condition:
    """Return the condition of an atom that holds."""
    names = list(view.fields) if atom.field is None else [atom.field]
    if atom.op not in OPERATORS:
        values = view.texts[names[0]]
        return Condition(selection, names[0], values[0] if values else "", pattern(atom))
    check, folded = check_of(atom)
    for name in names:
        for index, text in enumerate(view.texts[name]):
            low = text.lower() if folded else text
            if check(low):
                whole = _whole(view.fields[name], index)
                spans = _on_original(_spans(atom, low, folded=folded), text) if folded else _spans(atom, text)
                return Condition(selection, name, whole, pattern(atom), spans, cut=len(whole) > MAX_VALUE)
    return Condition(selection, atom.field or "", "", pattern(atom))  # not reached for an atom that holds


def _whole(value: str | tuple[str, ...], index: int) -> str:
    return value if isinstance(value, str) else value[index]


def _spans(atom: Atom, text: str, *, folded: bool = False) -> tuple[tuple[int, int], ...]:
    return OPERATORS[atom.op].spans(lowered(atom.value) if folded else atom.value)(text)


def _on_original(spans: tuple[tuple[int, int], ...], text: str) -> tuple[tuple[int, int], ...]:
    """Return spans in a lower-cased text as spans in the text: a lower-case form may be longer (U+0130 is)."""
    if len(text.lower()) == len(text):
        return spans
    origin = [index for index, char in enumerate(text) for _ in char.lower()]
    return tuple((origin[start], origin[end - 1] + 1) for start, end in spans)
