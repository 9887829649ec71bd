"""Correlations have members, windows and copies of events; alerts have a stage."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("alerts", sa.Column("stage", sa.String(length=16), nullable=False, server_default="confirmed"))
    op.create_table(
        "correlation_members",
        sa.Column("correlation", sa.String(length=16), nullable=False),
        sa.Column("group", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("turn", number, autoincrement=False, nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("written", number, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("correlation", "group", "event", "turn", name=op.f("pk_correlation_members")),
    )
    op.create_index(
        op.f("ix_correlation_members_correlation_group_time"), "correlation_members", ["correlation", "group", "time"]
    )
    op.create_index(op.f("ix_correlation_members_event"), "correlation_members", ["event"])
    op.create_table(
        "correlation_windows",
        sa.Column("correlation", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("group", sa.String(length=32), nullable=False),
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("ended", number, nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("written", number, nullable=False),
        sa.Column("window", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("correlation", "id", name=op.f("pk_correlation_windows")),
    )
    op.create_index(
        op.f("ix_correlation_windows_correlation_group_ended"), "correlation_windows", ["correlation", "group", "ended"]
    )
    op.create_table(
        "correlation_events",
        sa.Column("event", sa.String(length=128), nullable=False),
        sa.Column("written", number, nullable=False),
        sa.Column("copy", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("event", name=op.f("pk_correlation_events")),
    )
    op.create_index(op.f("ix_correlation_events_written"), "correlation_events", ["written"])


def downgrade() -> None:
    """Go back to the revision before."""
    for table in ("correlation_events", "correlation_windows", "correlation_members"):
        op.drop_table(table)
    op.drop_column("alerts", "stage")
