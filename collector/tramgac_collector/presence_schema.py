"""Table of the control store for when hosts are usually on."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import HostId, Key
from tramgac_collector.schema import Base


class HoursRow(Base):
    """How often a host was on in each hour of the week: 168 numbers of 0 to 200, two hexadecimal digits each."""

    __tablename__ = "host_hours"

    host: Mapped[str] = mapped_column(HostId, ForeignKey("hosts.id"), primary_key=True)
    shares: Mapped[str] = mapped_column(Key(336))
    """ff: no such hour has been seen yet."""
