"""Tables of the control store for correlations: what they need to be judged again, after a restart or for what is late.

A correlation is named by the digest of its text: another text begins anew.
"""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import HostId, Key
from tramgac_collector.schema import Base

Event = Key(128)
"""HOST/EPOCH/LANE/SEQUENCE; behind them /ID of a fired correlation."""


class MemberRow(Base):
    """An event that met a rule of a correlation, or a fired correlation that another refers to."""

    __tablename__ = "correlation_members"
    __table_args__ = (Index(None, "correlation", "group", "time"), Index(None, "event"))

    correlation: Mapped[str] = mapped_column(Key(16), primary_key=True)
    group: Mapped[str] = mapped_column(Key(32), primary_key=True)
    event: Mapped[str] = mapped_column(Event, primary_key=True)
    turn: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Which of the rules, counted from the last."""
    time: Mapped[int]
    written: Mapped[int]
    told: Mapped[list[Any]]
    """The values of the group, in a list, and the value that is counted or reckoned with."""


class WindowRow(Base):
    """A firing, or a window that closed without one: where a group's state was empty again. Provisional until final."""

    __tablename__ = "correlation_windows"
    __table_args__ = (Index(None, "correlation", "group", "ended"),)

    correlation: Mapped[str] = mapped_column(Key(16), primary_key=True)
    id: Mapped[str] = mapped_column(Key(32), primary_key=True)
    """Of its alert too, if it has one."""
    group: Mapped[str] = mapped_column(Key(32))
    host: Mapped[str] = mapped_column(HostId)
    """Where groups stay within a host; otherwise empty."""
    ended: Mapped[int]
    final: Mapped[bool]
    written: Mapped[int]
    window: Mapped[list[Any]]


class MemberEventRow(Base):
    """A copy of an event that is a member: an alert of later holds it."""

    __tablename__ = "correlation_events"
    __table_args__ = (Index(None, "written"),)

    event: Mapped[str] = mapped_column(Event, primary_key=True)
    written: Mapped[int]
    copy: Mapped[dict[str, Any]]
