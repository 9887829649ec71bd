"""What a host's silence means: how its stream ended, which alert stands for it, when it is usually on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("hosts", sa.Column("silence_alert", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("hosts", sa.Column("left_at", number, nullable=True))
    op.create_table(
        "host_hours",
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("shares", sa.String(length=336), nullable=False),
        sa.ForeignKeyConstraint(["host"], ["hosts.id"], name=op.f("fk_host_hours_host")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_hours")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("host_hours")
    op.drop_column("hosts", "left_at")
    op.drop_column("hosts", "silence_alert")
