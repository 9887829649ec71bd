"""Events as rows of the store and back, without loss: from_row(kind_of(e), to_row(e)) == e.

A column for each ECS name, over all kinds and the envelope. What has no column (nested messages, a field that a newer
agent sends) stays as protobuf in `tramgac.rest`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import Field


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the store."""

    name: str
    """Its ECS name, dotted."""
    type: str
    """Its ClickHouse type."""
    default: object
    """What stands for "not known": "", 0, False, [] or {}."""
    fields: Mapping[str, Field]
    """The field it holds, by kind; "" for the envelope."""


COLUMNS: tuple[Column, ...] = ()
"""Sorted by name. The callers' own columns (host, epoch, lane, sequence, kind, ingested) are not among them."""


def to_row(event: Event) -> dict[str, object]:
    """Return the columns that are known, by name.

    Values: str, int, bool, list, dict; times are nanoseconds since 1970 (int) for DateTime64(9); entity ids int;
    hashes and addresses as text; `tramgac.rest` bytes.
    """
    raise NotImplementedError


def from_row(kind: str, row: Mapping[str, object]) -> Event:
    """Return the event of a row; a column that is absent, None or its default is not known.

    Raises:
        ValueError: the kind is not known, or a value is not of its column.
    """
    raise NotImplementedError
