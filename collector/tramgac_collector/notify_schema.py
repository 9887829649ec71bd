"""Tables of the control store for notifications: what waits for a channel, and how its messages fared."""

from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Key
from tramgac_collector.schema import Base

ChannelName = Key(64)


class NoticeRow(Base):
    """Alerts that a channel is told of together, until it took them."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "state"),)

    channel: Mapped[str] = mapped_column(ChannelName, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(Key(16))
    """waiting; dead: given up; again: given up, and a person wants it tried again."""
    key: Mapped[str]
    language: Mapped[str] = mapped_column(Key(2))
    level: Mapped[str] = mapped_column(Key(16))
    count: Mapped[int]
    first: Mapped[int]
    last: Mapped[int]
    due: Mapped[int]
    tries: Mapped[int]
    reason: Mapped[str]
    shown: Mapped[list[Any]]


class ChannelRow(Base):
    """How the messages of a channel fared, in all."""

    __tablename__ = "notify_channels"

    name: Mapped[str] = mapped_column(ChannelName, primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    """The highest number that a notice of it had."""
    sent: Mapped[int] = mapped_column(default=0)
    alerts: Mapped[int] = mapped_column(default=0)
    """Alerts that were told."""
    failed: Mapped[int] = mapped_column(default=0)
    given_up: Mapped[int] = mapped_column(default=0)
    """Alerts that were given up, those among them that a person wanted again too."""
    last_sent: Mapped[int | None]
    last_failed: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why the last message failed; empty once one went well."""


class OutboxCursorRow(Base):
    """How far a reader of the outbox has come: the last number that it has worked on."""

    __tablename__ = "outbox_cursors"

    name: Mapped[str] = mapped_column(Key(32), primary_key=True)
    position: Mapped[int]
