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

ROLES: Final = ("viewer", "analyst", "responder", "author", "admin", "auditor")
"""The roles there are; what each may do stands with the API."""
