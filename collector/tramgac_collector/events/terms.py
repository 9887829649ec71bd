"""What people type to search, as conditions of the event store; the language: `search.parsing`."""

from __future__ import annotations

from tramgac_collector.errors import QueryError
from tramgac_collector.search.meant import Named, by_id
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.sql import Conditions

__all__ = ["Conditions", "read"]


def read(text: str, conditions: Conditions, named: Named | None = None) -> None:
    """Add the conditions that `text` says; `named` knows the hosts that it calls by name.

    Raises:
        QueryError: it cannot be understood, a field is unknown, a value is not of its field's type, or it counts.
    """
    query = parse(text)
    if query.stage is not None:
        message = "this gives events and counts nothing by a field: leave out what follows |, or use `tramgac hunt`"
        raise QueryError(message, "search_counts")
    conditions.ask(by_id(query.node, named) if named else query.node)
