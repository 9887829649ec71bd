"""A published bundle says how many indicators it has."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("content", sa.Column("indicators", number, nullable=False, server_default="0"))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("content", "indicators")
