"""The `detection` part of a rule to logic; every fault in it is told at once, each with its place."""

import yaml

from tramgac_rules.authoring import sense, sizes
from tramgac_rules.authoring.alternatives import Placeholders, hides_placeholder
from tramgac_rules.authoring.conditions import ConditionError, parse_condition
from tramgac_rules.authoring.documents import Document, at_offset, child, entries, problem
from tramgac_rules.authoring.faults import Fault, placed, read_entry
from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.texts import joined
from tramgac_rules.authoring.values import MODIFIERS, NO_PLACEHOLDERS, type_of
from tramgac_rules.authoring.words import Say
from tramgac_rules.tree import And, Node, Or, Selection, atoms, selections

_NO_SELECTION = {"detection": ("condition", "timeframe"), "filter": ("condition", "rules")}


class Detection:
    """The logic of one rule, or global filter, as far as it could be read. `condition` None: it cannot be used.

    `fields`: those that its selections name, each with its place, in the order of the file.
    """

    def __init__(
        self, document: Document, placeholders: Placeholders = NO_PLACEHOLDERS, *, part: str = "detection"
    ) -> None:
        """Read the document's detection; `part`: the key where it stands, `filter` in a global filter."""
        self.problems: list[Problem] = []
        self.selections: dict[str, Selection] = {}
        self.fields: list[tuple[str, yaml.Node]] = []
        self.condition: Node | None = None
        self._document = document
        self._placeholders = placeholders
        self._budget = sizes.Budget()
        self._full = False
        data, node = document.data.get(part), child(document.node, part)
        if not isinstance(data, dict):
            self._say(node, part, Say.NO_PART.of(part=part), Say.ADD_PART.of(part=part))
            return
        for name, key, value in entries(node):
            if name not in _NO_SELECTION[part]:
                logic = self._part(value, data.get(_python_key(name, data)), key)
                self._sized(key, sizes.long_name(name) or sizes.deep(logic))
                self.selections[name] = Selection(name, logic)
        if part == "detection" and "timeframe" in data:
            self._say(child(node, "timeframe"), "aggregation", Say.TIMEFRAME.of(), Say.WRITE_CORRELATION.of())
        self._conditions(node, data.get("condition"))
        self._unused(node)
        if any(found.severity == "error" for found in self.problems):
            self.condition = None

    def _say(self, node: yaml.Node, kind: str, message: str, advice: str = "", severity: str = "error") -> None:
        self.problems.append(problem(self._document.path, node, kind, message, advice, severity))

    def _sized(self, node: yaml.Node, said: sizes.Said | None) -> bool:
        """Tell what is too large, if anything is; return whether something was told."""
        if said is not None:
            self._say(node, "size", *said)
        return said is not None

    def _part(self, node: yaml.Node, data: object, key: yaml.Node) -> Node:
        """Return the logic of a selection: a mapping is and, a list of mappings is or, texts are keywords."""
        if isinstance(data, dict) and data:
            parts = ((name, key, given, data.get(_python_key(name, data))) for name, key, given in entries(node))
            return _only(And, [self._entry(*part) for part in parts])
        if isinstance(data, list) and data and isinstance(node, yaml.SequenceNode):
            if any(isinstance(item, dict | list) for item in data):
                pairs = zip(node.value, data, strict=True)
                return _only(Or, [self._part(item, value, item) for item, value in pairs])
            return self._entry(None, node, node, data)
        if data is None or isinstance(data, dict | list):
            self._say(key, "selection", Say.EMPTY_SELECTION.of(), Say.FILL_SELECTION.of())
            return Or(())
        return self._entry(None, node, node, data)

    def _entry(self, name: str | None, node: yaml.Node, given: yaml.Node, value: object) -> Node:
        """Return the logic of one entry of a selection: its key's node and its value's; name None for keywords."""
        unknown = [modifier for modifier in (name or "").split("|")[1:] if modifier not in MODIFIERS]
        for modifier in unknown:
            advice = did_you_mean(modifier, MODIFIERS) or Say.SEE_MODIFIERS.of()
            self._say(node, "modifier", Say.NO_MODIFIER.of(name=modifier), advice)
        if unknown:
            return Or(())
        if "expand" in (name or "").split("|") and any(map(hides_placeholder, _texts(value))):
            self._say(node, "expand", Say.PLAIN_PLACEHOLDER.of(), Say.TWO_BACKSLASHES.of(), "warning")
        long = list(sizes.long_values(given, value))
        for place, said in long:
            self._sized(place, said)
        if long or self._full or self._sized(node, sizes.long_name(*(name or "").split("|")[:1])):
            return Or(())
        read = read_entry(name, value, self._placeholders)
        if not isinstance(read, Fault):
            return self._noted(read, node)
        for place, fault in placed(read, name, node, given, value, self._placeholders):
            self._say(place, fault.kind, fault.message, fault.advice)
        return Or(())

    def _noted(self, entry: Node, node: yaml.Node) -> Node:
        """Remember the fields that an entry reads, those it is compared with included."""
        read: dict[str, None] = {}
        for atom in atoms(entry):
            if atom.field is not None:
                read[atom.field] = None
            if atom.op == "fieldref" and isinstance(atom.value, tuple):
                read[str(atom.value[0])] = None
        self.fields += ((field, node) for field in read)
        for said in sense.never_met(entry):
            self._say(node, "nothing", *said, "warning")
        self._full = self._sized(node, self._budget.spend(atom.value for atom in atoms(entry)))
        return entry

    def _conditions(self, node: yaml.Node, data: object) -> None:
        """Read the condition; several in a list are or-ed."""
        texts = data if isinstance(data, list) else [data]
        place = child(node, "condition")
        if data is None or not texts:
            self._say(node, "condition", Say.NO_CONDITION.of(), Say.ADD_CONDITION.of())
            return
        nodes = place.value if isinstance(place, yaml.SequenceNode) else [place]
        parts, left = [], sizes.MAX_VALUES
        for text, where in zip(texts, nodes, strict=True):
            if text is None or isinstance(text, dict | list):
                said = Say.ODD_CONDITION.of(type=type_of(text))
                self._say(where, "condition", said, Say.NAME_SELECTIONS.of())
                continue
            try:
                parts.append(parse_condition(str(text), self.selections, left))
                left -= sizes.count(parts[-1])
            except ConditionError as error:
                advice = joined(" ", (error.advice, self._names(error)))
                found = problem(self._document.path, where, error.kind, error.what, advice)
                self.problems.append(at_offset(found, where, error.offset))
        self.condition = _only(Or, parts) if parts else None
        if self.condition is not None:
            self._sized(place, sizes.deep(self.condition, sizes.MAX_HEIGHT))

    def _unused(self, node: yaml.Node) -> None:
        """Tell selections that no condition uses, where the condition could be read."""
        used = set() if self.condition is None else {one.name for one in selections(self.condition)}
        for name, key, _ in entries(node):
            if self.condition is not None and name in self.selections and name not in used:
                self._say(key, "unused", Say.UNUSED.of(name=name), Say.USE_OR_REMOVE.of(), "warning")

    def _names(self, error: ConditionError) -> str:
        known = ", ".join(self.selections)
        return Say.THERE_ARE.of(known=known) if error.kind == "selection" and known else ""


def _only(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _texts(value: object) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _python_key(name: str, data: dict[object, object]) -> object:
    """Return the key under which an entry stands in the data: YAML makes numbers and null of some texts."""
    return name if name in data else next((key for key in data if str(key).lower() == name.lower()), name)
