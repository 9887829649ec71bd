"""What is wrong with an entry of a selection: each value that cannot be used, at its own place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from tramgac_rules.authoring import refusals
from tramgac_rules.authoring.alternatives import Placeholders
from tramgac_rules.authoring.refusal_words import Refusal
from tramgac_rules.authoring.texts import Text
from tramgac_rules.authoring.values import ValueProblem, entry_node
from tramgac_rules.errors import RegexError
from tramgac_rules.tree import Node

MOST = 20
"""Values of one entry that are told; the others are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an entry, or a value of it, cannot be used: kind, message and advice of the problem."""

    kind: str
    message: str
    advice: str


def read_entry(name: str | None, value: object, placeholders: Placeholders) -> Node | Fault:
    """Return the logic of an entry, or why there is none."""
    try:
        return entry_node(name, value, placeholders)
    except ValueProblem as error:
        return Fault(error.kind, error.what, error.advice)
    except RegexError as error:
        return Fault("regex", *refusals.of_regex(str(error)))
    except ValueError as error:  # SigmaError is one
        return Fault(*refusals.of_value(str(error)))


def placed(
    whole: Fault, name: str | None, key: yaml.Node, given: yaml.Node, value: object, placeholders: Placeholders
) -> Iterator[tuple[yaml.Node, Fault]]:
    """Yield what is wrong with an entry that is faulty as a `whole`, each fault with its place.

    What its modifiers or their order are at fault for, or its size, stands at the key, as does what no single value is.
    """
    items = [(given, value)]
    if isinstance(value, list) and isinstance(given, yaml.SequenceNode):
        items = list(zip(given.value, value, strict=True))
    bad: Sequence[tuple[yaml.Node, Fault]] = ()
    if whole.kind not in ("modifier", "size"):
        tried = ((place, read_entry(name, [each], placeholders)) for place, each in items)
        bad = [(place, fault) for place, fault in tried if isinstance(fault, Fault)]
    yield from bad[:MOST] or [(key, whole)]
    if len(bad) > MOST:
        place, fault = bad[MOST]
        yield place, Fault(fault.kind, Refusal.AND_MORE.of(count=len(bad) - MOST), Text(""))
