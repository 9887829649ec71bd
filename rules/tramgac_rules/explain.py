"""Why a rule was met: the conditions that held, with the characters they matched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that held.

    `spans` are (start, end) pairs of characters in `value`; empty where nothing can be pointed at.
    `negated`: a filter of the rule that did not apply (`value` is then what stood in the field, "" for
    nothing). `cut`: only the first 32,768 characters of the value were looked at.
    """

    selection: str
    field: str
    value: str
    pattern: str
    spans: tuple[tuple[int, int], ...] = ()
    negated: bool = False
    cut: bool = False
