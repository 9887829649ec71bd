"""Legal holds: events that retention leaves alone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "holds",
        sa.Column("id", number, nullable=False),
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("since", number, nullable=False),
        sa.Column("until", number, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("released", number, nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("released_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("holds")
