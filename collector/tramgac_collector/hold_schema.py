"""The control store's table of legal holds: events that retention leaves alone."""

from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import HostId, HostText
from tramgac_collector.schema import Base


class HoldRow(Base):
    """Events of a host, of a time, that stay as long as the hold stands; who placed it, and why."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(HostId)
    since: Mapped[int]
    """Of the events' time, nanoseconds since 1970 UTC."""
    until: Mapped[int]
    """Not included."""
    by: Mapped[str]
    why: Mapped[str] = mapped_column(HostText)
    time: Mapped[int]
    released: Mapped[int] = mapped_column(default=0)
    """When it was taken back; 0: it stands."""
    released_by: Mapped[str] = mapped_column(default="")
    released_why: Mapped[str] = mapped_column(HostText, default="")
