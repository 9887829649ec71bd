"""Hosts remember the silence that an alert stands for."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    column = sa.Column("silent", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    op.add_column("hosts", column)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("hosts", "silent")
