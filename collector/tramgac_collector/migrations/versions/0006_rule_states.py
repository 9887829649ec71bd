"""Rules have states that people choose, may be parked, and are counted by day and host."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "rule_states",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.PrimaryKeyConstraint("rule", "site", name=op.f("pk_rule_states")),
    )
    op.create_table(
        "rules_parked",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_rules_parked")),
    )
    op.create_table(
        "rules_since",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("day", number, nullable=False),
        sa.PrimaryKeyConstraint("rule", name=op.f("pk_rules_since")),
    )
    op.create_table(
        "rule_counts",
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("day", number, autoincrement=False, nullable=False),
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("matches", number, nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", "host", name=op.f("pk_rule_counts")),
        sqlite_with_rowid=False,
    )
    counters = sa.table("counters", sa.column("name", sa.String), sa.column("value", sa.BigInteger))
    op.bulk_insert(counters, [{"name": "rule_states", "value": 0}])


def downgrade() -> None:
    """Go back to the revision before."""
    op.execute("DELETE FROM counters WHERE name = 'rule_states'")
    for table in ("rule_counts", "rules_since", "rules_parked", "rule_states"):
        op.drop_table(table)
