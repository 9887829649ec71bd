"""Hosts whose agents are not heard for a while."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "quarantines",
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("since", number, nullable=False),
        sa.Column("until", number, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("times", number, nullable=False),
        sa.ForeignKeyConstraint(["host"], ["hosts.id"], name=op.f("fk_quarantines_host")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_quarantines")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("quarantines")
