"""Hosts say which rules they parked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("hosts", sa.Column("parked", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("hosts", sa.Column("parked_total", number, nullable=False, server_default="0"))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("hosts", "parked_total")
    op.drop_column("hosts", "parked")
