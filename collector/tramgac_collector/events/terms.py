"""What people type to search, as conditions of the event store; the language: `search.parsing`."""

from __future__ import annotations

from tramgac_collector.errors import QueryError
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.sql import Conditions

__all__ = ["Conditions", "read"]


def read(text: str, conditions: Conditions) -> None:
    """Add the conditions that `text` says.

    Raises:
        QueryError: it cannot be understood, a field is unknown, a value is not of its field's type, or it counts.
    """
    query = parse(text)
    if query.stage is not None:
        message = "this gives events and counts nothing by a field: leave out what follows |, or use `tramgac hunt`"
        raise QueryError(message, "search_counts")
    conditions.ask(query.node)
