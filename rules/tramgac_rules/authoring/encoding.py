"""Writes the compiled form (pack.py), and what rules say to people as a part of its own (about.py)."""

from collections.abc import Collection, Mapping

from tramgac_rules import about
from tramgac_rules.pack import CASED, FORMAT
from tramgac_rules.plan import Literal
from tramgac_rules.tree import And, Atom, Node, Not, Or, Selection


class Encoder:
    """Takes rules and correlations, one after the other."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._fields: dict[str, int] = {}
        self._atoms: dict[Atom, None] = {}
        self._rules: list[dict[str, object]] = []
        self._correlations: list[dict[str, object]] = []
        self._about: dict[str, dict[str, object]] = {}

    def add(self, told: Mapping[str, object], selections: Mapping[str, Node], condition: Node) -> None:
        """Add a rule: `told` is everything but its logic, as the two parts have it."""
        nodes = {name: self._node(node) for name, node in selections.items()}
        self._rules.append({**self._lean(told), "selections": nodes, "condition": self._node(condition)})

    def add_correlation(self, told: Mapping[str, object]) -> None:
        """Add a correlation: an entry as correlation/pack.py has it, after those that it refers to."""
        self._correlations.append(self._lean(told))

    def atoms(self) -> Collection[Atom]:
        """Return the atoms of what was added."""
        return self._atoms.keys()

    def pack(self, common: Mapping[Literal, int]) -> dict[str, object]:
        """Return what was added; `common`: literals that ordinary events have, in events per thousand."""
        return {
            "format": FORMAT,
            "fields": list(self._fields),
            "rules": self._rules,
            "common": [[self._fields[field], text, share] for (field, text), share in common.items() if field],
            "correlations": self._correlations,
        }

    def about(self) -> dict[str, object]:
        """Return what is said of all that was added."""
        return {"format": about.FORMAT, "about": self._about}

    def _lean(self, told: Mapping[str, object]) -> dict[str, object]:
        """Put aside what is said to people; return the rest."""
        self._about[str(told["id"])] = {key: told[key] for key in about.KEYS if told.get(key)}
        return {key: value for key, value in told.items() if key not in about.KEYS}

    def _node(self, node: Node) -> object:
        match node:
            case Atom():
                return self._comparison([node])
            case And(parts):
                return ["and", *(self._node(part) for part in parts)]
            case Or(parts):
                atoms = [part for part in parts if isinstance(part, Atom)]
                if len(atoms) == len(parts) > 1 and len({(atom.field, atom.op, atom.cased) for atom in atoms}) == 1:
                    return self._comparison(atoms)
                return ["or", *(self._node(part) for part in parts)]
            case Not(part):
                return ["not", self._node(part)]
            case Selection(name):
                return name

    def _comparison(self, atoms: list[Atom]) -> list[object]:
        self._atoms.update(dict.fromkeys(atoms))
        field, op, _, cased = atoms[0]
        place = -1 if field is None else self._fields.setdefault(field, len(self._fields))
        values = [list(atom.value) if isinstance(atom.value, tuple) else atom.value for atom in atoms]
        return [place, op + CASED if cased else op, *values]
