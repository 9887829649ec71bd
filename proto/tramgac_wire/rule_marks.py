"""Rules named briefly, so that what people chose for thousands of them is one small message.

A mark is the beginning of the SHA-256 of a rule's id. Two rules with one mark would share a choice of haste, no more.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from tramgac_wire.errors import LimitError
from tramgac_wire.limits import MAX_RULE_MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK: Final = 6
"""Bytes of a mark."""


def mark_of(rule: str) -> bytes:
    """Return the mark of a rule's id."""
    return hashlib.sha256(rule.encode(errors="backslashreplace")).digest()[:MARK]


def joined(rules: Iterable[str]) -> bytes:
    """Return the marks of rules, one after the other."""
    return b"".join(map(mark_of, rules))


def parted(marks: bytes) -> frozenset[bytes]:
    """Return marks one by one. Raises LimitError for what is too long or ends within a mark."""
    if len(marks) % MARK or len(marks) > MARK * MAX_RULE_MARKS:
        msg = f"{len(marks)} bytes are no marks of at most {MAX_RULE_MARKS} rules"
        raise LimitError(msg)
    return frozenset(marks[at : at + MARK] for at in range(0, len(marks), MARK))
