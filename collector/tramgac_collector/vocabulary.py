"""The closed sets of words that people choose from, apart from what uses them: a command's help needs no database."""

from typing import Final

LEVELS: Final = ("informational", "low", "medium", "high", "critical")
"""Sigma's levels, rising: an alert's severity."""

STATUSES: Final = ("open", "closed", "all")
"""Which alerts a listing shows."""

VERDICTS: Final = (
    "true_positive",
    "false_positive",
    "benign",
    "policy_violation",
    "accepted_tool",
    "authorised_test",
    "duplicate",
)
"""What a person may decide."""

REASONED: Final = frozenset({"false_positive", "accepted_tool", "authorised_test", "duplicate"})
"""The verdicts that say nothing to the next person without a reason."""

ON_PURPOSE: Final = frozenset({"filter"})
"""Classes of `missed` that are no loss: the host's own policy left those events out, and they are counted."""

ROLES: Final = ("viewer", "analyst", "responder", "author", "admin", "auditor")
"""The roles there are; what each may do stands with the API."""

RULE_STATES: Final = ("alert", "watch", "off")
"""What a person may choose for a rule: it raises alerts, it is only counted, it is not looked for."""

DEFAULT: Final = "default"
"""In place of a state: what its author's signature says, or what holds everywhere."""
