"""Frozen: the engine that every judge begins as. Each rule of a class is a tree of closures, and each is called.

Benches run it beside the real one, so that a ratio tells more than a time. It is written with care for its speed
(values lower-cased once, no generators) and never made faster: judge.py checks its digest.
"""

from collections.abc import Callable, Mapping, Sequence

from tramgac_rules.evaluate import check_of
from tramgac_rules.operators import SPECIAL
from tramgac_rules.pack import Logic
from tramgac_rules.record import Record
from tramgac_rules.sources import routes
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection, rename

Texts = Mapping[str, tuple[str, ...]]
Test = Callable[[Texts, Texts], bool]
"""Takes the texts of a record by field, as they are and lower-cased."""


def test_of(node: Node) -> Test:
    """Return a node as a closure."""
    match node:
        case Atom():
            return _atom(node)
        case Selection(_, part):
            return test_of(part)
        case Not(part):
            inner = test_of(part)
            return lambda raw, low: not inner(raw, low)
        case And(parts) | Or(parts):
            return _joined([test_of(part) for part in parts], decided=isinstance(node, Or))


def _joined(tests: list[Test], *, decided: bool) -> Test:
    def joined(raw: Texts, low: Texts) -> bool:
        for test in tests:
            if test(raw, low) is decided:
                return decided
        return not decided

    return joined


def _atom(atom: Atom) -> Test:
    name = atom.field or ""
    if atom.op == "null":
        return lambda raw, _low: name not in raw
    if atom.op == "exists":
        return lambda raw, _low: (name in raw) is atom.value
    if atom.op in SPECIAL:
        other = str(atom.value[0]) if isinstance(atom.value, tuple) else ""
        return lambda _raw, low: bool(set(low.get(name, ())) & set(low.get(other, ())))
    return _on_texts(atom, name)


def _on_texts(atom: Atom, name: str) -> Test:
    check, folded = check_of(atom)

    def field(raw: Texts, low: Texts) -> bool:
        for text in (low if folded else raw).get(name, ()):  # noqa: SIM110 - a generator would double the cost
            if check(text):
                return True
        return False

    def anywhere(raw: Texts, low: Texts) -> bool:
        for texts in (low if folded else raw).values():
            for text in texts:
                if check(text):
                    return True
        return False

    return anywhere if atom.field is None else field


class PlainClosures:
    """All rules, called one after another."""

    def __init__(self, logics: Sequence[Logic]) -> None:
        """Compile every rule for every place it looks at."""
        self._ways = [
            (logic.rule.id, route, test_of(And((*route.conditions, rename(logic.condition, dict(route.names))))))
            for logic in logics
            for route in routes(logic.rule.logsource)
        ]
        self._places: dict[tuple[str, str, str], list[tuple[str, Test]]] = {}

    def match(self, record: Record) -> set[str]:
        """Return the ids of the rules that a record meets."""
        place = (record.kind, record.channel, record.event_id)
        ways = self._places.get(place)
        if ways is None:
            ways = self._places[place] = [(id_, test) for id_, route, test in self._ways if route.takes(record)]
        raw = {name: (value,) if isinstance(value, str) else value for name, value in record.fields.items()}
        low = {name: tuple([text.lower() for text in texts]) for name, texts in raw.items()}
        return {id_ for id_, test in ways if test(raw, low)}
