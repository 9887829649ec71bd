"""Values of fields as correlations compare and reckon with them."""

import hashlib
from collections.abc import Iterable

from tramgac_rules.correlation.model import Value

BETWEEN = "\x1f"
"""Stands between the values of several fields that are counted together."""
MAX_LENGTH = 400
"""Characters of a value; of a longer one its beginning and its SHA-256 are compared."""


def folded(value: str | tuple[str, ...]) -> str:
    """Return a field's value as it is grouped by and counted: without regard to case, as Sigma compares.

    What no database holds, NUL and halves of surrogate pairs, is escaped.
    """
    text = (value if isinstance(value, str) else BETWEEN.join(value)).lower()
    if not text.isascii() or "\0" in text:
        text = text.encode(errors="backslashreplace").decode().replace("\0", "\\x00")
    if len(text) <= MAX_LENGTH:
        return text
    return f"{text[:MAX_LENGTH]}…{hashlib.sha256(text.encode(errors='backslashreplace')).hexdigest()}"


def counted(values: Iterable[str], *, number: bool) -> Value | None:
    """Return what a correlation counts or reckons with; None if it reckons with numbers and this is none."""
    text = BETWEEN.join(values)
    return number_of(text) if number else text


def number_of(text: str) -> int | float | None:
    """Return the number that a text is; None if it is none, or not finite."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


def readable(text: str) -> str:
    """Return a value for people."""
    return text.replace(BETWEEN, ", ")
