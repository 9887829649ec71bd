"""Programs may use part of the API with a token of their own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go to this revision."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "access_tokens",
        sa.Column("id", number, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("expires", number, nullable=False),
        sa.Column("created", number, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("revoked", number, nullable=True),
        sa.Column("last_used", number, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_access_tokens_secret_hash")),
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_table("access_tokens")
