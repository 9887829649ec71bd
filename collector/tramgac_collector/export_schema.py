"""Tables of the control store for exports: how far each target is, and what could not be told."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Key
from tramgac_collector.schema import Base

TargetName = Key(64)


class ExportRow(Base):
    """How far a target is. It moves only after the destination took what stands before."""

    __tablename__ = "exports"

    name: Mapped[str] = mapped_column(TargetName, primary_key=True)
    what: Mapped[str] = mapped_column(Key(16))
    """events or alerts."""
    log: Mapped[str] = mapped_column(Key(16))
    """The ingest log that `position` counts in, 16 hexadecimal digits; empty for alerts."""
    position: Mapped[int]
    """Of events the batch in the log that is next or begun; of alerts the last number of the outbox."""
    sequence: Mapped[int]
    """The last sequence of that batch that was told; 0 for none."""
    mark: Mapped[str] = mapped_column(Key(64))
    """Where in the alerts of before the outbox it is; empty after them."""
    time: Mapped[int]
    """When the last that was told reached the collector; before it nothing is told."""
    sent: Mapped[int]
    refused: Mapped[int]
    """Records that the destination, or the format, did not take: set aside."""
    moved: Mapped[int]
    place: Mapped[dict[str, Any]]
    """What the destination knows of its own place: a file's name and size."""


class ExportGapRow(Base):
    """What a target was not told and never will be, since it was gone before."""

    __tablename__ = "export_gaps"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(TargetName, index=True)
    first: Mapped[int]
    next: Mapped[int]
    """Positions `first` to `next - 1`: batches of the log, or numbers of the outbox."""
    reason: Mapped[str] = mapped_column(Key(32))
    """A word for programs: log_trimmed, log_damaged, record_unknown, other_log, outbox_trimmed."""
    noticed: Mapped[int]
