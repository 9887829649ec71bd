"""The judge: which rules an event meets, and why."""

from collections.abc import Mapping
from typing import Self

from tramgac_rules.explain import Condition
from tramgac_rules.record import Record
from tramgac_rules.rule import Rule


class Judge:
    """All rules of one compiled set, ready to match."""

    rules: Mapping[str, Rule]

    @classmethod
    def load(cls, pack: Mapping[str, object]) -> Self:
        """Load the "sigma" part of a bundle. Raises PackError."""
        raise NotImplementedError

    def match(self, record: Record) -> tuple[Rule, ...]:
        """Return the rules that the record meets, in the order of the rule set."""
        raise NotImplementedError

    def explain(self, record: Record, rule: Rule) -> tuple[Condition, ...]:
        """Return why: the conditions of the rule that held, for a record that met it."""
        raise NotImplementedError
