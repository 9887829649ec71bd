"""Exceptions that were given a later end: when, by whom, why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("exceptions", sa.Column("prolonged", number, nullable=False, server_default="0"))
    for name in ("prolonged_by", "prolonged_why"):
        op.add_column("exceptions", sa.Column(name, sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Go back to the revision before."""
    for name in ("prolonged_why", "prolonged_by", "prolonged"):
        op.drop_column("exceptions", name)
