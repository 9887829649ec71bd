"""Tables of the control store for several judges: how far each is, and what one hands over to another.

Where there is one judge both are empty.
"""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Key
from tramgac_collector.schema import Base


class JudgeRow(Base):
    """How far one of several judges is in event time, as of its cursor."""

    __tablename__ = "judges"

    cursor: Mapped[str] = mapped_column(Key(32), primary_key=True)
    seen: Mapped[int]
    """Greatest time of an event of its hosts, ns."""
    heard: Mapped[int]
    """When that was, by our clock, ns."""
    content: Mapped[int]
    """Version of the bundle that it judges by."""
    applied: Mapped[list[Any]]
    """Up to which time correlations over hosts were applied, ns, by how deep they refer to others."""


class HandedRow(Base):
    """A match of a correlation whose group another judge keeps, until that one takes it."""

    __tablename__ = "correlation_handed"
    __table_args__ = (Index(None, "owner", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int]
    """Number of the judge that is to take it."""
    correlation: Mapped[str] = mapped_column(Key(16))
    how: Mapped[str] = mapped_column(Key(8))
    """put, drop, early."""
    content: Mapped[int]
    """Version of the bundle by which it is a match."""
    written: Mapped[int]
    told: Mapped[list[Any]]
