"""Exceptions: where rules do not alert, and what was held back so."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "exceptions",
        sa.Column("id", number, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("expires", number, nullable=False),
        sa.Column("ended", number, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("held", number, nullable=False),
        sa.Column("last", number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exceptions")),
    )
    op.create_table(
        "exception_counts",
        sa.Column("exception", number, autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("day", number, autoincrement=False, nullable=False),
        sa.Column("count", number, nullable=False),
        sa.PrimaryKeyConstraint("exception", "rule", "day", name=op.f("pk_exception_counts")),
    )
    op.create_table(
        "exception_held",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("exception", number, nullable=False),
        sa.Column("seen", number, nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("correlated", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_exception_held")),
    )
    op.create_index(op.f("ix_exception_held_exception_seen"), "exception_held", ["exception", "seen"])
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "exceptions", "value": 0}])


def downgrade() -> None:
    """Go back to the revision before."""
    op.execute("DELETE FROM counters WHERE name = 'exceptions'")
    for table in ("exception_held", "exception_counts", "exceptions"):
        op.drop_table(table)
