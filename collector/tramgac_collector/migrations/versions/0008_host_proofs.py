"""What hosts signed of their events, the newest of each lane."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "host_proofs",
        sa.Column("host", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("lane", number, nullable=False),
        sa.Column("time", number, nullable=False),
        sa.Column("sequence", number, nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=66), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["host"], ["hosts.id"], name=op.f("fk_host_proofs_host")),
        sa.PrimaryKeyConstraint("host", "epoch", "lane", name=op.f("pk_host_proofs")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("host_proofs")
