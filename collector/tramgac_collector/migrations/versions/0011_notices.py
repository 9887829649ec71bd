"""People are told of alerts: what waits for each channel, how its messages fared, how far the outbox was read."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "notices",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("count", number, nullable=False),
        sa.Column("first", number, nullable=False),
        sa.Column("last", number, nullable=False),
        sa.Column("due", number, nullable=False),
        sa.Column("tries", number, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "number", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_state"), "notices", ["state"])
    op.create_table(
        "notify_channels",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("number", number, nullable=False, server_default="0"),
        sa.Column("sent", number, nullable=False, server_default="0"),
        sa.Column("alerts", number, nullable=False, server_default="0"),
        sa.Column("failed", number, nullable=False, server_default="0"),
        sa.Column("given_up", number, nullable=False, server_default="0"),
        sa.Column("last_sent", number, nullable=True),
        sa.Column("last_failed", number, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_notify_channels")),
    )
    op.create_table(
        "outbox_cursors",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("position", number, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outbox_cursors")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    for table in ("outbox_cursors", "notify_channels", "notices"):
        op.drop_table(table)
