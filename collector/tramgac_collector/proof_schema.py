"""Table of the control store for what hosts signed: the newest word of each lane, apart from the log it speaks for."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Hash, Key
from tramgac_collector.schema import Base


class ProofRow(Base):
    """The newest checkpoint of one lane of one incarnation of a host's spool, with what proves it."""

    __tablename__ = "host_proofs"

    host: Mapped[str] = mapped_column(ForeignKey("hosts.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(Key(16), primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[int]
    """When it reached us."""
    sequence: Mapped[int]
    chain: Mapped[str] = mapped_column(Hash)
    key: Mapped[str] = mapped_column(Key(66))
    signature: Mapped[str] = mapped_column(Text)
