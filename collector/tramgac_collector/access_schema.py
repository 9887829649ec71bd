"""Table of the control store for access tokens: what lets a program in, for one purpose."""

from sqlalchemy.orm import Mapped, mapped_column

from tramgac_collector.columns import Hash, Key
from tramgac_collector.schema import Base


class AccessTokenRow(Base):
    """What lets a program use part of the API. The secret itself is nowhere."""

    __tablename__ = "access_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(Hash, unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(Key(16))
    expires: Mapped[int]
    created: Mapped[int]
    created_by: Mapped[str]
    revoked: Mapped[int | None]
    last_used: Mapped[int | None]
    """To the hour."""
