"""Exports have a place each, and what they could not tell is written down."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "exports",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("log", sa.String(length=16), nullable=False),
        sa.Column("position", number, nullable=False),
        sa.Column("sequence", number, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("sent", number, nullable=False),
        sa.Column("refused", number, nullable=False),
        sa.Column("moved", number, nullable=False),
        sa.Column("place", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_exports")),
    )
    op.create_table(
        "export_gaps",
        sa.Column("id", number, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("first", number, nullable=False),
        sa.Column("next", number, nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("noticed", number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_gaps")),
    )
    op.create_index(op.f("ix_export_gaps_name"), "export_gaps", ["name"], unique=False)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(op.f("ix_export_gaps_name"), table_name="export_gaps")
    op.drop_table("export_gaps")
    op.drop_table("exports")
