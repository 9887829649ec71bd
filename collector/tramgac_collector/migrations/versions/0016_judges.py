"""Several judges: how far each is, and what one hands over to another."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "judges",
        sa.Column("cursor", sa.String(length=32), nullable=False),
        sa.Column("seen", number, nullable=False),
        sa.Column("heard", number, nullable=False),
        sa.Column("content", number, nullable=False),
        sa.Column("applied", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_judges")),
    )
    op.create_table(
        "correlation_handed",
        sa.Column("id", number, nullable=False),
        sa.Column("owner", number, nullable=False),
        sa.Column("correlation", sa.String(length=16), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("content", number, nullable=False),
        sa.Column("written", number, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correlation_handed")),
    )
    op.create_index(op.f("ix_correlation_handed_owner_id"), "correlation_handed", ["owner", "id"])


def downgrade() -> None:
    """Go back to the revision before."""
    for table in ("correlation_handed", "judges"):
        op.drop_table(table)
