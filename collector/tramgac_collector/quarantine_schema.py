"""Table of the control store for hosts whose agents broke the rules of the dialogue and are not heard for a while."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Key
from tramgac_collector.schema import Base


class QuarantineRow(Base):
    """The newest quarantine of a host; over when `until` has passed, or earlier where a person released it."""

    __tablename__ = "quarantines"

    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    since: Mapped[int]
    until: Mapped[int]
    reason: Mapped[str] = mapped_column(Key(32))
    detail: Mapped[str]
    times: Mapped[int]
    """How many there were without a week between them; each is longer than the one before."""
